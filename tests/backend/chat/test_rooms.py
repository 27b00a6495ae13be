"""What happens while a tab joins reaches it once, in whatever order the two are heard of."""

import asyncio
import json
from typing import Any

from backend.chat.rooms import Room, Rooms, Seat
from backend.chat.schemas import ChatState
from tests.backend.chat.conftest import Desk, Visitor
from tests.conftest import PATIENT_S

STATE = ChatState(mode="ai", person="", team_read=0, visitor_read=0)


async def talked(desk: Desk, visitor: Visitor) -> tuple[Rooms, Seat]:
    """A session of two messages, and a tab that is taken in and not yet given anything."""
    await visitor.open()
    await visitor.say("One")
    (chat,) = await desk.sessions()
    await visitor.say("Two")
    rooms, seat = Rooms(), Seat(desk.org.org_id, chat.id)
    rooms.sit(seat)
    return rooms, seat


async def hear(rooms: Rooms, seat: Seat) -> None:
    await rooms.hear(json.dumps({"s": seat.session_id.hex, "k": "new"}))
    await at_rest(rooms, seat)


async def at_rest(rooms: Rooms, seat: Seat) -> None:
    room: Room = rooms._rooms[seat.session_id]
    if room.task is not None:
        await room.task


def told(seat: Seat) -> list[str]:
    said: list[dict[str, Any]] = []
    while not seat.waiting.empty():
        said.append(seat.waiting.get_nowait() or {})
    return [line["text"] for one in said for line in one["messages"]]


async def test_a_tab_that_is_still_joining_is_told_once_it_has_joined(desk, visitor):
    rooms, seat = await talked(desk, visitor)
    await hear(rooms, seat)
    assert told(seat) == []
    # Its first look saw the first message alone: the second came meanwhile.
    rooms.settle(seat, None, 1, STATE)
    await at_rest(rooms, seat)
    assert told(seat) == ["Two"]


async def test_news_of_what_a_tab_has_already_is_not_told_again(desk, visitor):
    rooms, seat = await talked(desk, visitor)
    rooms.settle(seat, None, 2, STATE)
    await hear(rooms, seat)
    assert seat.waiting.empty()


async def test_a_tab_that_joined_before_anybody_listened_is_told_what_came_meanwhile(desk, visitor):
    rooms, seat = await talked(desk, visitor)
    rooms.settle(seat, None, 1, STATE)
    listening = asyncio.create_task(rooms.run())
    news = await asyncio.wait_for(seat.waiting.get(), PATIENT_S)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert news is not None
    assert [line["text"] for line in news["messages"]] == ["Two"]


async def test_each_tab_of_a_session_gets_what_it_lacks(desk, visitor):
    rooms, behind = await talked(desk, visitor)
    ahead = Seat(behind.org_id, behind.session_id)
    rooms.sit(ahead)
    rooms.settle(behind, None, 0, STATE)
    rooms.settle(ahead, None, 1, STATE)
    await hear(rooms, behind)
    assert (told(behind), told(ahead)) == (["One", "Two"], ["Two"])
