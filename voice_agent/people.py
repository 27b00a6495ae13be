"""Do what people of the team ask of a call: each request once, in the order they were asked.

What a person whispers is the agent's from its next words on. The rest is done beside the call, because it may take as
long as somebody speaks; what cannot be done is said to whoever asked, in the call's log.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from voice_agent import gateway
from voice_agent.core.messages import Line
from voice_agent.core.states import TALKING, Kind

if TYPE_CHECKING:
    from voice_agent.keeping import Keeping
    from voice_agent.session import CallSession

_NO_MORE = "The agent cannot do this now: the call is ending, or somebody else speaks with the caller."


class People:
    """What the people of the team want of one call."""

    def __init__(
        self,
        call: gateway.CallBrief,
        brain: gateway.Speaking,
        held: CallSession,
        keeping: Keeping,
    ) -> None:
        self._call = call
        self._brain = brain
        self._held = held
        self._keeping = keeping
        self._seen: set[str] = set()
        self._doing: set[asyncio.Task[None]] = set()

    async def look(self) -> None:
        """Take what was asked since the last look."""
        await self._held.guests.look()
        for request in await self._keeping.asked():
            if request.id in self._seen:
                continue
            self._seen.add(request.id)
            if request.wish == gateway.Wish.WHISPER:
                # Also one of an earlier line of this call: the agent still knows it.
                self._brain.whispers.append(gateway.Whisper(request.by, request.data["text"], request.is_answered))
            if not request.is_answered and await self._answer(request):
                task = asyncio.get_running_loop().create_task(self._do(request))
                self._doing.add(task)
                task.add_done_callback(self._doing.discard)

    async def leave(self) -> None:
        """Wait until what is still being done has come to its end; the line is gone by now."""
        for ended in await asyncio.gather(*self._doing, return_exceptions=True):
            if isinstance(ended, Exception):
                gateway.log.warning("voice.request_failed", call=str(self._call.call_id), error=repr(ended))

    async def _answer(self, request: gateway.Request, reason: str = "") -> bool:
        return await gateway.answer_request(self._call.call_id, request.id, reason)

    async def _do(self, request: gateway.Request) -> None:
        is_talking = self._held.core.state in TALKING
        match request.wish:
            case gateway.Wish.GOODBYE:
                self._held.tell(Kind.CLOSE_ASKED)
            case gateway.Wish.TRANSFER if is_talking:
                await self._put_through(request)
            case gateway.Wish.HOLD if is_talking:
                self._held.guests.hold(request.by)
            case gateway.Wish.RESUME:
                await self._held.guests.resume()
            case gateway.Wish.TRANSFER | gateway.Wish.HOLD:
                await self._answer(request, _NO_MORE)

    async def _put_through(self, request: gateway.Request) -> None:
        await self._held.speak(Line.PUTTING_THROUGH)
        if self._held.core.state not in TALKING:
            await self._answer(request, _NO_MORE)
            return
        try:
            await self._held.guests.ask(request.data["to"], request.data["reason"])
        except gateway.MagpipeError as error:
            await self._answer(request, error.message)
            await self._held.speak(Line.BACK)
