"""Show why an agent said what it said: what it read, what it did, what it cost."""

from typing import Any

import reflex as rx

from backend.agents import service as agents
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from state.errors import answers
from state.session import SessionState


class WhyState(SessionState):
    """The turn a person asked about; empty when none is open."""

    turn_id: str = ""
    turn: dict[str, Any] = {}

    @rx.event
    @answers
    async def explain(self, turn_id: str) -> None:
        """Open the explanation of one turn."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                turn = await agents.turn(session, parse_id(turn_id))
        self.turn_id, self.turn = str(turn_id), turn

    @rx.event
    @answers
    async def close(self) -> None:
        """Close the explanation."""
        await self._principal()
        self._clear()

    def _clear(self) -> None:
        self.turn_id, self.turn = "", {}
