"""Hold a page of contacts as a person filtered them; the address is the filter."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.contacts import service as contacts
from backend.contacts.schemas import ContactFilter, ContactPage, ContactRow
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.tags import service as tags
from backend.tags.schemas import TagRow
from backend.vocab import MemberRole
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

PAGE = 50


class Older(TypedDict):
    """The page that was loaded last below the first one; the browser keeps the pages it was given."""

    key: str
    rows: list[ContactRow]


class ContactListState(SessionState):
    """The list of `/contacts`: the first page whole, later pages one at a time."""

    HEARS: ClassVar[frozenset[str]] = frozenset(
        {"contact.updated", "contacts.changed", "tags.updated", "erasure.done", "resync"}
    )

    rows: list[ContactRow] = []
    older: Older = {"key": "", "rows": []}
    has_more: bool = False
    total: int = -1
    """How many the filter finds; -1 while they are counted."""
    stage: str = "loading"
    """`loading`, `ready`, `failed`, or `new` for an organization that knows nobody."""
    has_failed: bool = False
    reference: str = ""
    tags: list[TagRow] = []
    can_edit: bool = False
    _wanted: ContactFilter = ContactFilter()
    _after: str = ""

    @rx.event
    @answers
    async def load(self) -> Any:
        """Load the first page of what the address asks for, and count the rest behind it."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, ContactListState)
        self.has_failed, self.reference = self.stage in ("loading", "failed"), ""
        await self._show(principal, ContactFilter.of_query(self.router.url.query_parameters))
        self.has_failed = False
        return ContactListState.count

    @rx.event
    @answers
    async def count(self) -> None:
        """Count what the filter finds; a hundred thousand take longer than a page of them."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.total = await contacts.count(session, self._wanted)

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Load the next page below."""
        principal = await self._principal()
        if not self._after:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                page = await contacts.page(session, self._wanted, self._after, PAGE)
        self.older = {"key": self._after, "rows": page.rows}
        self._after, self.has_more = page.next, bool(page.next)

    async def _hear(self, batch: Sequence[News]) -> None:
        if self.router.url.path.rstrip("/") != "/contacts":
            hub.leave(self.router.session.client_token, ContactListState)
            return
        principal = await self._principal()
        await self._show(principal, self._wanted)
        if self.has_more:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    self.total = await contacts.count(session, self._wanted)

    async def _show(self, principal: Principal, wanted: ContactFilter) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                page: ContactPage = await contacts.page(session, wanted, limit=PAGE)
                known = await tags.all_tags(session)
        if wanted != self._wanted or self.stage != "ready":
            self.total = -1 if page.next else len(page.rows)
        elif not page.next:
            self.total = len(page.rows)
        self._wanted, self._after = wanted, page.next
        self.rows, self.has_more = page.rows, bool(page.next)
        self.older = {"key": "", "rows": []}
        self.tags = known
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        self.stage = "new" if not page.rows and wanted == ContactFilter() else "ready"
