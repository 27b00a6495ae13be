"""Edit an agent's instructions, its opening line and variables, and see the whole prompt they become."""

from typing import Any, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.agents.open_agent import AgentState
from state.errors import answers
from state.session import SessionState

FIELDS = ("system_prompt", "greeting", "variables")


class Variable(TypedDict):
    """One of the person's own variables."""

    name: str
    value: str


class PromptState(SessionState):
    """The Prompt part of an agent's page."""

    text: str = ""
    greeting: str = ""
    variables: list[Variable] = []
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    saved: str = ""
    full_prompt: str = ""
    is_full_open: bool = False
    _variables_known: dict[str, str] = {}

    async def _open(self, principal: Principal, agent_id: str) -> None:
        opened = await self.get_state(AgentState)
        self.errors, self.saved = dict.fromkeys(FIELDS, ""), ""
        self.is_full_open, self.full_prompt = False, ""
        self._take(opened._values)

    @rx.event
    @answers
    async def save(self, name: str, value: str, base: str) -> None:
        """Store the instructions or the opening line; `base` is what their writer began from."""
        principal = await self._principal()
        if name not in ("system_prompt", "greeting"):
            raise Invalid("This field cannot be changed here.", field=name)
        await self._store(principal, name, value, base)

    @rx.event
    @answers
    async def restore(self) -> None:
        """Put the default instructions of the agent's type in the place of the person's own."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        if opened.id:
            await self._store(principal, "system_prompt", agents.default_prompt(opened.agent_type), self.text)

    @rx.event
    @answers
    async def add_variable(self, form: dict[str, Any]) -> None:
        """Add one of the person's own variables, or change its value."""
        principal = await self._principal()
        name, value = str(form.get("variable_name", "")).strip(), str(form.get("variable_value", "")).strip()
        await self._store(principal, "variables", {**self._variables_known, name: value}, self._variables_known)

    @rx.event
    @answers
    async def remove_variable(self, name: str) -> None:
        """Remove one of the person's own variables."""
        principal = await self._principal()
        left = {known: value for known, value in self._variables_known.items() if known != name}
        await self._store(principal, "variables", left, self._variables_known)

    @rx.event
    @answers
    async def show_full(self, is_open: bool) -> None:
        """Show the draft's prompt as the model would read it now, or hide it."""
        principal = await self._principal()
        self.is_full_open = is_open
        if is_open:
            await self._preview(principal)

    async def _preview(self, principal: Principal) -> None:
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.full_prompt = await agents.preview_prompt(session, parse_id(opened.id))

    async def _store(self, principal: Principal, name: str, value: Any, base: Any) -> None:
        opened = await self.get_state(AgentState)
        try:
            is_stored = await opened._change(principal, {name: value}, {name: base})
        except Invalid as error:
            self.errors[name], self.saved = error.message, ""
            return
        self.errors[name], self.saved = "", name if is_stored else ""
        self._take(opened._values)
        if self.is_full_open:
            await self._preview(principal)

    def _take(self, values: dict[str, Any]) -> None:
        self.text, self.greeting = values["system_prompt"], values["greeting"]
        self._variables_known = dict(values["variables"])
        self.variables = [Variable(name=name, value=value) for name, value in sorted(values["variables"].items())]
