"""Edit an agent's instructions, see the whole prompt they become, and go back to the default."""

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Conflict, Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.agents.open_agent import AgentState
from state.errors import answers
from state.session import SessionState


class InstructionsState(SessionState):
    """The Instructions part of an agent's page."""

    text: str = ""
    error: str = ""
    save_state: str = ""
    variables: list[str] = []
    full_prompt: str = ""
    is_full_open: bool = False

    async def _open(self, principal: Principal, agent_id: str) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                agent = await agents.get(session, parse_id(agent_id))
        self.text, self.variables = agent.system_prompt, sorted(agent.variables)
        self.error = self.save_state = ""
        self.is_full_open, self.full_prompt = False, ""

    @rx.event
    @answers
    async def save(self, text: str) -> None:
        """Store the instructions."""
        principal = await self._principal()
        await self._store(principal, text)

    @rx.event
    @answers
    async def restore(self) -> None:
        """Put the default instructions of the agent's type in the place of the person's own."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        if opened.id:
            await self._store(principal, agents.default_prompt(opened.agent_type))

    @rx.event
    @answers
    async def show_full(self, is_open: bool) -> None:
        """Show the prompt as the model would read it now, or hide it."""
        principal = await self._principal()
        self.is_full_open = is_open
        if is_open:
            await self._preview(principal)

    async def _preview(self, principal: Principal) -> None:
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.full_prompt = await agents.preview_prompt(session, parse_id(opened.id))

    async def _store(self, principal: Principal, text: str) -> None:
        opened = await self.get_state(AgentState)
        try:
            agent = await opened._change(principal, system_prompt=text)
        except Invalid as error:
            self.error, self.save_state = error.message, ""
            return
        except Conflict as conflict:
            self.error, self.save_state = conflict.message, ""
            return
        self.text, self.error, self.save_state = agent.system_prompt, "", "saved"
        if self.is_full_open:
            await self._preview(principal)
