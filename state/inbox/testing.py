"""Make a test of the open conversation."""

from typing import Any

import reflex as rx

from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.evals import service as evals
from state.errors import answers
from state.session import SessionState


class MakeTestState(SessionState):
    """The item of a conversation's menu that keeps it as a test."""

    @rx.event
    @answers
    async def make(self, conversation_id: str) -> Any:
        """Keep the latest stretch of a conversation as a test of its agent, and say where it is."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                made = await evals.gather(session, principal, parse_id(conversation_id))
                agent_id = await evals.agent_of(session, made.suite_id)
        show = MakeTestState.show(str(agent_id), str(made.id))
        return rx.toast("Kept as a test, with other names and numbers.", action={"label": "Open it", "on_click": show})

    @rx.event
    @answers
    async def show(self, agent_id: str, case_id: str) -> Any:
        """Go to a test."""
        await self._principal()
        return rx.redirect(f"/agents/{parse_id(agent_id)}?tab=tests&case={parse_id(case_id)}")
