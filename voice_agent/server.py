"""Serve the carrier's media streams over WebSocket, each with a ticket for its call, and say how the process is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, web

from voice_agent import gateway
from voice_agent.legs import media_stream
from voice_agent.legs.media_stream import MediaStream

if TYPE_CHECKING:
    from voice_agent.worker import Worker

STREAM, HEALTH = "/voice/stream", "/voice/health"
# A carrier begins at once; whoever does not is none.
BEGINS_WITHIN_S = 5.0
# Sockets that have not shown a ticket yet, whoever opened them.
MOST_WAITING = 50


def app(worker: Worker) -> web.Application:
    """Return the application of a voice process."""
    door = _Door(worker)
    made = web.Application()
    made.add_routes([web.get(STREAM, door.stream), web.get(HEALTH, door.health)])
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
        if not self._worker.has_room or self._waiting >= MOST_WAITING:
            return web.Response(status=503, text="No more calls can be held here now.")
        socket = web.WebSocketResponse(max_msg_size=media_stream.LARGEST_MESSAGE, compress=False)
        await socket.prepare(request)
        self._waiting += 1
        try:
            leg, call = await self._admitted(socket)
        except gateway.MagpipeError as refusal:
            gateway.log.warning("voice.stream_refused", code=refusal.code)
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return socket
        finally:
            self._waiting -= 1
        try:
            await self._worker.hold(leg, call)
        except Exception as error:
            gateway.log.error("voice.call_not_held", call=str(call.call_id), error=repr(error), exc_info=True)
            await socket.close(code=WSCloseCode.INTERNAL_ERROR)
        return socket

    async def _admitted(self, socket: web.WebSocketResponse) -> tuple[MediaStream, gateway.CallBrief]:
        start = await media_stream.opening(socket, BEGINS_WITHIN_S)
        if start is None:
            raise gateway.Invalid("This is no media stream.", code="no_stream")
        ticket = start.parameters.get("ticket", "")
        call = await gateway.admit(start.parameters.get("call_id", ""), ticket)
        return MediaStream(socket, start, call.call_id, name=ticket.partition(".")[2][:8]), call
