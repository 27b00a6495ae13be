"""Choose how an agent is reached: the numbers it serves, the websites it stands on, its mailboxes."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, TypedDict
from uuid import UUID

import reflex as rx

from backend.agents import service as agents
from backend.chat import service as chat
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import service as numbers
from backend.numbers.schemas import NumberView
from backend.vocab import AgentType
from state.agents.mailbox import MailboxState
from state.agents.open_agent import AgentState
from state.agents.rows import SLOTS
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

Holder = Literal["text_agent", "agent", "outbound_agent"]
HOLDER_OF: dict[str, Holder] = {"text": "text_agent", "voice": "agent", "outbound": "outbound_agent"}


class NumberChoice(TypedDict):
    """A number this agent serves or could serve: who has this agent's slot of it, and who has each of the three."""

    id: str
    phone: str
    e164: str
    label: str
    served_by: str
    voice: str
    texts: str
    outbound: str


class WidgetChoice(TypedDict):
    """A chat widget that hands its visitors to this agent."""

    id: str
    name: str
    is_active: bool
    domains: str
    embed: str


class DeploymentState(SessionState):
    """The Deployment part of an agent's page."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"numbers.changed", "resync"})

    served: list[NumberChoice] = []
    others: list[NumberChoice] = []
    widgets: list[WidgetChoice] = []
    takes: str = ""
    is_loaded: bool = False

    async def _open(self, principal: Principal, agent_id: str) -> None:
        hub.subscribe(self.router.session.client_token, principal, DeploymentState)
        await self._show(principal, agent_id)
        if self.takes == "mailboxes":
            await (await self.get_state(MailboxState))._open(principal, agent_id)

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

    @rx.event
    @answers
    async def make_widget(self) -> Any:
        """Make a chat widget for this agent and open its settings."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                made = await chat.create(session, principal, parse_id(opened.id))
        return rx.redirect(f"/chat-widget/{made.id}")

    @rx.event
    @answers
    async def set_widget_active(self, widget_id: str, is_active: bool) -> None:
        """Show a chat widget on its site, or hide it."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await chat.update(session, principal, parse_id(widget_id), is_active=is_active)
        await self._show(principal, opened.id)

    async def _assign(self, principal: Principal, number_id: str, agent_id: UUID | None) -> None:
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                slot = SLOTS.get((await agents.get(session, parse_id(opened.id))).agent_type, "")
                if not slot:
                    raise Invalid("This agent takes no phone numbers.")
                await numbers.assign(session, principal, parse_id(number_id), agent_id, slot)
        await self._show(principal, opened.id)

    async def _hear(self, batch: Sequence[News]) -> None:
        opened = await self.get_state(AgentState)
        if opened.id:
            await self._show(await self._principal(), opened.id)

    async def _show(self, principal: Principal, agent_id: str) -> None:
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                # Slots follow the type that answers customers, not one a draft would make of it.
                live_type = (await agents.get(session, parse_id(agent_id))).agent_type
                owned = await numbers.list_all(session) if live_type in SLOTS else []
                is_chat = AgentType.CHAT_WIDGET in (live_type, opened.agent_type)
                stands = await chat.list_all(session, parse_id(agent_id)) if is_chat else []
        self.takes = SLOTS.get(live_type, "widgets" if is_chat else "mailboxes")
        if live_type in SLOTS:
            holder = HOLDER_OF[SLOTS[live_type]]
            self.served = [_choice(number, holder) for number in owned if number[f"{holder}_id"] == agent_id]
            self.others = [_choice(number, holder) for number in owned if number[f"{holder}_id"] != agent_id]
        self.widgets = [
            WidgetChoice(
                id=str(one.id),
                name=one.name,
                is_active=one.is_active,
                domains=", ".join(one.allowed_domains),
                embed=chat.embed_code(one),
            )
            for one in stands
        ]
        self.is_loaded = True


def _choice(number: NumberView, holder: Holder) -> NumberChoice:
    return NumberChoice(
        id=number["id"],
        phone=number["display"],
        e164=number["phone_number"],
        label=number["friendly_name"],
        served_by=number[f"{holder}_name"],
        voice=number["agent_name"],
        texts=number["text_agent_name"],
        outbound=number["outbound_agent_name"],
    )
