"""Carry a visitor's chat over one WebSocket per tab: news as it happens, typing and reading both ways.

The token comes in the first message, not in the address, which servers write into their logs. Sending a message is a
request of its own (`chat.message`), so that it is stored once whatever becomes of the socket.
"""

import asyncio
import json
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from backend.chat import service as chat
from backend.chat.schemas import Caller
from backend.core.errors import MagpipeError
from backend.core.logging import log
from backend.core.tenancy import org_scope, unit_of_work

router = APIRouter()

HELLO_WITHIN_S = 10.0
LONGEST = 4_096
# Typing is worth one word in so many seconds.
TYPING_EVERY_S = 2.5
# A browser says something every 25 s and a little while it types or reads; what floods is cut off.
MOST_IN_WINDOW, WINDOW_S = 60, 30.0
# Close codes of our own (RFC 6455 §7.4.2): the first has the widget ask for a new session, the second wait.
ENDED, FLOODED = 4401, 4429


@router.websocket("/api/chat/socket")
async def socket(connection: WebSocket) -> None:
    """Serve one tab until it leaves."""
    if not connection.headers.get("origin"):
        await connection.close(1008)
        return
    await connection.accept()
    seat: chat.Seat | None = None
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            hello = _read(await connection.receive_text())
        try:
            seat = await _sit(connection, hello)
        except MagpipeError as error:
            await connection.send_text(json.dumps({"t": "refused", "code": error.code, "message": error.message}))
            await connection.close(ENDED)
            return
        listening = asyncio.create_task(_listen(connection, seat))
        try:
            await _speak(connection, seat, listening)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await listening
    except (TimeoutError, WebSocketDisconnect, RuntimeError, ConnectionError):
        # RuntimeError is how Starlette says that the other side is gone already.
        with suppress(RuntimeError, WebSocketDisconnect):
            await connection.close(1000)
    finally:
        if seat is not None:
            chat.rooms.leave(seat)


async def _sit(connection: WebSocket, hello: dict[str, Any]) -> chat.Seat:
    """Admit a tab and give it what it missed."""
    token, after = hello.get("token"), hello.get("after")
    ticket = chat.read(token if isinstance(token, str) else "")
    seat = chat.Seat(ticket.org_id, ticket.session_id)
    # Sit first and read then, so that nothing falls between.
    chat.rooms.sit(seat)
    try:
        with org_scope(ticket.org_id):
            async with unit_of_work() as session:
                caller = Caller(connection.headers.get("origin", ""), "")
                since = after if isinstance(after, int) and after > 0 else 0
                opened, conversation_id = await chat.resume(session, ticket, caller, since)
    except BaseException:
        chat.rooms.leave(seat)
        raise
    last = opened["messages"][-1]["seq"] if opened["messages"] else since
    chat.rooms.settle(seat, conversation_id, last, opened["state"])
    await connection.send_text(json.dumps({"t": "ready", **opened}))
    return seat


async def _speak(connection: WebSocket, seat: chat.Seat, listening: "asyncio.Task[int]") -> None:
    """Send what happens until the tab leaves or is cut off."""
    while True:
        waiting = asyncio.create_task(seat.waiting.get())
        await asyncio.wait({waiting, listening}, return_when=asyncio.FIRST_COMPLETED)
        if listening.done():
            waiting.cancel()
            await connection.close(listening.result())
            return
        said = waiting.result()
        if said is None:
            await connection.close(FLOODED)
            return
        await connection.send_text(json.dumps(said))
        if said["t"] == "ended":
            await connection.close(ENDED)
            return


async def _listen(connection: WebSocket, seat: chat.Seat) -> int:
    """Act on what the tab says, and return the code to close with."""
    loop = asyncio.get_running_loop()
    typed_at, window_at, heard = 0.0, loop.time(), 0
    while True:
        text = await connection.receive_text()
        now = loop.time()
        if now - window_at > WINDOW_S:
            window_at, heard = now, 0
        heard += 1
        if heard > MOST_IN_WINDOW:
            return FLOODED
        said = _read(text)
        match said.get("t"):
            case "ping":
                seat.put({"t": "pong"})
            case "typing":
                conversation_id = chat.rooms.conversation_of(seat.session_id)
                if conversation_id is not None and now - typed_at > TYPING_EVERY_S:
                    typed_at = now
                    await chat.typing_of_visitor(seat.org_id, conversation_id)
            case "seen":
                seq = said.get("seq")
                if isinstance(seq, int) and 0 < seq < 2**53:
                    await chat.seen_by_visitor(seat.org_id, seat.session_id, seq)
            case _:
                log.debug("chat.unknown_word")


def _read(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        return {}
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
