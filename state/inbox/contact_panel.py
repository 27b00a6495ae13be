"""Hold what the side panel says about the person of the open conversation."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict
from uuid import UUID

from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.vocab import ItemKind
from state.hub import News
from state.session import SessionState


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
    notes: str
    since: str
    opt_outs: list[OptOut]


UNKNOWN: Person = {
    "id": "",
    "name": "",
    "phone": "",
    "phone_display": "",
    "email": "",
    "company": "",
    "notes": "",
    "since": "",
    "opt_outs": [],
}


class ContactPanelState(SessionState):
    """The panel beside the timeline."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"contact.updated", "item.added", "resync"})

    person: Person = UNKNOWN
    _conversation_id: str = ""

    async def _load(self, session: Any, conversation_id: str, contact_id: UUID) -> None:
        contact = await contacts.get(session, contact_id)
        phone = contact.phone_number or ""
        left = await compliance.opted_out_of(session, phone) if phone else {}
        opt_outs: list[OptOut] = [
            {"number": e164.display(number), "keyword": said.keyword, "at": said.changed_at.isoformat()}
            for number, said in left.items()
        ]
        self._conversation_id = conversation_id
        self.person = {
            "id": str(contact.id),
            "name": contact.name,
            "phone": phone,
            "phone_display": e164.display(phone) if phone else "",
            "email": contact.email or "",
            "company": contact.company,
            "notes": contact.notes,
            "since": contact.created_at.isoformat(),
            "opt_outs": opt_outs,
        }

    def _clear(self) -> None:
        self.person, self._conversation_id = UNKNOWN, ""

    async def _hear(self, batch: Sequence[News]) -> None:
        ours = [news for news in batch if news.conversation == self._conversation_id]
        is_stale = any("resync" in news.kinds for news in batch) or any(
            "contact.updated" in news.kinds or any(item["kind"] == ItemKind.EVENT for item in news.items)
            for news in ours
        )
        if not self.person["id"] or not is_stale:
            return
        principal: Principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await self._load(session, self._conversation_id, UUID(self.person["id"]))
