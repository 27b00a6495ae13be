"""The carrier's calls: rings telephones, asks webhooks what to do, does it, and tells what became of it.

Instructions are cXML as documented under https://developer.signalwire.com (cXML reference). What the carrier itself
would speak is written down as heard; into a media stream the telephone's owner speaks, and hears, by sound.
"""

import asyncio
import contextlib
import json
import logging
import time
import uuid
from collections.abc import Coroutine
from email.utils import formatdate
from typing import Any
from xml.etree.ElementTree import Element

import websockets

from backend.sandbox import cxml, owners, telephone
from backend.sandbox.calls import DIALLED, ENDS, INBOUND, PICKS_UP, Call, Calls, Recording
from backend.sandbox.carrier import API_VERSION, Carrier
from backend.sandbox.events import Events
from backend.sandbox.faults import FaultBoard
from backend.sandbox.numbers import Numbers
from backend.sandbox.settings import SandboxSettings
from backend.sandbox.telephone import Telephone

_log = logging.getLogger(__name__)

# An answer that always sends us on would never end.
_MOST_VERBS = 100
# The carrier's own words in its status callbacks for the statuses of its API.
_EVENTS = {"queued": "initiated", "in-progress": "answered"}
_LATE_S = 0.2
# A machine that has not beeped by then is told of all the same.
_BEEPS_WITHIN_S = 30.0
# A stream whose other end is there and busy opens late.
_OPENS_WITHIN_S = 30.0


