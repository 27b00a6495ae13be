"""Have a tab ring for callers who wait for people, on whichever page it is, and show who waits on `/phone`."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx

from backend.calls import service as calls
from backend.core.ids import parse_id
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
    async def decline(self, wait: str, call_id: str) -> None:
        """Ring no longer for the person at this tab: for a caller who waits, or in `call_id` as whom they may join."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                if call_id:
                    await calls.decline_invitation(session, principal, parse_id(call_id, "call_id"), wait)
                else:
                    await calls.decline(session, principal, wait)
        await self._show(principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        await self._show(await self._principal())

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                asked = await calls.invitations(session, principal)
                self.rows = [*asked, *await calls.waiting(session, principal)]
