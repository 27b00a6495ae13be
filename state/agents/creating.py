"""Make a new agent: its type, then its name."""

from typing import Any

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Invalid
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import AgentType
from state.errors import answers
from state.session import SessionState


class NewAgentState(SessionState):
    """The dialog that makes an agent."""

    is_open: bool = False
    chosen_type: str = AgentType.TEXT.value
    name_error: str = ""

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Open the dialog afresh, or close it."""
        await self._principal()
        self.is_open = is_open
        self.name_error = ""
        self.chosen_type = AgentType.TEXT.value

    @rx.event
    @answers
    async def choose(self, agent_type: str) -> None:
        """Take the type to be made."""
        await self._principal()
        if agent_type in set(AgentType):
            self.chosen_type = agent_type

    @rx.event
    @answers
    async def create(self, form: dict[str, Any]) -> Any:
        """Make the agent with its type's default instructions and open it."""
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    made = await agents.create(
                        session, principal, AgentType(self.chosen_type), name=str(form.get("name", ""))
                    )
        except Invalid as error:
            self.name_error = error.message
            return None
        self.is_open = False
        return rx.redirect(f"/agents/{made.id}")
