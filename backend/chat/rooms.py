"""Hold the open sockets of visitors in this web process, and hand them what happens in their sessions.

One listener for the whole process hears of every change. What is stored is read once per session, for all of its
tabs; what is not (typing, pieces of an answer) is passed on as it came. Whoever loses the connection asks for what
came after the last message it has.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.chat import lines, live, queries, reading, sessions
from backend.chat.schemas import ChatState
from backend.core import realtime
from backend.core.logging import log
from backend.core.tenancy import org_scope, unit_of_work

# What waits for a browser that does not read; one that lets so much pile up is cut off and asks again.
LONGEST_QUEUE = 200
# So many sessions are read anew at once after a lost connection: the pool is shared with everybody else.
RESYNC_AT_ONCE = 4


@dataclass(eq=False)
class Seat:
    """One open socket: what is to be sent, in order (None ends it), and what its browser has."""

    org_id: UUID
    session_id: UUID
    # The last message and the state it was given; below zero while its session is still read for the first time.
    seq: int = -1
    state: ChatState | None = None
    # Something was told of the session meanwhile, which that first look may not have seen.
    has_missed: bool = False
    waiting: asyncio.Queue[dict[str, Any] | None] = field(default_factory=lambda: asyncio.Queue(LONGEST_QUEUE))

    def put(self, said: dict[str, Any] | None) -> None:
        """Queue something for the browser; one that does not read is cut off."""
        try:
            self.waiting.put_nowait(said)
        except asyncio.QueueFull:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(None)


@dataclass
class Room:
    """The sockets of one session."""

    org_id: UUID
    session_id: UUID
    conversation_id: UUID | None = None
    seats: set[Seat] = field(default_factory=set)
    is_dirty: bool = False
    task: asyncio.Task[None] | None = None

    def put(self, said: dict[str, Any]) -> None:
        """Say something to every tab."""
        for seat in self.seats:
            seat.put(said)


class Rooms:
    """Every session with an open socket in this process."""

    def __init__(self) -> None:
        self._rooms: dict[UUID, Room] = {}
        self._by_conversation: dict[UUID, set[UUID]] = {}

    def __len__(self) -> int:
        return sum(len(room.seats) for room in self._rooms.values())

    def sit(self, seat: Seat) -> None:
        """Take a socket in, before its session is read, so that nothing falls between."""
        room = self._rooms.setdefault(seat.session_id, Room(seat.org_id, seat.session_id))
        room.seats.add(seat)

    def settle(self, seat: Seat, conversation_id: UUID | None, seq: int, state: ChatState) -> None:
        """Note what a socket has been given: its session's messages up to `seq`, and who answers it."""
        room = self._rooms.get(seat.session_id)
        if room is None:
            return
        seat.seq, seat.state = seq, state
        self._know(room, conversation_id)
        if seat.has_missed:
            self._read_soon(room)

    def leave(self, seat: Seat) -> None:
        """Let a socket go."""
        room = self._rooms.get(seat.session_id)
        if room is None:
            return
        room.seats.discard(seat)
        if not room.seats:
            self._rooms.pop(seat.session_id)
            if room.conversation_id is not None:
                peers = self._by_conversation.get(room.conversation_id, set())
                peers.discard(room.session_id)
                if not peers:
                    self._by_conversation.pop(room.conversation_id, None)

    def conversation_of(self, session_id: UUID) -> UUID | None:
        """Return the conversation a session writes into, as far as it is known here."""
        room = self._rooms.get(session_id)
        return room.conversation_id if room else None

    async def run(self) -> None:
        """Listen for ever; a lifespan task of the web process, which takes visitors in before this listens."""
        channels = {live.CHANNEL: self.hear, realtime.CHANNEL: self.hear_of_team}
        await realtime.listen_to(channels, self.resync, "chat", is_late=True)

    async def hear(self, payload: str) -> None:
        """Act on what was told of a session."""
        try:
            said: dict[str, Any] = json.loads(payload)
            room = self._rooms.get(UUID(said["s"]))
        except (ValueError, KeyError, TypeError):
            log.warning("chat.unreadable", payload=payload[:200])
            return
        if room is None:
            return
        match said.get("k"):
            case "piece":
                room.put({"t": "piece", "turn": said["turn"], "at": said["at"], "text": said["text"]})
            case "typing":
                room.put({"t": "typing", "name": said["name"]})
            case "ended":
                room.put({"t": "ended"})
            case _:
                self._read_soon(room)

    async def hear_of_team(self, payload: str) -> None:
        """Act on what the team did in a conversation: read it, took it over, handed it back."""
        if "conversation." not in payload:
            return
        change = realtime.change_of(payload)
        if change is None or not change.conversation:
            return
        conversation_id = UUID(change.conversation)
        rooms = [self._rooms[one] for one in self._by_conversation.get(conversation_id, ()) if one in self._rooms]
        if not rooms:
            return
        if change.kind == "conversation.read":
            with org_scope(rooms[0].org_id):
                async with unit_of_work() as session:
                    await reading.seen_by_team(session, conversation_id)
        else:
            for room in rooms:
                self._read_soon(room)

    async def resync(self) -> None:
        """Read every session anew: something may have been missed."""
        gate = asyncio.Semaphore(RESYNC_AT_ONCE)

        async def again(room: Room) -> None:
            async with gate:
                # Never beside another read of the room: the older of two could be told last.
                self._read_soon(room)
                if room.task is not None:
                    await room.task

        await asyncio.gather(*(again(room) for room in list(self._rooms.values())))

    def _read_soon(self, room: Room) -> None:
        room.is_dirty = True
        if room.task is None:
            room.task = asyncio.create_task(self._read_until_clean(room))

    async def _read_until_clean(self, room: Room) -> None:
        try:
            while room.is_dirty and room.seats:
                room.is_dirty = False
                await self._read(room)
        except Exception:
            # The browser notices a gap by itself: it asks again when it comes back.
            log.exception("chat.read_failed", session=str(room.session_id))
        finally:
            room.task = None

    async def _read(self, room: Room) -> None:
        # Those who are still given their first messages are told later, so that nobody gets anything twice.
        seats = [seat for seat in room.seats if seat.seq >= 0]
        for seat in room.seats.difference(seats):
            seat.has_missed = True
        if not seats:
            return
        with org_scope(room.org_id):
            async with unit_of_work() as session:
                chat = await queries.chat(session, room.org_id, room.session_id)
                if chat is None:
                    room.put({"t": "ended"})
                    return
                after = min(seat.seq for seat in seats)
                found = await queries.messages_after(session, room.org_id, room.session_id, after, sessions.PAGE)
                said = await lines.of(session, room.org_id, found)
                state = await sessions.state_of(session, chat)
        self._know(room, chat.conversation_id)
        last = max(chat.last_seq, said[-1]["seq"] if said else 0)
        for seat in seats:
            fresh = [line for line in said if line["seq"] > seat.seq]
            if fresh or seat.state != state:
                seat.put({"t": "news", "messages": fresh, "state": state})
            seat.seq, seat.state = max(seat.seq, last), state

    def _know(self, room: Room, conversation_id: UUID | None) -> None:
        if conversation_id is None or room.conversation_id == conversation_id:
            return
        if room.conversation_id is not None:
            self._by_conversation.get(room.conversation_id, set()).discard(room.session_id)
        room.conversation_id = conversation_id
        self._by_conversation.setdefault(conversation_id, set()).add(room.session_id)


rooms = Rooms()
