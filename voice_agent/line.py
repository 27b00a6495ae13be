"""Let an agent's tools use the line of their call, and have the call know what they did with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from voice_agent import gateway
from voice_agent.core.messages import Event
from voice_agent.core.states import Kind
from voice_agent.legs.port import Leg

if TYPE_CHECKING:
    from voice_agent.guests import Guests
    from voice_agent.sampling import Sampler

_TRIED = "This call is only tried: nobody is rung."
_NOT_TAKEN = "This call is only tried: nobody's voice is taken."


class CallLine:
    """The line of one call; `told` is the call, `words` what the agent said before it used the line.

    `guests` are whoever may take the caller on the line itself, `sampler` takes the caller's voice; both None in a call
    that is only tried.
    """

    def __init__(
        self,
        leg: Leg,
        told: Callable[[Event], None],
        words: Callable[[], str],
        guests: Guests | None,
        sampler: Sampler | None,
    ) -> None:
        self._leg = leg
        self._guests = guests
        self._sampler = sampler
        self._told = told
        self._words = words
        self._settled = asyncio.Event()
        self._settled.set()

    async def end(self) -> None:
        """Have the call close as soon as the tool that wants it has come to its end."""
        asyncio.get_running_loop().call_soon(self._told, Event(Kind.CLOSE_ASKED, self._words()))

    async def put_through(self, number: str, reason: str) -> None:
        """Join the caller with a telephone instead of the agent. Raises `MagpipeError` when that is not done."""
        self._told(Event(Kind.TRANSFER_STARTED))
        self._settled.clear()
        try:
            await self._leg.put_through(number, reason)
        except gateway.MagpipeError:
            self._told(Event(Kind.TRANSFER_FAILED))
            raise
        else:
            self._told(Event(Kind.TRANSFER_DONE))
        finally:
            self._settled.set()

    async def consult(self, number: str, reason: str) -> None:
        """Ring somebody and return when they have the caller. Raises `MagpipeError` that says why they do not."""
        if self._guests is None:
            raise gateway.Unavailable(_TRIED)
        await self._guests.consult(number, reason)

    async def press(self, keys: str) -> None:
        """Press keys of the telephone."""
        await self._leg.press(keys)

    async def copy_voice(self) -> None:
        """Take the caller's voice if they agree. Raises `MagpipeError` that says why nothing was taken."""
        if self._sampler is None:
            raise gateway.Unavailable(_NOT_TAKEN)
        await self._sampler.take()

    async def settled(self) -> bool:
        """Wait until what a transfer comes to is known, and return whether one was under way.

        A carrier may take the caller away before it answers that it does.
        """
        was_moving = not self._settled.is_set()
        await self._settled.wait()
        return was_moving
