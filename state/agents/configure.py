"""Edit who an agent is and how it speaks; each field saves itself into the draft and says so, or says what is wrong."""

from typing import Any

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Invalid
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import AgentType
from backend.voice_copies import service as voice_copies
from state.agents import texts
from state.agents.open_agent import AgentState
from state.errors import answers
from state.session import SessionState

ELSEWHERE = ("prompt", "functions", "memory", "schedule")
FORM = {field.name: field for field in agents.FORM if field.group not in ELSEWHERE}
SWITCHES = tuple(name for name, field in FORM.items() if field.kind == "switch")
NUMBERS = {"range": float, "whole": int}
COPIED, GONE = "copied from a caller", "A voice that was deleted"


class ConfigureState(SessionState):
    """The Configure part of an agent's page."""

    values: dict[str, str] = dict.fromkeys(FORM, "")
    errors: dict[str, str] = dict.fromkeys(FORM, "")
    saved: str = ""
    models: list[dict[str, str]] = []
    voices: list[dict[str, str]] = []
    # The type a person chose and has not confirmed yet.
    asked_type: str = ""

    async def _open(self, principal: Principal, agent_id: str) -> None:
        opened = await self.get_state(AgentState)
        self.models = [{"value": model.name, "label": model.label} for model in agents.models()]
        self.voices = await _voices(principal, str(opened._values["voice_id"]))
        self.errors, self.saved, self.asked_type = dict.fromkeys(FORM, ""), "", ""
        self._take(opened._values)

    @rx.event
    @answers
    async def save(self, name: str, value: str, base: str) -> None:
        """Store one field of the draft; `base` is what its writer began from."""
        principal = await self._principal()
        if name not in FORM:
            raise Invalid("This field cannot be changed here.", field=name)
        try:
            await self._store(principal, name, _typed(name, value), _typed(name, base))
        except Invalid as error:
            self.errors[name], self.saved = error.message, ""

    @rx.event
    @answers
    async def switch(self, name: str, is_on: bool) -> None:
        """Turn one of the draft's switches."""
        principal = await self._principal()
        if name not in SWITCHES:
            raise Invalid("This field cannot be changed here.", field=name)
        await self._store(principal, name, is_on, not is_on)

    @rx.event
    @answers
    async def ask_type(self, agent_type: str) -> None:
        """Ask whether the agent shall become one of another type."""
        await self._principal()
        if agent_type in set(AgentType) and agent_type != self.values["agent_type"]:
            self.asked_type = agent_type

    @rx.event
    @answers
    async def close_type(self, is_open: bool) -> None:
        """Leave the type as it is."""
        await self._principal()
        if not is_open:
            self.asked_type = ""

    @rx.event
    @answers
    async def change_type(self) -> None:
        """Make the draft an agent of the type that was asked about."""
        principal = await self._principal()
        asked, self.asked_type = self.asked_type, ""
        if asked:
            await self._store(principal, "agent_type", asked, self.values["agent_type"])

    async def _store(self, principal: Principal, name: str, value: Any, base: Any) -> None:
        opened = await self.get_state(AgentState)
        is_stored = await opened._change(principal, {name: value}, {name: base})
        self.errors[name], self.saved = "", name if is_stored else ""
        self._take(opened._values)

    def _take(self, values: dict[str, Any]) -> None:
        self.values = {name: texts.plain(values[name]) for name in FORM}


async def _voices(principal: Principal, chosen: str) -> list[dict[str, str]]:
    """Return the voices to choose from, those of callers first; one that is chosen and gone says so."""
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            copied = [(one.id, f"{one.name}: {COPIED}") for one in await voice_copies.ready(session)]
    offered = [*copied, *((one.id, f"{one.name}: {one.description.lower()}") for one in agents.voices())]
    if chosen and chosen not in {voice for voice, _ in offered}:
        offered.insert(0, (chosen, GONE))
    return [{"value": voice, "label": label} for voice, label in offered]


def _typed(name: str, value: str) -> Any:
    kind = FORM[name].kind
    if kind not in NUMBERS:
        return value.strip()
    try:
        return NUMBERS[kind](value)
    except ValueError:
        raise Invalid("Enter a number.", field=name) from None
