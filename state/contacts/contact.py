"""Hold one contact's page: its fields, tags, choices and what happened; each field saves itself."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from backend.calendars import service as calendars
from backend.calendars.schemas import BookingRow
from backend.contacts import service as contacts
from backend.contacts.schemas import ContactView, Fact, Suggestion
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.vocab import Channel, MemberRole
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

FIELDS = (
    "first_name", "last_name", "phone_number", "email", "company", "job_title", "address", "city", "region",
    "country", "notes", "forward_to",
)  # fmt: skip
NOBODY: ContactView = {
    "id": "", "name": "", "first_name": "", "last_name": "", "phone": "", "phone_display": "", "other_phones": [],
    "email": "", "company": "", "job_title": "", "address": "", "city": "", "region": "", "country": "", "notes": "",
    "custom": [], "tags": [], "is_blocked": False, "blocked_at": "", "blocked_reason": "", "is_whitelisted": False,
    "forward_to": "", "is_deleted": False, "merged_into": "", "created_at": "", "updated_at": "",
    "conversation_id": "", "conversation_status": "", "last_at": "", "left_numbers": [], "consents": [],
}  # fmt: skip
_PAGE = 30


class ContactState(SessionState):
    """The page of one contact."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"contact.updated", "contact_fields.updated", "tags.updated", "resync"})

    contact: ContactView = NOBODY
    called: str = ""
    left: str = ""
    """Our numbers this person refuses texts from, in words; `all` for all of them."""
    facts: list[Fact] = []
    has_older: bool = False
    suggestions: list[Suggestion] = []
    bookings: list[BookingRow] = []
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    custom_errors: dict[str, str] = {}
    saved: str = ""
    stage: str = "loading"
    """`loading`, `ready`, `gone` or `failed`."""
    has_failed: bool = False
    reference: str = ""
    can_edit: bool = False
    is_owner: bool = False
    is_blocking: bool = False
    is_recording: bool = False
    record_error: str = ""
    # Grows with each tag, so that its field is empty again.
    drawing: int = 0

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the contact the address names."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, ContactState)
        wanted = self._address()
        if wanted != self.contact["id"]:
            self.contact, self.facts, self.suggestions, self.stage = NOBODY, [], [], "loading"
        self.has_failed, self.reference = self.stage != "ready", ""
        self.errors, self.custom_errors, self.saved = dict.fromkeys(FIELDS, ""), {}, ""
        try:
            await self._show(principal, parse_id(wanted, "contact"))
        except (NotFound, Invalid):
            self.stage = "gone"
        self.has_failed = False

    @rx.event
    @answers
    async def save(self, name: str, value: str) -> None:
        """Store one field."""
        if name not in FIELDS:
            raise Invalid("This field cannot be changed here.")
        self.errors = {**self.errors, name: ""}
        await self._change({name: value})
        self.saved = name

    @rx.event
    @answers
    async def save_custom(self, key: str, value: str) -> None:
        """Store one of the business's own fields."""
        try:
            await self._change({"custom_fields": {key: value}})
        except Invalid as error:
            self.custom_errors = {**self.custom_errors, key: error.message}
            return
        self.custom_errors = {**self.custom_errors, key: ""}
        self.saved = f"custom-{key}"

    @rx.event
    @answers
    async def set_whitelisted(self, is_on: bool) -> None:
        """Always put this person's calls through, or treat them as others."""
        await self._change({"is_whitelisted": is_on})

    @rx.event
    @answers
    async def add_tag(self, form: dict[str, Any]) -> None:
        """Put a tag, new or known, on the contact."""
        name = str(form.get("tag") or "")
        if name.strip():
            principal = await self._principal()
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await contacts.add_tags(session, principal, [self._id()], [name])
            self.drawing += 1
            await self._show(principal, self._id())
        else:
            await self._principal()

    @rx.event
    @answers
    async def remove_tag(self, name: str) -> None:
        """Take a tag off the contact."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await contacts.remove_tags(session, principal, [self._id()], [name])
        await self._show(principal, self._id())

    @rx.event
    @answers
    async def set_blocking(self, is_open: bool) -> None:
        """Open the question whether to block, or close it."""
        await self._principal()
        self.is_blocking = is_open

    @rx.event
    @answers
    async def block(self, form: dict[str, Any]) -> None:
        """Block the person."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await contacts.block(session, principal, self._id(), str(form.get("reason") or ""))
        self.is_blocking = False
        await self._show(principal, self._id())

    @rx.event
    @answers
    async def unblock(self) -> None:
        """Let the person be answered again."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await contacts.unblock(session, principal, self._id())
        await self._show(principal, self._id())

    @rx.event
    @answers
    async def set_recording(self, is_open: bool) -> None:
        """Open the form that records a choice, or close it."""
        await self._principal()
        self.is_recording, self.record_error = is_open, ""

    @rx.event
    @answers
    async def record(self, form: dict[str, Any]) -> None:
        """Keep what the person said about being contacted."""
        principal = await self._principal()
        channel = str(form.get("channel") or "")
        if channel not in tuple(Channel):
            raise Invalid("Choose what they spoke about.")
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await contacts.record_choice(
                        session,
                        principal,
                        self._id(),
                        Channel(channel),
                        is_opted_in=form.get("choice") == "in",
                        reason=str(form.get("reason") or ""),
                    )
        except Invalid as error:
            self.record_error = error.message
            return
        self.is_recording = False
        await self._show(principal, self._id())

    @rx.event
    @answers
    async def load_older(self) -> None:
        """Show what happened before."""
        principal = await self._principal()
        if not self.facts:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                more = await contacts.timeline(session, self._id(), self.facts[-1]["at"], _PAGE)
        self.facts, self.has_older = [*self.facts, *more][:300], len(more) == _PAGE and len(self.facts) < 270

    async def _change(self, given: dict[str, Any]) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await contacts.update(session, principal, self._id(), given)
        await self._show(principal, self._id())

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.contact["id"] or self._address() != self.contact["id"]:
            hub.leave(self.router.session.client_token, ContactState)
            return
        ours = any(self.contact["id"] in news.subjects or "contact.updated" not in news.kinds for news in batch)
        if not ours:
            return
        try:
            await self._show(await self._principal(), self._id())
        except NotFound:
            self.stage = "gone"

    async def _show(self, principal: Principal, contact_id: UUID) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                view = await contacts.view(session, contact_id)
                facts = await contacts.timeline(session, contact_id, limit=_PAGE)
                is_active = not view["is_deleted"] and not view["merged_into"]
                alike = await contacts.suggestions(session, contact_id) if is_active else []
                home = await contacts.home_country(session)
                talk = view["conversation_id"]
                booked = await calendars.of_conversation(session, parse_id(talk)) if talk else []
        self.contact, self.facts, self.has_older = view, facts, len(facts) == _PAGE
        self.suggestions, self.bookings = alike, booked
        self.called = view["name"] or view["phone_display"] or view["email"] or view["company"]
        left = [number for number in view["left_numbers"] if number]
        self.left = "all" if "" in view["left_numbers"] else ", ".join(e164.display(one, home) for one in left)
        self.custom_errors = {**dict.fromkeys((one["key"] for one in view["custom"]), ""), **self.custom_errors}
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        self.is_owner = principal.member_role == MemberRole.OWNER
        self.stage = "ready"

    def _address(self) -> str:
        return str(self.router.url.path.rstrip("/").rpartition("/")[2])

    def _id(self) -> UUID:
        return parse_id(self.contact["id"], "contact")
