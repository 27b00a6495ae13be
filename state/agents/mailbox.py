"""Connect an agent to a mailbox, have it tested, and choose what the agent does with its emails."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from backend.core.errors import Conflict, Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.mailboxes import service as mailboxes
from state.agents.open_agent import AgentState
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

FIELDS = ("public_address", "sender_name")


class MailboxState(SessionState):
    """The mailbox of an agent's Deployment part."""

    HEARS: ClassVar[frozenset[str]] = frozenset({mailboxes.CHANGED, "resync"})

    id: str = ""
    address: str = ""
    values: dict[str, str] = dict.fromkeys(FIELDS, "")
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    saved: str = ""
    mode: str = ""
    is_active: bool = False
    tested_at: str = ""
    verified_at: str = ""
    is_leaving: bool = False

    async def _open(self, principal: Principal, agent_id: str) -> None:
        hub.subscribe(self.router.session.client_token, principal, MailboxState)
        self.is_leaving, self.saved, self.errors = False, "", dict.fromkeys(FIELDS, "")
        await self._show(principal, agent_id)

    @rx.event
    @answers
    async def connect(self) -> None:
        """Give this agent a mailbox."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await mailboxes.connect(session, principal, parse_id(opened.id))
        await self._show(principal, opened.id)

    @rx.event
    @answers
    async def save(self, field: str, value: str) -> None:
        """Keep one of the written fields."""
        await self._principal()
        if field not in FIELDS:
            raise Invalid("This field does not exist.")
        try:
            await self._change(**{field: str(value)})
        except (Invalid, Conflict) as error:
            self.errors, self.saved = {**self.errors, field: error.message}, ""
            return
        self.errors, self.saved = {**self.errors, field: ""}, field

    @rx.event
    @answers
    async def set_mode(self, mode: str) -> None:
        """Choose whether the agent answers, drafts, or leaves emails to people."""
        await self._principal()
        await self._change(mode=str(mode))

    @rx.event
    @answers
    async def set_active(self, is_active: bool) -> None:
        """Switch the mailbox on or off."""
        await self._principal()
        await self._change(is_active=bool(is_active))

    @rx.event
    @answers
    async def test(self) -> None:
        """Send a test email to the business's own address; it verifies the mailbox when it comes back."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await mailboxes.test(session, principal, parse_id(self.id))
        await self._show(principal, opened.id)

    @rx.event
    @answers
    async def ask_to_detach(self, is_open: bool) -> None:
        """Ask whether the mailbox shall be detached."""
        await self._principal()
        self.is_leaving = is_open

    @rx.event
    @answers
    async def detach(self) -> None:
        """Take the mailbox away from this agent."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        self.is_leaving = False
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await mailboxes.detach(session, principal, parse_id(self.id))
        await self._show(principal, opened.id)

    async def _change(self, **fields: Any) -> None:
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await mailboxes.change(session, principal, parse_id(self.id), **fields)
        await self._show(principal, opened.id)

    async def _hear(self, batch: Sequence[News]) -> None:
        opened = await self.get_state(AgentState)
        if opened.id:
            await self._show(await self._principal(), opened.id)

    async def _show(self, principal: Principal, agent_id: str) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await mailboxes.of_agent(session, parse_id(agent_id))
                view = mailboxes.mailbox_view(found) if found else None
        self.id, self.address = (view["id"], view["address"]) if view else ("", "")
        self.mode, self.is_active = (view["mode"], view["is_active"]) if view else ("", False)
        self.tested_at, self.verified_at = (view["tested_at"], view["verified_at"]) if view else ("", "")
        self.values = {
            "public_address": view["public_address"] if view else "",
            "sender_name": view["sender_name"] if view else "",
        }
