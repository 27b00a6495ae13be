"""Let people of the team onto the line of a call: many listen, and one speaks with the caller instead of the agent.

The agent is silent as long as somebody speaks in its place, hears what is said, and goes on when their line is gone,
however it went: given back, or broken off.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from livekit.agents import llm, stt

from voice_agent import gateway
from voice_agent.conference import Conference, Hearing
from voice_agent.core import rules
from voice_agent.core.cost_clock import Component
from voice_agent.core.messages import Line
from voice_agent.core.states import TALKING, Kind, State
from voice_agent.legs.browser import BrowserLine
from voice_agent.legs.port import Gone, Leg
from voice_agent.mixing import Mix
from voice_agent.waiting import Waiting, play

if TYPE_CHECKING:
    from voice_agent.session import CallSession

# A recognizer tells the last words it heard within a second of their end.
_LAST_WORDS_S = 1.0
# Lines that were put down end at once; a call is not kept open for one that does not.
_LEAVE_WITHIN_S = 5.0
# Nobody is left with music because somebody forgot them.
LONGEST_HOLD_S = 180.0
_BROKE_OFF = "Their line broke off."
_BUSY = "The call is ending, or is being put through."
_HEARD = "({name} of the team said:) {text}"
_ADDED = "({name}, who was added to the call, said:) {text}"
_UNHEARD = "({name} of the team spoke with the customer. What they said was not written down.)"


class Guests:
    """The people on the line of one call beside the caller and the agent."""

    def __init__(self, call: gateway.CallBrief, held: CallSession, leg: Leg, ear: stt.STT[Any]) -> None:
        self._call = call
        self._held = held
        self._leg = leg
        self._ear = ear
        self._lines: set[Leg] = set()
        self._waiting = Waiting(call, leg)
        self._conference = Conference(call.call_id, leg)
        self._holding: asyncio.Task[None] | None = None
        self._consulting: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._are_gone = asyncio.Event()
        self._are_gone.set()

    async def listen(self, line: Leg) -> None:
        """Let a person hear both sides until they leave or the call ends."""
        async with self._here(line), self._hearing(line):
            if isinstance(line, BrowserLine):
                await line.tell("ready")
            await line.carry(lambda key: None)

    async def speak(self, line: Leg, name: str = "", user_id: UUID | None = None, attempt: str = "") -> None:
        """Let a person speak with the caller until they leave or the call ends; then the agent goes on.

        A person of the team is known by `user_id`, anybody else by `name` and the `attempt` by which they were rung.
        Raises `MagpipeError` when somebody else has the call, or it cannot be taken now.
        """
        async with self._here(line):
            name = await gateway.take(self._call.call_id, line.name, name, user_id)
            if not (self._take_waiting(attempt) if attempt else self._fall_silent()):
                await gateway.give_back(self._call.call_id, line.name, name, _BUSY)
                raise gateway.Unavailable(_BUSY)
            reason, back = _BROKE_OFF, Line.LOST_PERSON
            try:
                if attempt:
                    await gateway.joined(self._call.call_id, attempt, name)
                if await self._talk(line, name) != Gone.LOST:
                    reason, back = "", Line.BACK_FROM_PERSON
            finally:
                # The caller is not left alone, whatever became of the person's line.
                going_on = asyncio.get_running_loop().create_task(self._take_back(line, name, reason, back))
                await asyncio.shield(going_on)

    async def let_in(self, line: Leg, party: str) -> None:
        """Have somebody take part who was added to the call, until they leave; the agent speaks when it is named.

        Raises `MagpipeError` where the call is ending or the caller waits, or they were taken out meanwhile.
        """
        async with self._here(line):
            if not self._fall_silent():
                raise gateway.Unavailable(_BUSY)
            try:
                minutes = rules.BEGINS_MIN * self._call.per_minute.get(Component.TELEPHONY, 0)
                await gateway.reserve(self._call.call_id, minutes)
                await self._conference.let_in(line, party, self._hearing_out)
            finally:
                going_on = asyncio.get_running_loop().create_task(self.go_on(Line.BACK_FROM_PERSON))
                await asyncio.shield(going_on)

    async def _talk(self, line: Leg, name: str) -> Gone:
        async with self._reading_along(name) as hearing:
            member = self._conference.add(line.name, line, hearing)
            try:
                if isinstance(line, BrowserLine):
                    line.said = lambda text: self._write(text, name)
                    await line.tell("ready")
                return await line.carry(lambda key: None)
            finally:
                self._conference.remove(member)

    async def _take_back(self, line: Leg, name: str, reason: str, back: Line) -> None:
        try:
            await line.hang_up()
            await gateway.give_back(self._call.call_id, line.name, name, reason)
        finally:
            await self.go_on(back)

    async def ask(self, number: str, reason: str) -> None:
        """Ring somebody who may take the caller, who waits meanwhile, until they do.

        Raises `MagpipeError` that says why nobody does; the agent has the caller again then, and has said nothing yet.
        """
        if not self._fall_silent():
            raise gateway.Unavailable(_BUSY)
        try:
            await self._waiting.ask(number, reason)
        except BaseException:
            self._speak_again()
            raise

    async def consult(self, number: str, reason: str) -> None:
        """Ring somebody for the agent, which has said so; return when they have the caller, who waits meanwhile.

        Raises `MagpipeError` that says why nobody takes the caller; the agent has them again then.
        """
        if self._held.core.state not in TALKING:
            raise gateway.Unavailable(_BUSY)
        self._held.agent.is_silent = True
        self._held.tell(Kind.TRANSFER_STARTED)
        self._consulting = asyncio.get_running_loop().create_task(self._waiting.ask(number, reason))
        try:
            # An answer that is broken off leaves no telephone ringing.
            await asyncio.shield(self._consulting)
        except BaseException:
            self.wait_no_more()
            if self._held.core.state == State.TRANSFERRING:
                self._held.agent.is_silent = False
                self._held.tell(Kind.TRANSFER_FAILED)
            raise

    def hold(self, name: str) -> None:
        """Have the caller wait with music, for as long as people wait on a telephone; then the agent goes on."""
        if self._fall_silent():
            self._holding = asyncio.get_running_loop().create_task(self._hold(name))

    async def resume(self) -> None:
        """Have the caller wait no longer; nothing happens where they do not wait."""
        if self._holding is not None and not self._holding.done():
            self._holding.cancel()
            await self.go_on(Line.BACK_FROM_HOLD)

    async def _hold(self, name: str) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(play(self._leg), LONGEST_HOLD_S)
        told = {"by": name, "text": name}
        await gateway.tell(self._call.call_id, f"held:{gateway.new_id().hex}", gateway.Wish.RESUME, told)
        await self.go_on(Line.BACK_FROM_HOLD)

    async def look(self) -> None:
        """Take what is new of those who were rung, and of those who were added."""
        self._conference.look()
        await self._waiting.look()

    def _write(self, text: str, name: str) -> None:
        """Say to the caller what a person types, in the agent's voice."""
        self._held.session.say(text, add_to_chat_ctx=False)
        self._held.keep_line("person", text, name)
        self._writing = asyncio.get_running_loop().create_task(
            self._remember("assistant", _HEARD.format(name=name, text=text))
        )

    def wait_no_more(self) -> None:
        """End the music: the agent says its last words, or the call is over."""
        self._waiting.end()
        if self._holding is not None:
            self._holding.cancel()

    async def leave(self) -> None:
        """Put every guest's line down: the call is over."""
        self.wait_no_more()
        if self._consulting is not None:
            await asyncio.wait({self._consulting})
        await self._conference.close()
        for line in list(self._lines):
            await line.hang_up()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._are_gone.wait(), _LEAVE_WITHIN_S)

    async def overhear(self, text: str) -> None:
        """Keep what the caller says to somebody else, and have the agent know it."""
        if self._held.sampler.is_on:
            # Whoever takes their voice keeps what they say, which means nothing to the agent.
            self._held.sampler.hear(text)
            return
        self._held.keep_line("caller", text)
        await self._remember("user", text)
        self._answer_if_named(text)

    def _answer_if_named(self, text: str) -> None:
        """Have the agent answer once where it is asked by name, among those who were added."""
        name = re.escape(self._call.agent_name)
        is_asked = self._conference.has_added and name and re.search(rf"\b{name}\b", text, re.IGNORECASE)
        if not is_asked or self._held.core.state != State.HOLD or not self._held.agent.is_silent:
            return
        self._held.agent.is_silent = False
        self._held.session.generate_reply().add_done_callback(lambda _: self._be_silent_again())

    def _be_silent_again(self) -> None:
        if self._held.core.state == State.HOLD:
            self._held.agent.is_silent = True

    def _take_waiting(self, attempt: str) -> bool:
        """Give the caller to somebody who was rung; False where they are waited for no more."""
        is_theirs = self._waiting.take(attempt)
        if is_theirs:
            self._held.tell(Kind.HELD)
        return is_theirs

    def _fall_silent(self) -> bool:
        """Leave the caller to somebody else; False where the call has come too far for that, or they wait."""
        if self._held.core.state == State.HOLD and self._conference.members:
            return True
        if self._held.core.state not in TALKING:
            return False
        self._held.agent.is_silent = True
        self._held.tell(Kind.HELD)
        self._held.session.interrupt(force=True)
        return True

    def _speak_again(self) -> None:
        """Give the agent its voice back; nothing happens where it has it, others are there, or the call is over."""
        if self._conference.members:
            return
        if self._held.core.state == State.HOLD:
            self._held.agent.is_silent = False
            self._held.tell(Kind.RESUMED)

    async def go_on(self, line: Line) -> None:
        """Have the agent speak again, and say so."""
        self._speak_again()
        if self._held.core.state in TALKING:
            await self._held.speak(line)

    async def _remember(self, role: llm.ChatRole, text: str) -> None:
        """Have the agent know what was said while it was silent."""
        if self._held.core.state != State.ENDED:
            context = self._held.agent.chat_ctx.copy()
            context.add_message(role=role, content=text)
            await self._held.agent.update_chat_ctx(context)

    @asynccontextmanager
    async def _here(self, line: Leg) -> AsyncIterator[None]:
        """Know that a guest is on the line meanwhile."""
        self._lines.add(line)
        self._are_gone.clear()
        try:
            yield
        finally:
            self._lines.discard(line)
            if not self._lines:
                self._are_gone.set()

    @asynccontextmanager
    async def _hearing(self, line: Leg) -> AsyncIterator[None]:
        """Send a line both sides of the call meanwhile."""
        mix = Mix(line)
        self._leg.taps.add(mix)
        sending = asyncio.get_running_loop().create_task(mix.carry())
        try:
            yield
        finally:
            self._leg.taps.remove(mix)
            await _end(sending)

    def _hearing_out(self, name: str) -> AbstractAsyncContextManager[Hearing]:
        """Return what takes the sound of somebody who was added, and may ask the agent something."""
        return self._reading_along(name, is_added=True)

    @asynccontextmanager
    async def _reading_along(self, name: str, is_added: bool = False) -> AsyncIterator[Hearing]:
        """Yield what takes the sound of somebody whose words the agent reads meanwhile."""
        words = self._ear.stream()
        lines: list[str] = []

        async def write_down() -> None:
            async for event in words:
                if event.type == stt.SpeechEventType.FINAL_TRANSCRIPT and event.alternatives:
                    lines.append(event.alternatives[0].text)
                    self._held.keep_line("person", lines[-1], name)
                    if is_added:
                        await self._remember("user", _ADDED.format(name=name, text=lines[-1]))
                        self._answer_if_named(lines[-1])
                    else:
                        await self._remember("assistant", _HEARD.format(name=name, text=lines[-1]))

        writing = asyncio.get_running_loop().create_task(write_down())
        try:
            yield words.push_frame
        finally:
            words.end_input()
            await asyncio.wait({writing}, timeout=_LAST_WORDS_S)
            await _end(writing)
            await words.aclose()
            if not lines and not is_added:
                await self._remember("assistant", _UNHEARD.format(name=name))


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel what runs beside a line, and log what it failed of."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        try:
            await task
        except Exception as error:
            gateway.log.warning("voice.guest_failed", error=repr(error))
