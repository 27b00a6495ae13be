"""Erase the open contact for good, and show the report of what went."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.contacts import service as contacts
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import ErasureStatus
from state.contacts.contact import ContactState
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

# What the tables hold, in the words of the person who reads the report.
_SHOWN = {
    "sms_messages": "Texts",
    "chat_messages": "Chat messages",
    "conversation_items": "Lines of the timeline",
    "agent_turns": "Answers of agents, with their prompts",
    "files": "Files",
    "consents": "Lines of consent",
    "audit_log": "Mentions in the history of changes",
    "inbound_events": "Raw messages of the carrier",
    "message_drafts": "Drafts",
    "contact_import_rows": "Rows of imported files",
    "system_emails": "Notifications",
    "contacts": "Contacts",
}


class Removed(TypedDict):
    """One line of the report."""

    label: str
    count: int


class EraseState(SessionState):
    """The question, and the report."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"erasure.done", "resync"})

    is_asking: bool = False
    confirmation: str = ""
    erasure_id: str = ""
    is_done: bool = False
    removed: list[Removed] = []

    @rx.event
    @answers
    async def ask(self, is_open: bool) -> None:
        """Open the question, or leave everything where it is."""
        await self._principal()
        self.is_asking, self.confirmation = is_open, ""

    @rx.event
    @answers
    async def type_confirmation(self, text: str) -> None:
        """Take what is typed to confirm."""
        await self._principal()
        self.confirmation = text[:200]

    @rx.event
    @answers
    async def erase(self) -> None:
        """Erase the person."""
        principal = await self._principal()
        open_contact = await self.get_state(ContactState)
        hub.subscribe(self.router.session.client_token, principal, EraseState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                begun = await contacts.erase(session, principal, parse_id(open_contact.contact["id"], "contact"))
        self.is_asking, self.erasure_id, self.is_done, self.removed = False, begun["id"], False, []

    @rx.event
    @answers
    async def leave(self) -> Any:
        """Go back to the list."""
        await self._principal()
        self.erasure_id, self.removed = "", []
        return rx.redirect("/contacts")

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.erasure_id:
            hub.leave(self.router.session.client_token, EraseState)
            return
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                report = await contacts.erasure(session, principal, parse_id(self.erasure_id))
        self.is_done = report["status"] == ErasureStatus.DONE
        self.removed = [
            {"label": label, "count": report["counts"][table]}
            for table, label in _SHOWN.items()
            if report["counts"].get(table)
        ]
