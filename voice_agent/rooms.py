"""Take calls from LiveKit: this process registers with its server, and each room it is sent to holds a call.

LiveKit's agent server does the registering and answers who has room; the calls themselves are held beside those of the
media streams, on the loop of the process, so that one process holds many and none needs a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livekit import api, rtc
from livekit.agents import AgentServer, JobContext, JobExecutorType, JobRequest
from livekit.rtc.participant import PublishTrackError

from voice_agent import gateway, ringing, trunk
from voice_agent.keeping import Kept
from voice_agent.legs import livekit_room
from voice_agent.legs.livekit_room import RoomLine

if TYPE_CHECKING:
    from voice_agent.worker import Worker

# The caller is in the room before we are sent there; one who dials out of a room of ours may come later.
COMES_WITHIN_S = 15.0
# A server that is away comes back: there is no number of tries after which we give up.
_TRIES = 1_000_000
_NOT_HELD = "The agent could not hold this call."
_NOT_BY_THE_JOB = "The room connection was not established"


@dataclass(frozen=True)
class _Job:
    """A room LiveKit sends us to, who we are there, and what was said of it along."""

    room: str
    identity: str
    metadata: str


class Rooms:
    """The calls of LiveKit that one process takes."""

    def __init__(self, worker: Worker) -> None:
        config = gateway.settings()
        self._worker = worker
        self._loop = asyncio.get_running_loop()
        self._server = AgentServer(
            job_executor_type=JobExecutorType.THREAD,
            num_idle_processes=1,
            load_fnc=self._load,
            load_threshold=1.0,
            max_retry=_TRIES,
            ws_url=config.livekit_url,
            api_key=config.livekit_api_key,
            api_secret=config.livekit_api_secret.get_secret_value(),
            host="127.0.0.1",
            port=0,
        )
        self.is_known = asyncio.Event()
        """Set once the server knows that this process takes calls."""
        self._server.once("worker_registered", lambda *_: self.is_known.set())
        self._server.rtc_session(self._answer, agent_name=gateway.ROOM_AGENT, on_request=self._consider)
        # Rooms are entered on the loop of the process, not by the job.
        logging.getLogger("livekit.agents").addFilter(lambda told: _NOT_BY_THE_JOB not in str(told.msg))
        self._serving: asyncio.Task[None] | None = None
        self._introducing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to take calls; a server that cannot be reached is tried again for as long as this process lives."""
        self._serving = asyncio.create_task(self._server.run())
        if gateway.settings().livekit_sip_domain:
            self._introducing = asyncio.create_task(trunk.keep_up())

    async def stop(self, within_s: float) -> None:
        """Take no more calls, wait for those that are held, and leave the server."""
        try:
            await self._server.drain(timeout=max(1, round(within_s)))
        except TimeoutError:
            gateway.log.warning("voice.rooms_cut_off")
        if self._introducing is not None:
            self._introducing.cancel()
        await self._server.aclose()

    def _load(self, _: AgentServer) -> float:
        return self._worker.calls / self._worker.capacity

    async def _consider(self, request: JobRequest) -> None:
        if self._worker.has_room:
            await request.accept(identity=f"agent-{request.id}")
        else:
            await request.reject(terminate=False)

    async def _answer(self, context: JobContext) -> None:
        """Hand a job's room to the loop that holds calls; the job lasts as long as the call."""
        job = _Job(context.job.room.name, context.local_participant_identity, context.job.metadata)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._hold(job), self._loop))
        context.shutdown("the call is over")

    async def _hold(self, job: _Job) -> None:
        room = rtc.Room()
        await room.connect(gateway.settings().livekit_url, _token(job))
        if gateway.DIAL in _told(job):
            await self._ring(room, _told(job))
            return
        try:
            caller = await livekit_room.comes(room, COMES_WITHIN_S)
            given = _given(caller, job)
            call = await gateway.admit(given.get(gateway.CALL_ATTRIBUTE, ""), given.get(gateway.TICKET_ATTRIBUTE, ""))
            line = RoomLine(room, caller, call)
            await line.open()
        except (gateway.MagpipeError, TimeoutError, PublishTrackError) as refusal:
            gateway.log.warning("voice.room_refused", room=job.room, reason=str(refusal) or type(refusal).__name__)
            await livekit_room.close(job.room)
            await room.disconnect()
            return
        try:
            await self._worker.hold(line, call)
        except Exception as error:
            gateway.log.error("voice.call_not_held", call=str(call.call_id), error=repr(error), exc_info=True)
            await line.hang_up()
            await room.disconnect()

    async def _ring(self, room: rtc.Room, told: Mapping[str, str]) -> None:
        """Ring the telephone of a call of ours from its room, and hold the call once somebody picks up."""
        try:
            with self._worker.engaged():
                dialling = await gateway.claim(
                    told.get(gateway.CALL_ATTRIBUTE, ""), told.get(gateway.TICKET_ATTRIBUTE, ""), await room.sid
                )
                await self._call_out(room, dialling)
        except gateway.MagpipeError as refusal:
            # Somebody else rings, nobody wants the call any more, or another process is to have it.
            gateway.log.warning("voice.not_rung", room=room.name, reason=str(refusal))
        finally:
            await room.disconnect()

    async def _call_out(self, room: rtc.Room, dialling: gateway.Dialling) -> None:
        call = dialling.call
        try:
            line = RoomLine(room, await ringing.ring(room, dialling), call)
            await gateway.tell(call.call_id, "picked-up", "call.answered")
            await line.open()
            await self._worker.carry(line, call, Kept(call))
        except ringing.NotReached as end:
            told = {"status": end.status, **({"reason": end.reason} if end.reason else {})}
            await gateway.tell(call.call_id, "not-reached", "call.ended", told)
            await livekit_room.close(room.name)
        except Exception as error:
            # Whoever was rung must not be left alone on the line.
            gateway.log.error("voice.call_not_held", call=str(call.call_id), error=repr(error), exc_info=True)
            await livekit_room.close(room.name)
            await gateway.tell(call.call_id, "not-held", "call.ended", {"status": "failed", "reason": _NOT_HELD})


def _token(job: _Job) -> str:
    config = gateway.settings()
    grants = api.VideoGrants(room_join=True, room=job.room, agent=True)
    token = api.AccessToken(config.livekit_api_key, config.livekit_api_secret.get_secret_value())
    return token.with_identity(job.identity).with_kind("agent").with_grants(grants).to_jwt()


def _given(caller: rtc.RemoteParticipant, job: _Job) -> Mapping[str, str]:
    """Return what names the call: what came with the caller's INVITE, or what we said of a room of ours."""
    if caller.attributes.get(gateway.CALL_ATTRIBUTE):
        return caller.attributes
    return _told(job)


def _told(job: _Job) -> Mapping[str, str]:
    """Return what was said of a room along with the wish to come there."""
    try:
        told = json.loads(job.metadata or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else {}
