"""Hold one page of the conversation list as a person filtered it, and patch it as conversations change."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.conversations import service as conversations
from backend.conversations.schemas import ConversationRow, Cursor, ListFilter
from backend.core.config import settings
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import service as numbers
from state.errors import answers
from state.hub import LIST_KINDS, News, hub
from state.inbox.feed import Feed
from state.session import SessionState

VIEWS = ("all", "mine", "unassigned", "unread")
STATUSES = ("open", "closed", "any")
SEARCH_LIMIT = 80
PAGE = 50


class Older(TypedDict):
    """The page that was loaded last below the first one; the browser keeps the pages it was given."""

    key: str
    rows: list[ConversationRow]


def filter_of(query: Any) -> ListFilter:
    """Return the filter an address asks for; unknown values count as not given."""
    view, status = query.get("view", "all"), query.get("status", "open")
    return ListFilter(
        view=view if view in VIEWS else "all",
        status=status if status in STATUSES else "open",
        search=str(query.get("q", ""))[:SEARCH_LIMIT],
    )


def belongs(row: ConversationRow, wanted: ListFilter, viewer_id: str) -> bool:
    """Whether a changed conversation is still part of a filtered list; the twin of the query's conditions."""
    if wanted.status != "any" and row["status"] != wanted.status:
        return False
    if wanted.view == "mine" and row["assignee_id"] != viewer_id:
        return False
    if wanted.view == "unassigned" and row["assignee_id"]:
        return False
    if wanted.view == "unread" and not row["unread"]:
        return False
    text = wanted.search.strip()
    if not text:
        return True
    digits = "".join(character for character in text if character.isdigit())
    return text.casefold() in row["name"].casefold() or (len(digits) >= 3 and digits in row["phone"])


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
        page = await conversations.page(session, principal.user_id, wanted, limit=PAGE)
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
                page = await conversations.page(session, principal.user_id, self._wanted, self._after, PAGE)
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
            else:
                patches.append({"gone": row["id"]})
        if self.stage == "new" and any("row" in patch for patch in patches):
            self.stage = "ready"
        self._push(patches)


async def _practice_phone(session: Any) -> str:
    """Return the page that plays a customer of this organization, or nothing where nobody could be texted."""
    if "SignalWire" not in settings().sandboxed_vendors:
        return ""
    owned = [number["phone_number"] for number in await numbers.list_all(session) if number["is_active"]]
    return f"{settings().sandbox_url}/phone?to={owned[0]}" if owned else ""
