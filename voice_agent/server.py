"""Serve the carrier's media streams and people's browsers over WebSocket, and say how the process is.

A stream shows a ticket for its call, a browser a pass for its person; whoever has neither is sent away.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, web

from voice_agent import gateway, trial
from voice_agent.legs import browser, media_stream
from voice_agent.legs.browser import BrowserLine
from voice_agent.legs.media_stream import MediaStream

if TYPE_CHECKING:
    from voice_agent.worker import Worker

STREAM, PERSON, BROWSER, HEALTH = "/voice/stream", "/voice/person", "/voice/browser", "/voice/health"
# A carrier begins at once; whoever does not is none.
BEGINS_WITHIN_S = 5.0
_NO_ROOM = "No more calls can be held here now. Try again in a minute."
_BROKE = "The call could not be held. Try again."
# Sockets that have not shown a ticket yet, whoever opened them.
MOST_WAITING = 50


def app(worker: Worker) -> web.Application:
    """Return the application of a voice process."""
    door = _Door(worker)
    made = web.Application()
    routes = {STREAM: door.stream, PERSON: door.person, BROWSER: door.browser, HEALTH: door.health}
    # What comes behind an address is for proxies: all ends of a person's call name the same.
    ends = {f"{path}/{{call}}": routes[path] for path in (STREAM, BROWSER, PERSON)}
    made.add_routes([web.get(path, handler) for path, handler in (routes | ends).items()])
    return made


class _Door:
    """Who comes in, and who is sent away."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._waiting = 0

    async def health(self, request: web.Request) -> web.Response:
        """Tell how many calls there are and whether one more may come; 503 when none may."""
        worker = self._worker
        state = "draining" if worker.is_draining else "ok" if worker.has_room else "full"
        body = {"status": state, "calls": worker.calls, "capacity": worker.capacity}
        return web.json_response(body, status=200 if state == "ok" else 503)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Carry one call. Who is not let in is told nothing but that; the carrier then follows our other words."""
        # Whoever calls themselves was counted when they sat down.
        is_welcome = self._worker.has_room or self._worker.desks.is_waiting
        if not is_welcome or self._waiting >= MOST_WAITING:
            return web.Response(status=503, text="No more calls can be held here now.")
        socket = web.WebSocketResponse(max_msg_size=media_stream.LARGEST_MESSAGE, compress=False)
        await socket.prepare(request)
        self._waiting += 1
        try:
            leg, call, wait = await self._admitted(socket)
        except gateway.MagpipeError as refusal:
            gateway.log.warning("voice.stream_refused", code=refusal.code)
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return socket
        finally:
            self._waiting -= 1
        try:
            if wait:
                await self._worker.let_wait(leg, call, wait)
            elif call.person_id is None:
                await self._worker.hold(leg, call)
            else:
                await self._worker.desks.join(leg, call)
        except Exception as error:
            gateway.log.error("voice.call_not_held", call=str(call.call_id), error=repr(error), exc_info=True)
            await socket.close(code=WSCloseCode.INTERNAL_ERROR)
        return socket

    async def person(self, request: web.Request) -> web.StreamResponse:
        """Let the telephone of somebody in who was rung for a caller of ours: to take them, or to be added."""
        if self._waiting >= MOST_WAITING:
            return web.Response(status=503, text="Nobody else can be let in here now.")
        socket = web.WebSocketResponse(max_msg_size=media_stream.LARGEST_MESSAGE, compress=False)
        await socket.prepare(request)
        self._waiting += 1
        try:
            start = await _start(socket)
            enter = await self._rung(start, socket)
        except gateway.MagpipeError as refusal:
            gateway.log.warning("voice.person_refused", code=refusal.code)
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return socket
        finally:
            self._waiting -= 1
        try:
            await enter
        except gateway.MagpipeError as refusal:
            gateway.log.warning("voice.person_refused", call=start.parameters["call_id"], code=refusal.code)
        except Exception as error:
            call = start.parameters["call_id"]
            gateway.log.error("voice.person_not_held", call=call, error=repr(error), exc_info=True)
        await socket.close()
        return socket

    async def _rung(self, start: media_stream.Start, socket: web.WebSocketResponse) -> Coroutine[Any, Any, None]:
        """Return what is to be done with the line of somebody who was rung. Raises `MagpipeError` for anybody else."""
        given = start.parameters
        call, ticket, party = given.get("call_id", ""), given.get("ticket", ""), given.get("party", "")
        if party:
            call_id = await gateway.admit_party(call, party, ticket)
            return self._worker.let_in(call_id, MediaStream(socket, start, call_id, name=party[-8:]), party)
        attempt = given.get("attempt", "")
        call_id, name = await gateway.admit_rung(call, attempt, ticket)
        line = MediaStream(socket, start, call_id, name=attempt[-8:])
        return self._worker.guests(call_id).speak(line, name, attempt=attempt)

    async def browser(self, request: web.Request) -> web.StreamResponse:
        """Let a person's browser onto the line its pass is for; who is not let in is told why."""
        socket = web.WebSocketResponse(max_msg_size=browser.LARGEST_MESSAGE, compress=False, heartbeat=browser.PING_S)
        await socket.prepare(request)
        if self._waiting >= MOST_WAITING:
            await browser.turn_away(socket, _NO_ROOM)
            return socket
        self._waiting += 1
        try:
            shown = await browser.opening(socket, BEGINS_WITHIN_S)
            found = await gateway.admit_browser(shown)
        except gateway.MagpipeError as refusal:
            await browser.turn_away(socket, refusal.message)
            return socket
        finally:
            self._waiting -= 1
        line = BrowserLine(socket, name=shown[-8:])
        try:
            match found.door:
                case gateway.Door.TEST:
                    await trial.hold(self._worker, line, found)
                case gateway.Door.DESK | gateway.Door.ANSWER:
                    await self._worker.desks.sit(line, found)
                case gateway.Door.JOIN:
                    call_id, party = await gateway.admit_colleague(found, request.match_info.get("call", ""))
                    await self._worker.let_in(call_id, line, party)
                case gateway.Door.LISTEN:
                    await self._worker.guests(found.about).listen(line)
                case gateway.Door.SPEAK:
                    await self._worker.guests(found.about).speak(line, user_id=found.user_id)
        except gateway.MagpipeError as refusal:
            await browser.turn_away(socket, refusal.message)
        except Exception as error:
            gateway.log.error("voice.browser_not_held", door=found.door, error=repr(error), exc_info=True)
            await browser.turn_away(socket, _BROKE)
        return socket

    async def _admitted(self, socket: web.WebSocketResponse) -> tuple[MediaStream, gateway.CallBrief, str]:
        start = await _start(socket)
        given = start.parameters
        ticket, wait = given.get("ticket", ""), given.get("wait", "")
        call = await gateway.admit(given.get("call_id", ""), ticket, wait)
        return MediaStream(socket, start, call.call_id, name=ticket.partition(".")[2][:8]), call, wait


async def _start(socket: web.WebSocketResponse) -> media_stream.Start:
    """Return how a carrier's stream begins. Raises `Invalid` for what is none."""
    start = await media_stream.opening(socket, BEGINS_WITHIN_S)
    if start is None:
        raise gateway.Invalid("This is no media stream.", code="no_stream")
    return start
