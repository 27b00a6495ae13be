"""Let people end a call that runs."""

from typing import Any

import reflex as rx

from backend.calls import service as calls
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from state.errors import answers
from state.session import SessionState


class CallActionState(SessionState):
    """What people do to a call; what comes of it stands in its log and reaches every tab from there."""

    @rx.event
    @answers
    async def hang_up(self, call_id: str) -> Any:
        """End a call; one that ended stays as it is."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await calls.terminate(session, principal, str(parse_id(call_id, "call_id")))
