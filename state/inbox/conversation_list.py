"""Hold one page of the conversation list as a person filtered it, and patch it as conversations change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.conversations import service as conversations
from backend.conversations.schemas import ConversationRow, Cursor, ListFilter, Page
from backend.core.config import settings
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import service as numbers
from state.errors import answers
from state.hub import LIST_KINDS, News, hub
from state.inbox.feed import Feed
from state.inbox.filters import belongs
from state.session import SessionState

PAGE = 50
# A search goes through some two thousand conversations a page; a person waits for no more than these.
MOST_EMPTY = 5


class Older(TypedDict):
    """The page that was loaded last below the first one; the browser keeps the pages it was given."""

    key: str
    rows: list[ConversationRow]


class ConversationListState(Feed, SessionState):
    """The list pane: the first page whole, later pages one at a time, changes as patches."""

    HEARS: ClassVar[frozenset[str]] = LIST_KINDS

    rows: list[ConversationRow] = []
    older: Older = {"key": "", "rows": []}
    has_more: bool = False
    stage: str = "loading"
    """`loading`, `ready`, `failed`, or `new` for an organization that never had a conversation."""
    phone_url: str = ""
    """Where a person can play a customer; empty without a number, and when texts go through a real carrier."""
    _wanted: ListFilter = ListFilter()
    _after: Cursor | None = None
    _viewer: str = ""

    async def _load(self, session: Any, principal: Principal, wanted: ListFilter) -> None:
        page = await _page(session, principal, wanted, None)
        anything = bool(page.rows)
        if not anything and wanted == ListFilter():
            anything = bool(
                (await conversations.page(session, principal.user_id, ListFilter(status="any"), limit=1)).rows
            )
        self._viewer, self._wanted, self._after = str(principal.user_id), wanted, page.next
        self.rows, self.has_more = page.rows, page.next is not None
        self.older = {"key": "", "rows": []}
        self.stage = "ready" if anything or wanted != ListFilter() else "new"
        self.phone_url = await _practice_phone(session) if self.stage == "new" else ""
        self._begin()

    def _fail(self) -> None:
        if self.stage == "loading":
            self.stage = "failed"

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Load the next page of the list."""
        principal = await self._principal()
        if self._after is None or self._viewer != str(principal.user_id):
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                page = await _page(session, principal, self._wanted, self._after)
        self.older = {"key": f"{self._after.at.isoformat()} {self._after.id}", "rows": page.rows}
        self._after, self.has_more = page.next, page.next is not None

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.router.url.path.startswith("/inbox"):
            hub.leave(self.router.session.client_token, ConversationListState)
            return
        if any("resync" in news.kinds for news in batch):
            principal = await self._principal()
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await self._load(session, principal, self._wanted)
            return
        patches: list[dict[str, Any]] = []
        for news in batch:
            row = news.row_for(self._viewer)
            if row is None:
                patches.append({"gone": news.conversation})
            elif belongs(row, self._wanted, self._viewer):
                patches.append({"row": row})
            elif self._wanted.search and belongs(row, replace(self._wanted, search=""), self._viewer):
                # What was searched for may have been said long ago: a row that is shown stays, and none is added.
                patches.append({"row": row, "known": True})
            else:
                patches.append({"gone": row["id"]})
        if self.stage == "new" and any("row" in patch for patch in patches):
            self.stage = "ready"
        self._push(patches)


async def _page(session: Any, principal: Principal, wanted: ListFilter, after: Cursor | None) -> Page:
    """Return the next page; of a search that found nothing so far, the first that found something."""
    page = Page([], after)
    for _ in range(MOST_EMPTY):
        page = await conversations.page(session, principal.user_id, wanted, page.next, PAGE)
        if page.rows or page.next is None:
            break
    return page


async def _practice_phone(session: Any) -> str:
    """Return the page that plays a customer of this organization, or nothing where nobody could be texted."""
    if "SignalWire" not in settings().sandboxed_vendors:
        return ""
    owned = [number["phone_number"] for number in await numbers.list_all(session) if number["is_active"]]
    return f"{settings().sandbox_url}/phone?to={owned[0]}" if owned else ""
