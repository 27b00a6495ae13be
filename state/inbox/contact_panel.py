"""Hold what the side panel says about the person of the open conversation, and change it in place."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx

from backend.calendars import service as calendars
from backend.calendars.schemas import BookingRow
from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.contacts.schemas import CustomValue, Suggestion
from backend.conversations import service as conversations
from backend.conversations.schemas import Period
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.details import service as details
from backend.details.service import DetailRow
from backend.memory import service as memory
from backend.memory.schemas import MemoryView
from backend.numbers import e164
from backend.support import service as support
from backend.support.schemas import TicketRow
from backend.tags.schemas import TagRow
from backend.vocab import Direction, ItemKind, TicketStatus
from state.errors import answers
from state.hub import News
from state.session import SessionState

# What of a contact the panel changes; the rest has its page.
FIELDS = ("name", "phone_number", "email", "company", "job_title", "notes")
# The others are in the list of tickets.
MOST_CLOSED_TICKETS = 3


class OptOut(TypedDict):
    """What the person told one of our numbers about texts."""

    number: str
    keyword: str
    at: str


class Person(TypedDict):
    """Facts about a contact; absent values are empty."""

    id: str
    name: str
    phone: str
    phone_display: str
    email: str
    company: str
    job_title: str
    notes: str
    since: str
    is_blocked: bool
    opt_outs: list[OptOut]
    tags: list[TagRow]
    custom: list[CustomValue]


UNKNOWN: Person = {
    "id": "",
    "name": "",
    "phone": "",
    "phone_display": "",
    "email": "",
    "company": "",
    "job_title": "",
    "notes": "",
    "since": "",
    "is_blocked": False,
    "opt_outs": [],
    "tags": [],
    "custom": [],
}


class ContactPanelState(SessionState):
    """The panel beside the timeline."""

    HEARS: ClassVar[frozenset[str]] = frozenset(
        {
            "contact.updated",
            "item.added",
            "details.found",
            support.CHANGED,
            "memory.changed",
            "conversation.merged",
            "conversation.renumbered",
            "resync",
        }
    )

    person: Person = UNKNOWN
    alike: list[Suggestion] = []
    """Contacts that may be the same person, each with the reason."""
    earlier: list[Period] = []
    """The times before this one that the person was in touch."""
    found: list[DetailRow] = []
    """What agents found out in the conversation."""
    memories: list[MemoryView] = []
    """What agents remember of the person."""
    bookings: list[BookingRow] = []
    """The person's appointments, the latest first."""
    tickets: list[TicketRow] = []
    """What the team has promised the person: what is open, and what was closed last."""
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    _conversation_id: str = ""

    async def _load(self, session: Any, conversation_id: str, contact_id: UUID) -> None:
        known = await contacts.view(session, contact_id)
        phone = known["phone"]
        left = await compliance.opted_out_of(session, phone) if phone else {}
        opt_outs: list[OptOut] = [
            {"number": e164.display(number), "keyword": said.keyword, "at": said.changed_at.isoformat()}
            for number, said in left.items()
        ]
        if self._conversation_id != conversation_id:
            self.errors = dict.fromkeys(FIELDS, "")
        self._conversation_id = conversation_id
        self.person = {
            "id": known["id"],
            "name": known["name"],
            "phone": phone,
            "phone_display": known["phone_display"],
            "email": known["email"],
            "company": known["company"],
            "job_title": known["job_title"],
            "notes": known["notes"],
            "since": known["created_at"],
            "is_blocked": known["is_blocked"],
            "opt_outs": opt_outs,
            "tags": known["tags"],
            "custom": known["custom"],
        }
        self.alike = (await contacts.suggestions(session, contact_id))[:3]
        self.earlier = await conversations.earlier(session, parse_id(conversation_id))
        self.found = await details.of_conversation(session, parse_id(conversation_id))
        self.memories = await memory.of_contact(session, contact_id)
        self.bookings = await calendars.of_conversation(session, parse_id(conversation_id))
        self.tickets = _shown(await support.of_conversation(session, parse_id(conversation_id)))

    def _clear(self) -> None:
        self.person, self._conversation_id, self.alike, self.earlier = UNKNOWN, "", [], []
        self.found, self.memories, self.bookings, self.tickets = [], [], [], []

    def _own(self, contact_id: str) -> UUID:
        """Return the id of the person shown; an edit that was meant for somebody else is refused."""
        if not self.person["id"] or contact_id != self.person["id"]:
            raise Invalid("Another conversation is open now. Go back to it and try again.", code="stale")
        return parse_id(contact_id)

    @rx.event
    @answers
    async def save(self, contact_id: str, field: str, value: str) -> None:
        """Change one fact about the person; what is wrong with it stands at its field."""
        principal = await self._principal()
        contact = self._own(contact_id)
        if field not in FIELDS:
            raise Invalid("This cannot be changed here.", field="field")
        self.errors = {**self.errors, field: ""}
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await contacts.update(session, principal, contact, {field: value})
                await self._load(session, self._conversation_id, contact)

    @rx.event
    @answers
    async def save_custom(self, contact_id: str, key: str, value: str) -> None:
        """Change one of the fields the business invented."""
        principal = await self._principal()
        contact = self._own(contact_id)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await contacts.update(session, principal, contact, {"custom_fields": {key: value}})
                await self._load(session, self._conversation_id, contact)

    @rx.event
    @answers
    async def set_tag(self, contact_id: str, name: str, is_on: bool) -> None:
        """Put a tag on the person, or take it off."""
        principal = await self._principal()
        contact = self._own(contact_id)
        change = contacts.add_tags if is_on else contacts.remove_tags
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await change(session, principal, [contact], [name])
                await self._load(session, self._conversation_id, contact)

    async def _hear(self, batch: Sequence[News]) -> None:
        ours = [news for news in batch if news.conversation == self._conversation_id]
        if any("conversation.merged" in news.kinds for news in ours):
            self._clear()
            return
        is_theirs = any("memory.changed" in news.kinds and self.person["id"] in news.subjects for news in batch)
        is_stale = (
            is_theirs
            or any("resync" in news.kinds for news in batch)
            or any(
                {"contact.updated", "details.found", support.CHANGED, "conversation.renumbered"} & news.kinds
                # Events change what stands here; a message from the person may begin a new time of being in touch.
                or any(item["kind"] == ItemKind.EVENT or item["direction"] == Direction.INBOUND for item in news.items)
                for news in ours
            )
        )
        if not self.person["id"] or not is_stale:
            return
        principal: Principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    conversation = await conversations.get(session, UUID(self._conversation_id))
                    await self._load(session, self._conversation_id, conversation.contact_id)
        except NotFound:
            self._clear()


def _shown(tickets: list[TicketRow]) -> list[TicketRow]:
    open_ones = [one for one in tickets if one["status"] == TicketStatus.OPEN]
    return [*open_ones, *[one for one in tickets if one["status"] != TicketStatus.OPEN][:MOST_CLOSED_TICKETS]]
