"""Forget a memory as a whole, wherever it is shown, once the person was asked."""

import reflex as rx

from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.memory import service as memory
from state.errors import answers
from state.removal import Removal
from state.session import SessionState


class ForgetState(Removal, SessionState):
    """The question; screens that show the memory hear by themselves that it is gone."""

    @rx.event
    @answers
    async def ask(self, memory_id: str) -> None:
        """Ask whether a memory shall be forgotten."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await memory.view(session, parse_id(memory_id))
        self.doomed_id = found["memory"]["id"]

    @rx.event
    @answers
    async def forget(self) -> None:
        """Forget the memory the person was asked about."""
        principal = await self._principal()
        doomed = self._doomed()
        if not doomed:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await memory.forget(session, principal, parse_id(doomed))
