"""Choose which numbers an agent serves."""

from collections.abc import Sequence
from typing import ClassVar, Literal, TypedDict
from uuid import UUID

import reflex as rx

from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import service as numbers
from backend.numbers.schemas import NumberView
from state.agents.open_agent import AgentState
from state.agents.rows import SLOTS
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

Holder = Literal["text_agent", "agent", "outbound_agent"]
HOLDER_OF: dict[str, Holder] = {"text": "text_agent", "voice": "agent", "outbound": "outbound_agent"}


class NumberChoice(TypedDict):
    """A number this agent serves or could serve; `served_by` names the agent that has the slot now."""

    id: str
    phone: str
    e164: str
    label: str
    served_by: str


class AgentNumbersState(SessionState):
    """The Numbers part of an agent's page."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"numbers.changed", "resync"})

    served: list[NumberChoice] = []
    others: list[NumberChoice] = []
    is_loaded: bool = False

    async def _open(self, principal: Principal, agent_id: str) -> None:
        hub.subscribe(self.router.session.client_token, principal, AgentNumbersState)
        await self._show(principal, agent_id)

    @rx.event
    @answers
    async def serve(self, number_id: str) -> None:
        """Have this agent serve a number."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        await self._assign(principal, number_id, parse_id(opened.id))

    @rx.event
    @answers
    async def leave(self, number_id: str) -> None:
        """Have this agent serve a number no longer."""
        principal = await self._principal()
        await self._assign(principal, number_id, None)

    async def _assign(self, principal: Principal, number_id: str, agent_id: UUID | None) -> None:
        opened = await self.get_state(AgentState)
        slot = SLOTS.get(opened.agent_type, "")
        if not slot:
            raise Invalid("This agent takes no phone numbers.")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await numbers.assign(session, principal, parse_id(number_id), agent_id, slot)
        await self._show(principal, opened.id)

    async def _hear(self, batch: Sequence[News]) -> None:
        opened = await self.get_state(AgentState)
        if opened.id:
            await self._show(await self._principal(), opened.id)

    async def _show(self, principal: Principal, agent_id: str) -> None:
        opened = await self.get_state(AgentState)
        if opened.agent_type not in SLOTS:
            return
        holder = HOLDER_OF[SLOTS[opened.agent_type]]
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                owned = await numbers.list_all(session)
        self.served = [_choice(number, holder) for number in owned if number[f"{holder}_id"] == agent_id]
        self.others = [_choice(number, holder) for number in owned if number[f"{holder}_id"] != agent_id]
        self.is_loaded = True


def _choice(number: NumberView, holder: Holder) -> NumberChoice:
    return NumberChoice(
        id=number["id"],
        phone=number["display"],
        e164=number["phone_number"],
        label=number["friendly_name"],
        served_by=number[f"{holder}_name"],
    )
