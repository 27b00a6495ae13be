"""List the team's tickets as a person filtered them; the filters live in the page's address."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx

from backend.core.errors import Invalid
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.support import service as support
from backend.support.schemas import TicketRow
from backend.vocab import MemberStatus, TicketPriority, TicketStatus
from state.address import with_filters
from state.errors import answers
from state.hub import News, hub
from state.inbox.filters import id_of, one_of
from state.loading import Loading
from state.session import SessionState

PATH = "/tickets"
FILTERS = ("q", "status", "priority", "who")
ANY, ME = "any", "me"
# A changed list travels whole; older ones are a filter or the file away.
MOST_ROWS = 200


class TicketsState(Loading, SessionState):
    """The list of `/tickets`: its address is the filter."""

    HEARS: ClassVar[frozenset[str]] = frozenset({support.CHANGED, "contact.updated", "resync"})

    rows: list[TicketRow] = []
    total: int = 0
    has_more: bool = False
    people: list[dict[str, str]] = []
    """Who tickets may be given to, as choices."""
    q: str = ""
    status: str = ""
    priority: str = ""
    who: str = ""
    is_filtered: bool = False
    file: str = ""
    """Where the same tickets are as a file."""
    # Grows when the filters are cleared, so that the search field drops what was typed.
    drawing: int = 0
    _after: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the tickets that fit the address."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, TicketsState)
        self._take(self.router.url.query_parameters)
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Show the next page below."""
        principal = await self._principal()
        if not self._after:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                page = await support.page(session, self._wanted(principal), self._after)
        self.rows = [*self.rows, *page.rows]
        self._after = page.next if len(self.rows) < MOST_ROWS else ""
        self.has_more = bool(self._after)

    @rx.event
    @answers
    async def filter_by(self, name: str, value: str) -> Any:
        """Put one filter into the address, which shows the list anew."""
        await self._principal()
        if name not in FILTERS:
            raise Invalid("The list cannot be filtered by this.", field="name")
        # Kept at once: a second change may come before the address of the first is shown.
        setattr(self, name, value)
        kept = {each: getattr(self, each) for each in FILTERS}
        return rx.redirect(with_filters(PATH, kept, FILTERS), replace=True)

    @rx.event
    @answers
    async def clear_filters(self) -> Any:
        """Show every open ticket."""
        await self._principal()
        self._take({})
        self.drawing += 1
        return rx.redirect(PATH, replace=True)

    def _take(self, query: Mapping[str, Any]) -> None:
        """Take the filter over from an address; unknown values count as not given."""
        self.q = str(query.get("q", ""))[: support.SEARCH_LIMIT]
        self.status = one_of(query.get("status"), (TicketStatus.CLOSED, ANY), "")
        self.priority = one_of(query.get("priority"), tuple(TicketPriority), "")
        who = one_of(query.get("who"), (ME, support.NOBODY), "")
        self.who = who or str(id_of(query.get("who")) or "")
        self.is_filtered = bool(self.q or self.status or self.priority or self.who)

    def _wanted(self, principal: Principal) -> support.TicketFilter:
        return support.TicketFilter(
            status="" if self.status == ANY else self.status or TicketStatus.OPEN,
            priority=self.priority,
            assigned_to=str(principal.user_id) if self.who == ME else self.who,
            search=self.q,
        )

    async def _show(self, principal: Principal) -> None:
        wanted = self._wanted(principal)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                # As many as stand there: what changes elsewhere does not fold the list up.
                page = await support.page(session, wanted, limit=max(support.PAGE, len(self.rows)))
                members = await organizations.members(session, principal)
        self.people = [
            {"value": one["user_id"], "label": one["name"] or one["email"]}
            for one in members
            if one["state"] == MemberStatus.APPROVED and one["user_id"]
        ]
        asked = {
            "status": wanted.status,
            "priority": wanted.priority,
            "assigned_to": wanted.assigned_to,
            "search": wanted.search,
        }
        self.file = f"/api/tickets.csv?{urlencode({name: value for name, value in asked.items() if value})}"
        self.rows, self.total, self._after = page.rows, page.total, page.next
        self.has_more, self.is_loaded, self.has_failed = bool(page.next), True, False

    async def _hear(self, batch: Sequence[News]) -> None:
        if self.router.url.path != PATH:
            hub.leave(self.router.session.client_token, TicketsState)
        elif self.is_loaded:
            await self._show(await self._principal())
