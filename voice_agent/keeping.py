"""Say who answers a call, what is kept of it, and what pays for it: all of a customer's call, nothing of a trial."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from voice_agent import gateway, recording
from voice_agent.legs.port import Leg

if TYPE_CHECKING:
    from voice_agent.session import CallSession


class Keeping(Protocol):
    """What stands behind a call."""

    is_kept: bool
    """Whether the call has a record, by which people of the team can step in."""

    async def brain(self) -> gateway.Speaking:
        """Return who answers. Raises `MagpipeError` when nobody can."""

    async def reserve(self, micros: int, *, is_first: bool = False) -> int:
        """Keep back so much of the balance for the call, and return how much it was; `is_first` before it begins."""

    async def asked(self) -> list[gateway.Request]:
        """Return what people asked of the call, oldest first."""

    async def follow(self, held: CallSession) -> None:
        """Know who holds the call, before it begins."""

    def recorded(self, leg: Leg) -> AbstractAsyncContextManager[None]:
        """Record the line inside the block, where that may be."""

    async def tell(self, event_id: str, kind: str, data: Mapping[str, Any], at: datetime) -> None:
        """Take what happened in the call, and when; `event_id` tells it from everything else of it."""


class Kept:
    """A call with a customer: its log is kept, and the business pays for it."""

    is_kept = True

    def __init__(self, call: gateway.CallBrief) -> None:
        self._call = call

    async def brain(self) -> gateway.Speaking:
        """Return the agent of the call, as it was published."""
        return await gateway.speaking_for(self._call)

    async def reserve(self, micros: int, *, is_first: bool = False) -> int:
        """Keep back what the balance has of it; what was kept back before it rang is the first of it."""
        return await gateway.reserve(self._call.call_id, micros, is_first=is_first)

    async def asked(self) -> list[gateway.Request]:
        """Return what stands in the log of the call."""
        return await gateway.requests(self._call.call_id)

    async def follow(self, held: CallSession) -> None:
        """Need to know nothing: the log is told."""

    def recorded(self, leg: Leg) -> AbstractAsyncContextManager[None]:
        """Record both sides where the agent records."""
        return recording.of(leg, self._call)

    async def tell(self, event_id: str, kind: str, data: Mapping[str, Any], at: datetime) -> None:
        """Tell the log of the call."""
        await gateway.tell(self._call.call_id, event_id, kind, data, at)