class Switchboard:
    """Carries every call in a task of its own, from the first ring to the last status callback."""

    def __init__(
        self,
        settings: SandboxSettings,
        calls: Calls,
        numbers: Numbers,
        carrier: Carrier,
        faults: FaultBoard,
        events: Events,
    ) -> None:
        self._settings = settings
        self._calls = calls
        self._numbers = numbers
        self._carrier = carrier
        self._faults = faults
        self._events = events
        self._tasks: set[asyncio.Task[None]] = set()

    def take_up(self, call: Call) -> None:
        """Begin a stored call and return at once."""
        self._beside(self._carry(call))

    async def stop(self) -> None:
        """Cut every call off."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("a call broke", exc_info=task.exception())

    async def _carry(self, call: Call) -> None:
        if call.direction == INBOUND:
            number = self._numbers.find_by_number(call.to_number)
            url = number.url("call_request_url") if number else ""
            call.status_callback = number.url("call_status_callback_url") if number else ""
            await self._move(call, "ringing")
            hold = self._calls.behaviour(call.from_number).talks_ms / 1000
            ends_with = await self._until(call, self._converse(call, url), hold)
        else:
            ends_with = await self._ring_out(call)
        await self._move(call, ends_with)

    async def _ring_out(self, call: Call) -> str:
        """Ring a telephone for whoever asked us to, and return how the call ended."""
        behaviour = self._calls.behaviour(call.to_number)
        await self._tell(call)
        await self._move(call, "ringing")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(call.hung_up.wait(), min(behaviour.rings_ms / 1000, call.timeout_s))
            return "canceled"
        if behaviour.rings_ms / 1000 > call.timeout_s:
            return "no-answer"
        if behaviour.answers not in PICKS_UP:
            return behaviour.answers
        if call.detects_machines:
            # A screening service sounds like a person to whoever counts words and pauses.
            call.answered_by = "machine" if behaviour.answers == "machine" else "human"
        await self._move(call, "in-progress")
        if call.machine_callback:
            self._beside(self._tell_who(call))
        return await self._until(call, self._converse(call, call.url), behaviour.talks_ms / 1000)

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the call."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    async def _until(self, call: Call, conversation: Any, hold_s: float) -> str:
        """Follow the instructions until they end, somebody hangs up, or the telephone's owner has had enough."""
        talk = asyncio.create_task(conversation)
        leave = asyncio.create_task(call.hung_up.wait())
        try:
            await asyncio.wait({talk, leave}, timeout=hold_s, return_when=asyncio.FIRST_COMPLETED)
            if talk.done():
                return talk.result() or "completed"
        finally:
            for task in (talk, leave):
                task.cancel()
            await asyncio.gather(talk, leave, return_exceptions=True)
        return "completed" if call.answered_at else "no-answer"

    # Instructions

    async def _converse(self, call: Call, url: str) -> str:
        """Follow an address's instructions, and from the moment a call is sent elsewhere those of that address."""
        while True:
            talk = asyncio.create_task(self._follow(call, url))
            move = asyncio.create_task(call.moved.wait())
            try:
                await asyncio.wait({talk, move}, return_when=asyncio.FIRST_COMPLETED)
                if not call.moved.is_set():
                    return talk.result()
            finally:
                for task in (talk, move):
                    task.cancel()
                await asyncio.gather(talk, move, return_exceptions=True)
            call.moved.clear()
            url = call.redirected_to

    async def _follow(self, call: Call, url: str) -> str:
        """Ask an address what to do and do it, until nothing is left; returns how it ended where that is not usual."""
        verbs = await self._ask(call, url)
        for _ in range(_MOST_VERBS):
            if not verbs:
                return ""
            verb = verbs.pop(0)
            if verb.tag == "Reject":
                return "busy" if verb.get("reason") == "busy" else "failed"
            if call.direction == INBOUND and not call.answered_at and verb.tag not in ("Dial", "Redirect", "Hangup"):
                await self._move(call, "in-progress")
            if verb.tag == "Hangup":
                return ""
            following = await self._do(call, verb)
            verbs = verbs if following is None else following
        call.notes.append("the instructions never end")
        return "failed"

    async def _do(self, call: Call, verb: Element) -> list[Element] | None:
        """Do one verb; what it returns stands in the place of those that follow."""
        text = (verb.text or "").strip()
        match verb.tag:
            case "Say" | "Play":
                call.hear(text)
            case "Pause":
                await asyncio.sleep(min(float(verb.get("length", "1")), 1.0))
            case "Redirect":
                return await self._ask(call, text)
            case "Dial":
                return await self._dial(call, verb)
            case "Connect":
                await self._stream(call, verb)
            case "Gather":
                for said in verb.iter("Say"):
                    call.hear((said.text or "").strip())
                if digits := self._calls.behaviour(self._far(call)).digits:
                    return await self._ask(call, verb.get("action", ""), Digits=digits)
            case "Record":
                return await self._record(call, verb)
            case other:
                call.notes.append(f"{other} is no instruction this carrier knows")
        return None

    async def _dial(self, call: Call, verb: Element) -> list[Element] | None:
        """Ring who is dialled, let the two talk, and ask the action what follows."""
        noun = next(iter(verb), None)
        target = ((noun.text if noun is not None else verb.text) or "").strip()
        call.notes.append(f"dials {target}")
        other = self._calls.add(
            Call(
                DIALLED,
                verb.get("callerId", call.to_number),
                target,
                status_callback=noun.get("statusCallback", "") if noun is not None else "",
                status_events=frozenset((noun.get("statusCallbackEvent", "") if noun is not None else "").split())
                | ENDS,
                timeout_s=float(verb.get("timeout", "30")),
                parent_sid=call.sid,
            )
        )
        try:
            ended = await self._join(call, other)
        except asyncio.CancelledError:
            # The telephone that is on the line was put down, or went elsewhere.
            self._beside(self._move(other, "completed" if other.answered_at else "canceled"))
            raise
        await self._move(other, ended)
        if not verb.get("action"):
            return None
        told = {"DialCallStatus": ended, "DialCallSid": other.sid, "DialCallDuration": str(other.duration_s)}
        return await self._ask(call, verb.get("action", ""), **told)

    async def _join(self, call: Call, other: Call) -> str:
        """Ring a second telephone and let it talk with one that is on the line; returns how it ended."""
        # A SIP address is known by what stands before its parameters.
        behaviour = self._calls.behaviour(other.to_number.partition("?")[0].partition(";")[0])
        await self._tell(other)
        await self._move(other, "ringing")
        rings_s = behaviour.rings_ms / 1000
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(other.hung_up.wait(), min(rings_s, other.timeout_s))
            return "canceled"
        if rings_s > other.timeout_s:
            return "no-answer"
        if behaviour.answers not in PICKS_UP:
            return behaviour.answers
        if not call.answered_at:
            await self._move(call, "in-progress")
        await self._move(other, "in-progress")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(other.hung_up.wait(), behaviour.talks_ms / 1000)
        return "completed"

    async def _stream(self, call: Call, verb: Element) -> None:
        """Join the call with a WebSocket until that closes; one that cannot be reached is noted."""
        stream = verb.find("Stream")
        url = stream.get("url", "") if stream is not None else ""
        given = {one.get("name", ""): one.get("value", "") for one in verb.iter("Parameter")}
        sid = str(uuid.uuid4())
        start = {
            "streamSid": sid,
            "accountSid": self._settings.project,
            "callSid": call.sid,
            "tracks": ["inbound"],
            "customParameters": given,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        phone = Telephone(call, sid, lambda: self._publish(call))
        try:
            async with websockets.connect(url, proxy=None, open_timeout=_OPENS_WITHIN_S) as socket:
                await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "0.2.0"}))
                begin = {"event": "start", "sequenceNumber": "1", "streamSid": sid, "start": start}
                await socket.send(json.dumps(begin))
                if call.direction != INBOUND and not call.has_picked_up:
                    call.has_picked_up = True
                    self._beside(owners.pick_up(call, self._calls.behaviour(call.to_number)))
                try:
                    await telephone.hold(socket, phone)
                except asyncio.CancelledError:
                    # The call went elsewhere, or its telephone was put down.
                    stop = {"accountSid": self._settings.project, "callSid": call.sid}
                    with contextlib.suppress(websockets.WebSocketException):
                        await socket.send(json.dumps({"event": "stop", "streamSid": sid, "stop": stop}))
                    raise
        except (OSError, ValueError, websockets.WebSocketException) as error:
            call.notes.append(f"the stream could not be held: {type(error).__name__}")

    async def _record(self, call: Call, verb: Element) -> list[Element] | None:
        kept = Recording(" ".join(call.take_said()) or self._calls.behaviour(self._far(call)).says or "Hello.")
        call.recordings.append(kept)
        at = f"/api/laml/{API_VERSION}/Accounts/{self._settings.project}/Recordings/{kept.sid}"
        told = {
            "RecordingSid": kept.sid,
            "RecordingUrl": f"{self._settings.public_url}{at}",
            "RecordingDuration": "1",
            "RecordingStatus": "completed",
        }
        if callback := verb.get("recordingStatusCallback"):
            await self._carrier.webhooks.post(callback, [*self._form(call), *told.items()])
        return await self._ask(call, verb.get("action", ""), **told) if verb.get("action") else None

    async def _ask(self, call: Call, url: str, **told: str) -> list[Element]:
        """Post where a call stands and return the instructions that came back; an address that fails gives none."""
        posted = await self._carrier.webhooks.post(url, [*self._form(call), *told.items()])
        if not posted.ok:
            call.notes.append(posted.note)
        return cxml.verbs_in(posted.body)

    # What is told

    async def _move(self, call: Call, status: str) -> None:
        call.status = status
        now = time.time()
        if status == "in-progress":
            call.answered_at = call.answered_at or now
        if call.has_ended:
            call.ended_at = now
        self._publish(call)
        await self._tell(call)

    def _publish(self, call: Call) -> None:
        self._events.publish({"kind": "call", "from": call.from_number, "to": call.to_number, "sid": call.sid})

    async def _tell(self, call: Call) -> None:
        """Post the status to who asked for it: lost, twice, or late when a fault says so."""
        event = _EVENTS.get(call.status, call.status)
        if not call.status_callback or (event not in call.status_events and call.status not in call.status_events):
            return
        form = self._form(call)
        form += [("SequenceNumber", str(call.told)), ("Timestamp", formatdate(usegmt=True))]
        call.told += 1
        if call.status == "completed":
            form.append(("CallDuration", str(call.duration_s)))
        if call.status == "failed" and call.direction != INBOUND:
            # RFC 3261 §21.4.5: nobody has this number.
            form.append(("SipResultCode", "404"))
        met = {fault.kind: fault for fault in self._faults.take("carrier.calls")}
        if "drop" in met:
            return
        if "reorder" in met or "delay" in met:
            self._beside(self._tell_late(call.status_callback, form, self._faults.chance.random() * _LATE_S))
            return
        for _ in range(2 if "duplicate" in met else 1):
            await self._carrier.webhooks.post(call.status_callback, form)

    async def _tell_who(self, call: Call) -> None:
        """Post who picked up to who asked for it beside the call: of a machine that it beeped, as soon as it has."""
        who = call.answered_by
        if who == "machine":
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(call.has_beeped.wait(), _BEEPS_WITHIN_S)
            who = "machine_end_beep" if call.has_beeped.is_set() else "machine_end_silence"
        met = {fault.kind: fault for fault in self._faults.take("carrier.machines")}
        if "delay" in met:
            await asyncio.sleep(met["delay"].delay_s(0))
        if "drop" in met:
            return
        form = [field for field in self._form(call) if field[0] != "AnsweredBy"]
        for _ in range(2 if "duplicate" in met else 1):
            told = [*form, ("AnsweredBy", who), ("MachineDetectionDuration", "2400")]
            await self._carrier.webhooks.post(call.machine_callback, told)

    async def _tell_late(self, url: str, form: list[tuple[str, str]], after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self._carrier.webhooks.post(url, form)

    def _form(self, call: Call) -> list[tuple[str, str]]:
        form = [
            ("CallSid", call.sid),
            ("AccountSid", self._settings.project),
            ("ApiVersion", API_VERSION),
            ("From", call.from_number),
            ("To", call.to_number),
            ("CallStatus", call.status),
            ("Direction", call.direction),
        ]
        form += [("ParentCallSid", call.parent_sid)] if call.parent_sid else []
        return [*form, ("AnsweredBy", call.answered_by)] if call.answered_by else form

    def _far(self, call: Call) -> str:
        return call.from_number if call.direction == INBOUND else call.to_number
