"""Have a tab ring for callers who wait for people, on whichever page it is, and show who waits on `/phone`."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx

from backend.calls import service as calls
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState


class RingingState(SessionState):
    """The callers who wait; `load` belongs to every signed-in page."""

    HEARS: ClassVar[frozenset[str]] = frozenset({calls.RINGS, "teams.changed", "resync"})

    rows: list[calls.Waiting] = []

    @rx.event
    @answers
    async def load(self) -> None:
        """Show who waits now."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, RingingState)
        await self._show(principal)

    @rx.event
    @answers
    async def decline(self, wait: str) -> None:
        """Ring no longer for the person at this tab."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await calls.decline(session, principal, wait)
        await self._show(principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        await self._show(await self._principal())

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.rows = await calls.waiting(session, principal)
