"""Edit who an agent is and how it speaks; each field saves itself and says so, or says what is wrong."""

from typing import Any, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Conflict, Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.agents.open_agent import AgentState
from state.errors import answers
from state.session import SessionState

# Screen field → column of the agent. Nothing else can be changed from this part.
FIELDS = (
    "name",
    "organization_name",
    "owner_name",
    "agent_role",
    "greeting",
    "llm_model",
    "language",
    "temperature",
    "max_tokens",
)
NUMBERS = {"temperature": float, "max_tokens": int}


class Variable(TypedDict):
    """One of the person's own variables."""

    name: str
    value: str


class SetupState(SessionState):
    """The Setup part of an agent's page."""

    values: dict[str, str] = dict.fromkeys(FIELDS, "")
    errors: dict[str, str] = dict.fromkeys((*FIELDS, "variables"), "")
    saved: str = ""
    models: list[dict[str, str]] = []
    variables: list[Variable] = []

    async def _open(self, principal: Principal, agent_id: str) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                agent = await agents.get(session, parse_id(agent_id))
        self.models = [{"value": model.name, "label": model.label} for model in agents.models()]
        self.errors = dict.fromkeys((*FIELDS, "variables"), "")
        self.saved = ""
        self._take(agent)

    @rx.event
    @answers
    async def save(self, name: str, value: str) -> None:
        """Store one field."""
        principal = await self._principal()
        if name not in FIELDS:
            raise Invalid("This field cannot be changed here.", field=name)
        if value == self.values[name]:
            return
        try:
            await self._store(principal, name, **{name: _number(name, value) if name in NUMBERS else value.strip()})
        except Invalid as error:
            self.errors[name] = error.message
            self.saved = ""

    @rx.event
    @answers
    async def add_variable(self, form: dict[str, Any]) -> None:
        """Add one of the person's own variables, or change its value."""
        principal = await self._principal()
        name = str(form.get("variable_name", "")).strip()
        await self._store_variables(principal, {**self._variables(), name: str(form.get("variable_value", "")).strip()})

    @rx.event
    @answers
    async def remove_variable(self, name: str) -> None:
        """Remove one of the person's own variables."""
        principal = await self._principal()
        left = self._variables()
        left.pop(name, None)
        await self._store_variables(principal, left)

    def _variables(self) -> dict[str, str]:
        return {variable["name"]: variable["value"] for variable in self.variables}

    async def _store_variables(self, principal: Principal, variables: dict[str, str]) -> None:
        try:
            await self._store(principal, "variables", variables=variables)
        except Invalid as error:
            self.errors["variables"] = error.message
            self.saved = ""

    async def _store(self, principal: Principal, field: str, **changes: Any) -> None:
        """Store changes, and show the field as saved; a change that lost to another editor's is shown by the page."""
        opened = await self.get_state(AgentState)
        try:
            agent = await opened._change(principal, **changes)
        except Conflict as conflict:
            self.errors[field], self.saved = conflict.message, ""
            return
        self.errors[field] = ""
        self.saved = field
        self._take(agent, tuple(changes))

    def _take(self, agent: Any, fields: tuple[str, ...] = (*FIELDS, "variables")) -> None:
        self.values = {**self.values, **{name: _text(getattr(agent, name)) for name in fields if name in FIELDS}}
        if "variables" not in fields:
            return
        self.variables = [Variable(name=name, value=value) for name, value in sorted(agent.variables.items())]


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _number(name: str, value: str) -> float | int:
    try:
        return NUMBERS[name](value)
    except ValueError:
        raise Invalid("Enter a number.", field=name) from None
