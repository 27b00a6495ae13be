"""Let everybody in a call hear everybody: the other party on its line, and whoever of ours, or added by us, is there.

Each line is given what all others say. Who carries the other party's line (a person at their desk, or an agent's call)
opens the conference, and lets people in and out of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from livekit import rtc

from voice_agent import gateway
from voice_agent.legs.browser import BrowserLine
from voice_agent.legs.port import Gone, Leg
from voice_agent.legs.taps import Side
from voice_agent.mixing import Heard

# Takes what somebody says, and who of that name is listened to by what.
Hearing = Callable[[rtc.AudioFrame], None]
Listening = Callable[[str], AbstractAsyncContextManager[Hearing | None]]
_CALLER, _AGENT = "caller", "agent"
_BROKE_OFF, _PUT_DOWN = "Their line broke off.", "They put the phone down."


class Member:
    """Somebody beside the other party, by a line of their own (see `legs.taps.Listener`)."""

    def __init__(self, name: str, line: Leg, say: Callable[[str, bytes, int], None], heard: Hearing | None) -> None:
        self.name = name
        self.line = line
        self.ear = Heard(line)
        self.is_muted = False
        self._say = say
        self._heard = heard
        self._sending = asyncio.get_running_loop().create_task(self.ear.carry())

    def hear(self, side: Side, samples: bytes, rate: int) -> None:
        """Take what they say."""
        if side != Side.CALLER or self.is_muted:
            return
        self._say(self.name, samples, rate)
        if self._heard is not None:
            self._heard(rtc.AudioFrame(samples, rate, 1, len(samples) // 2))

    def stop(self) -> None:
        """Send them nothing more."""
        self._sending.cancel()


class Conference:
    """Everybody in one call; it is open as long as the other party's line is carried."""

    def __init__(self, call_id: UUID, leg: Leg, heard: Hearing | None = None) -> None:
        """Take the call and the other party's line; `heard` is given what they say, too."""
        self.call_id = call_id
        self.leg = leg
        self._heard = heard
        self.caller = Heard(leg)
        """What the other party hears of the others."""
        self.members: dict[str, Member] = {}
        self._added = 0
        self._is_closed = False
        self._sending: asyncio.Task[None] | None = None
        self._looking: set[asyncio.Task[None]] = set()

    def hear(self, side: Side, samples: bytes, rate: int) -> None:
        """Take sound of the other party's line: what they say, and what an agent says to them."""
        # What the others say is on its way to each of them already.
        if side == Side.CALLER or self.leg.mouth.is_speaking:
            self._pass(_CALLER if side == Side.CALLER else _AGENT, samples, rate)
        if side == Side.CALLER and self._heard is not None:
            self._heard(rtc.AudioFrame(samples, rate, 1, len(samples) // 2))

    @property
    def has_added(self) -> bool:
        """Whether somebody takes part who was added, beside those of the team who have the call."""
        return self._added > 0

    def add(self, name: str, line: Leg, heard: Hearing | None = None) -> Member:
        """Have somebody hear everybody and be heard by all from now on; `heard` is given what they say, too."""
        member = self.members[name] = Member(name, line, self._say, heard)
        self.leg.taps.remove(self)
        self.leg.taps.add(self)
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self.caller.carry())
        line.taps.add(member)
        return member

    def remove(self, member: Member) -> None:
        """Have somebody take part no more; nothing happens to who does not."""
        member.line.taps.remove(member)
        member.stop()
        if self.members.get(member.name) is member:
            del self.members[member.name]
        if not self.members:
            # Sound is decoded for those alone who hear it.
            self.leg.taps.remove(self)

    async def let_in(self, line: Leg, party: str, heard: Listening) -> None:
        """Have somebody take part who was added to the call, until they leave, or everybody does.

        What they say is given to `heard` of their name, as long as they do. Raises `MagpipeError` for one who was taken
        out meanwhile.
        """
        name = await gateway.party_joined(self.call_id, party)
        reason = _BROKE_OFF
        async with heard(name) as hearing:
            member = self.add(party, line, hearing)
            self._added += 1
            try:
                # They may have been muted, or taken out, before they were here.
                self.look()
                if isinstance(line, BrowserLine):
                    await line.tell("answered")
                if self._is_closed:
                    # The call ended while they came in.
                    await line.hang_up()
                if await line.carry(lambda key: None) != Gone.LOST:
                    reason = _PUT_DOWN
            finally:
                self._added -= 1
                self.remove(member)
                leaving = asyncio.get_running_loop().create_task(gateway.party_left(self.call_id, party, reason))
                await asyncio.shield(leaving)

    def look(self) -> None:
        """Have taken what people want of those who were added: to be muted, or put out."""
        looking = asyncio.get_running_loop().create_task(self._look())
        self._looking.add(looking)
        looking.add_done_callback(self._looked)

    async def close(self) -> None:
        """Put down the line of everybody: the other party is gone."""
        self._is_closed = True
        self.leg.taps.remove(self)
        if self._sending is not None:
            self._sending.cancel()
        for looking in self._looking:
            looking.cancel()
        for member in list(self.members.values()):
            member.stop()
            await member.line.hang_up()

    async def _look(self) -> None:
        stands = await gateway.party_stands(self.call_id)
        for name, member in list(self.members.items()):
            if (stand := stands.get(name)) is not None:
                member.is_muted = stand.is_muted
                if not stand.is_wanted:
                    await member.line.hang_up()

    def _looked(self, looking: asyncio.Task[None]) -> None:
        self._looking.discard(looking)
        if not looking.cancelled() and (error := looking.exception()) is not None:
            gateway.log.warning("voice.conference_not_seen", call=str(self.call_id), error=repr(error))

    def _say(self, name: str, samples: bytes, rate: int) -> None:
        self.caller.hear(name, samples, rate)
        self._pass(name, samples, rate)

    def _pass(self, name: str, samples: bytes, rate: int) -> None:
        for other in self.members.values():
            if other.name != name:
                other.ear.hear(name, samples, rate)
