"""Hold the history of texts as a person filtered it, a page at a time."""

from typing import Any, TypedDict

import reflex as rx

from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.messaging import service as messaging
from backend.numbers import service as numbers
from backend.vocab import Direction, MessageStatus
from state.errors import answers
from state.inbox.filters import days_of, id_of, one_of, zone_of
from state.session import SessionState

WRITERS = ("agent", "person", "customer")
STATUSES = ("problem", *MessageStatus)
SEARCH_LIMIT = 80
# A list travels whole when it changes: 500 rows are 80 KB.
MOST_ROWS = 500


class OurNumber(TypedDict):
    """One of the organization's numbers, as a choice."""

    id: str
    label: str


class MessagesState(SessionState):
    """The page of texts: its address is the filter."""

    rows: list[messaging.HistoryRow] = []
    has_more: bool = False
    stage: str = "loading"
    """`loading`, `ready`, or `new` for an organization that never had a text."""
    numbers: list[OurNumber] = []
    has_failed: bool = False
    reference: str = ""
    _wanted: messaging.HistoryFilter = messaging.HistoryFilter()
    _after: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Load the first page of what the address asks for."""
        principal = await self._principal()
        wanted = filter_of(self.router.url.query_parameters)
        self.has_failed, self.reference = False, ""
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    page = await messaging.history(session, wanted)
                    owned = await numbers.list_all(session)
        except Exception:
            # What was shown before stays, under a toast.
            self.has_failed = self.stage == "loading"
            raise
        self._wanted, self._after = wanted, str(page.next or "")
        self.rows, self.has_more = page.rows, page.next is not None
        self.numbers = [{"id": one["id"], "label": one["friendly_name"] or one["display"]} for one in owned]
        self.stage = "new" if not page.rows and wanted == messaging.HistoryFilter() else "ready"

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Load the next page below; at most `MOST_ROWS` are kept, and older ones are a filter away."""
        principal = await self._principal()
        if not self._after:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                page = await messaging.history(session, self._wanted, parse_id(self._after))
        self.rows = [*self.rows, *page.rows]
        self._after = str(page.next or "") if len(self.rows) < MOST_ROWS else ""
        self.has_more = bool(self._after)


def filter_of(query: Any) -> messaging.HistoryFilter:
    """Return the filter an address asks for; unknown values count as not given."""
    zone = zone_of(query)
    since, until = days_of(query, zone)
    return messaging.HistoryFilter(
        search=str(query.get("q", ""))[:SEARCH_LIMIT].strip(),
        direction=one_of(query.get("direction"), tuple(Direction), ""),
        status=one_of(query.get("status"), STATUSES, ""),
        number_id=id_of(query.get("number")),
        writer=one_of(query.get("writer"), WRITERS, ""),
        since=since,
        until=until,
    )
