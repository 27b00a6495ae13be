"""Hold the calls of people themselves: a browser at one end, the carrier's stream at the other, nobody between.

Of a call they make the browser comes first and waits while the telephone rings; when it is picked up, its stream is
joined with the person who is called for. A caller who is taken was there before (`voice_agent/lobby.py`). Whichever end
goes takes the other with it, but for a caller whose person's line broke. Who is on the line is told to the call's log.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from voice_agent import gateway
from voice_agent.captions import Captions
from voice_agent.conference import Conference, Hearing, Member
from voice_agent.core import rules
from voice_agent.core.cost_clock import Component
from voice_agent.legs.browser import BrowserLine
from voice_agent.legs.keys import tones
from voice_agent.legs.media_stream import MediaStream
from voice_agent.legs.port import Gone, Leg

if TYPE_CHECKING:
    from voice_agent.worker import Worker

# A telephone may be picked up before the browser's line is open, or while it is opened anew.
COMES_WITHIN_S = 15.0
# The person at the desk among those of a conference.
_PERSON = "person"


class Desk:
    """One person at a browser who calls a telephone, or takes a caller."""

    def __init__(self, line: BrowserLine, call: gateway.CallBrief, user_id: UUID, *, takes: bool = False) -> None:
        self.call = call
        self.line = line
        self.user_id = user_id
        self._takes = takes
        self._gone: Gone | None = None
        self._keys: deque[str] = deque()
        self._has_keys = asyncio.Event()
        self._stream: MediaStream | None = None
        self._is_over = asyncio.Event()
        self.conference: Conference | None = None
        """Who hears whom, once the other end is there."""
        self._member: Member | None = None
        self._captions: Captions | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the telephone was not picked up yet."""
        return self._stream is None

    @property
    def is_there(self) -> bool:
        """Whether the person's line is open, and theirs is the call."""
        return self._gone is None and self.is_held

    @property
    def is_held(self) -> bool:
        """Whether the call is theirs, or that of those who stayed in it."""
        return not self._is_over.is_set()

    async def hold(self) -> None:
        """Keep the person on the line until they leave or the telephone is put down."""
        carrying = asyncio.create_task(self.line.carry(self.press))
        over = asyncio.create_task(self._is_over.wait())
        await self.line.tell("ready", stand_ins=[])
        ends = {carrying, over}
        within_s = COMES_WITHIN_S if self._takes else None
        done, _ = await asyncio.wait(ends, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        if not done and self._stream is None:
            # The wait was over before this line was open.
            await self.turn_away("This caller is gone.")
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if carrying.done():
            self._gone = carrying.result()
            if self._stays_without_them():
                await self._is_over.wait()
                return
            # A caller who is not spoken with yet, or whose person's line broke, is somebody else's to take.
            ends_call = not self._takes or (self._stream is not None and self._gone != Gone.LOST)
            if ends_call:
                await self._end()
            self._is_over.set()
        else:
            await self.line.tell("ended", ending="put_down")
            await self.line.hang_up()
            await carrying

    def _stays_without_them(self) -> bool:
        """Take the person out of the conference, and tell whether others stay in it with the other party."""
        if self.conference is None or self._member is None or self._is_over.is_set():
            return False
        self.conference.remove(self._member)
        return bool(self.conference.members)

    def press(self, key: str) -> None:
        """Let the telephone hear a key; those pressed before it was picked up are not kept."""
        if self._stream is not None:
            self._keys.append(key)
            self._has_keys.set()

    async def turn_away(self, reason: str) -> None:
        """Tell the person why there is nobody for them to talk with."""
        await self.line.tell("refused", reason=reason)
        self._is_over.set()

    async def talk(self, stream: MediaStream, carrying: asyncio.Task[Gone]) -> bool:
        """Let a caller and the person hear each other until either is gone.

        False where the person's line is gone and the caller is still there to be taken: it broke, or they left before.
        """
        if not self.is_there:
            return False
        async with self._meeting(stream):
            over = asyncio.create_task(self._is_over.wait())
            await asyncio.wait({carrying, over}, return_when=asyncio.FIRST_COMPLETED)
            over.cancel()
        if not carrying.done():
            return self._gone != Gone.LOST
        self._is_over.set()
        gone = carrying.result()
        if gone != Gone.LOST:
            told = {"status": "completed", "ending": str(gone)}
            await gateway.tell(self.call.call_id, f"{stream.name}:ended", "call.ended", told)
        return True

    def show_key(self, key: str) -> None:
        """Show the person a key that the other end pressed."""
        self.line.show("key", digit=key)

    async def join(self, stream: MediaStream) -> None:
        """Let the telephone and the person hear each other until either is gone."""
        self._stream = stream
        if self._is_over.is_set():
            await stream.hang_up()
            return
        call_id, name = self.call.call_id, stream.name
        await gateway.tell(call_id, f"{name}:joined", "person.joined", {})
        async with self._meeting(stream):
            gone = await stream.carry(self.show_key)
            self._is_over.set()
        if gone != Gone.LOST:
            await gateway.tell(call_id, f"{name}:ended", "call.ended", {"status": "completed", "ending": str(gone)})

    async def let_in(self, line: Leg, party: str) -> None:
        """Have somebody take part who was added, until they leave. Raises `MagpipeError` where they cannot."""
        conference = self.conference
        if conference is None or not self.is_held:
            raise gateway.Unavailable("This call is over.")
        await gateway.reserve(self.call.call_id, self._first_minutes)
        try:
            await conference.let_in(line, party, self._listened)
        finally:
            if self._gone is not None and not conference.members and self.is_held:
                # Nobody is left but the other party, and nobody is rung for them.
                self._gone = Gone.STOPPED
                await self._end()

    def _listened(self, name: str) -> AbstractAsyncContextManager[Hearing | None]:
        assert self._captions is not None
        return self._captions.of("person", name)

    @property
    def _first_minutes(self) -> int:
        return rules.BEGINS_MIN * self.call.per_minute.get(Component.TELEPHONY, 0)

    @asynccontextmanager
    async def _meeting(self, stream: MediaStream) -> AsyncIterator[None]:
        """Join the other end's line with the person's, and with whoever is added, inside the block."""
        self._stream = stream
        await gateway.reserve(self.call.call_id, self._first_minutes)
        # What was said while it rang was said to nobody: the lines hear each other from here on.
        captions = self._captions = Captions(self.call, stream.name)
        name = await gateway.person(self.call, self.user_id)
        async with captions.of("caller") as caller, captions.of("person", name) as person:
            conference = self.conference = Conference(self.call.call_id, stream, caller)
            member = self._member = conference.add(_PERSON, self.line, person)
            pressing = asyncio.create_task(self._dial_on(conference))
            try:
                await self.line.tell("answered")
                yield
            finally:
                pressing.cancel()
                conference.remove(member)
                await conference.close()

    async def _end(self) -> None:
        """End the call: nobody of ours is in it any more."""
        await gateway.leave_desk(self.call)
        self._is_over.set()
        if self._stream is not None:
            await self._stream.hang_up()

    async def _dial_on(self, conference: Conference) -> None:
        """Let the other end hear keys, instead of everybody while they sound."""
        while True:
            await self._has_keys.wait()
            self._has_keys.clear()
            while self._keys:
                await conference.caller.play(tones(self._keys.popleft(), conference.leg.mouth.coding))


class Desks:
    """The people of one process who make calls, by call."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._known: dict[UUID, Desk] = {}
        self._came = asyncio.Condition()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody waits for the other end of their call."""
        return any(desk.is_waiting for desk in self._known.values())

    async def sit(self, line: BrowserLine, shown: gateway.Pass) -> None:
        """Hold a person's line to the call their pass is for. Raises `MagpipeError`."""
        takes = shown.door == gateway.Door.ANSWER
        call = await (gateway.taker(shown) if takes else gateway.desk(shown))
        before = self._known.get(call.call_id)
        if before is not None and before.is_held:
            raise gateway.Invalid("This call is held in another tab.", code="call_held")
        desk = Desk(line, call, shown.user_id, takes=takes)
        # A caller who waits is counted already, and with them whoever takes them.
        with contextlib.nullcontext() if takes else self._worker.engaged():
            async with self._came:
                self._known[call.call_id] = desk
                self._came.notify_all()
            try:
                await desk.hold()
            finally:
                if self._known.get(call.call_id) is desk:
                    del self._known[call.call_id]

    def find(self, call_id: UUID) -> Desk | None:
        """Return who holds a call here, or held it before others stayed in it."""
        return self._known.get(call_id)

    def look(self, call_id: UUID | None) -> None:
        """Have taken what people want of who was added to a call, or to any."""
        for known, desk in self._known.items():
            if desk.conference is not None and call_id in (None, known):
                desk.conference.look()

    async def somebody(self, call_id: UUID) -> Desk:
        """Return who is at the line of a call, as soon as somebody is."""
        async with self._came:
            await self._came.wait_for(lambda: (desk := self._known.get(call_id)) is not None and desk.is_there)
            return self._known[call_id]

    async def join(self, stream: MediaStream, call: gateway.CallBrief) -> None:
        """Join a telephone that was picked up with the person who called it. Raises `Unavailable` for nobody there."""
        async with self._came:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait_for(lambda: call.call_id in self._known), COMES_WITHIN_S)
        desk = self._known.get(call.call_id)
        if desk is None:
            await gateway.leave_desk(call)
            raise gateway.Unavailable("Nobody is at the line of this call.")
        await desk.join(stream)
