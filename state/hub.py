"""Push changes to open tabs: one listener per web process, one read per change, one small batch per tab.

A widget (a state class) subscribes its tab when it loads. What changes is read once for the whole organization and
handed to the widgets of each of its tabs, in that tab's own task and under its own lock, so a slow tab delays nobody.
Bursts are gathered for `WINDOW_S`: of each conversation only the latest row travels.

Widgets subclass `rx.State` and have `HEARS`, the kinds of news they want, and `async _hear(batch)`. News says what
changed; after a lost connection it is `RESYNC`, and the widget loads itself anew.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol
from uuid import UUID

import reflex as rx

from backend.conversations import service as conversations
from backend.conversations.schemas import ConversationRow, TimelineItem
from backend.core import realtime
from backend.core.logging import log
from backend.core.principal import Principal
from backend.core.realtime import Change
from backend.core.tenancy import org_scope, unit_of_work
from backend.sessions import service as sessions

# Long enough to gather a burst, short enough that nobody sees it: half of the 100 ms in which an answer feels instant.
WINDOW_S = 0.05
# A burst that touches more items of one conversation than this is told as a gap, and the tab loads a page instead.
MOST_ITEMS = 50
# After work on very many conversations a page of the list is read anew instead of every row of them.
MOST_PLACES = 150
RESYNC_ATTEMPTS = 15
RESYNC_WAIT_S = 2.0

LIST_KINDS = frozenset(
    {
        "item.added",
        "item.updated",
        "conversation.updated",
        "conversation.merged",
        "conversation.renumbered",
        "conversation.read",
        "contact.updated",
        "resync",
    }
)


@dataclass(frozen=True)
class News:
    """What changed in one place since the last batch. `row` is None when the conversation is gone or was not read.

    `into` is the conversation that one which was merged went into.
    """

    kinds: frozenset[str]
    conversation: str = ""
    row: ConversationRow | None = None
    unread_by: Mapping[str, int] = field(default_factory=dict)
    items: tuple[TimelineItem, ...] = ()
    has_gap: bool = False
    subjects: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()
    into: str = ""

    def row_for(self, user_id: str) -> ConversationRow | None:
        """Return the row as one person sees it: with their own unread count."""
        if self.row is None:
            return None
        return {**self.row, "unread": self.unread_by.get(user_id, 0), "mentioned": user_id in self.mentioned}


RESYNC = News(frozenset({"resync"}))


class Widget(Protocol):
    """A state class that hears news."""

    HEARS: ClassVar[frozenset[str]]

    async def _hear(self, batch: Sequence[News]) -> None: ...


@dataclass
class Tab:
    """One open tab: who looks at it, which widgets listen, which conversation is open, and what waits for it."""

    token: str
    org_id: UUID
    user_id: UUID
    session_id: UUID | None
    socket: str = ""
    widgets: dict[type[Any], None] = field(default_factory=dict)
    open: str = ""
    waiting: list[News] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    def wants(self, news: News) -> bool:
        """Whether any widget hears this; what others have read concerns nobody else."""
        if news.kinds == {"conversation.read"} and str(self.user_id) not in news.subjects:
            return False
        return any(widget.HEARS & news.kinds for widget in self.widgets)


@dataclass
class _Dirty:
    kinds: set[str] = field(default_factory=set)
    seqs: set[int] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)
    into: str = ""


class Hub:
    """The tabs of one web process, and the changes on their way to them."""

    def __init__(self) -> None:
        self._app: rx.App | None = None
        self._tabs: dict[str, Tab] = {}
        self._by_org: dict[str, set[str]] = {}
        self._dirty: dict[str, dict[str, _Dirty]] = {}
        self._readers: dict[str, asyncio.Task[None]] = {}

    def subscribe(self, token: str, principal: Principal, widget: type[Any]) -> bool:
        """Tell `widget` of this tab what changes in the person's organization; return whether it is news to us.

        Subscribe before reading, so that no change falls between. A tab that another person or organization takes
        over starts empty. So does one on another socket: its page was loaded again, or it missed something, and what
        was patched into its lists before stands in the browser alone.
        """
        tab, socket = self._tabs.get(token), self._socket(token)
        if tab is None or (tab.org_id, tab.user_id, tab.socket) != (principal.org_id, principal.user_id, socket):
            self.drop(token)
            tab = Tab(token, principal.org_id, principal.user_id, principal.session_id, socket)
            self._tabs[token] = tab
            self._by_org.setdefault(str(tab.org_id), set()).add(token)
        tab.session_id = principal.session_id
        is_new = widget not in tab.widgets
        tab.widgets[widget] = None
        return is_new

    def _socket(self, token: str) -> str:
        """Return the socket a tab is connected by, empty while there is none."""
        if self._app is None or self._app.event_namespace is None:
            return ""
        return str(self._app.event_namespace.token_to_sid.get(token, ""))

    def look_at(self, token: str, conversation_id: str) -> None:
        """Say which conversation a tab shows, empty for none; only its items are read for this tab."""
        if tab := self._tabs.get(token):
            tab.open = conversation_id

    def leave(self, token: str, widget: type[Any]) -> None:
        """Stop telling a widget that is no longer on screen."""
        if tab := self._tabs.get(token):
            tab.widgets.pop(widget, None)

    def drop(self, token: str) -> None:
        """Forget a tab."""
        tab = self._tabs.pop(token, None)
        if tab is None:
            return
        tokens = self._by_org.get(str(tab.org_id), set())
        tokens.discard(token)
        if not tokens:
            self._by_org.pop(str(tab.org_id), None)

    async def run(self, app: rx.App) -> None:
        """Listen for changes until cancelled; a lifespan task of the application, which tabs may join before this."""
        self._app = app
        await realtime.listen(self.on_change, self.resync, is_late=True)

    async def on_change(self, change: Change) -> None:
        """Note a change for the tabs of its organization and read it soon."""
        await sessions.hear(change)
        if change.kind in ("session.revoked", "account.changed"):
            whose = [tab for tab in self._tabs.values() if change.subject in (str(tab.session_id), str(tab.user_id))]
            for tab in whose:
                self.drop(tab.token)
            return
        if change.org not in self._by_org:
            return
        place = change.conversation or f"{change.kind}:{change.subject}"
        dirty = self._dirty.setdefault(change.org, {}).setdefault(place, _Dirty())
        dirty.kinds.add(change.kind)
        if change.seq:
            dirty.seqs.add(change.seq)
        if change.kind == "conversation.merged":
            dirty.into = change.subject
        elif change.subject:
            dirty.subjects.add(change.subject)
        if change.org not in self._readers:
            self._readers[change.org] = asyncio.create_task(self._read_org(change.org))

    async def resync(self) -> None:
        """Have every tab load what it shows: changes may have been missed."""
        sessions.forget_all()
        self._dirty.clear()
        for tab in list(self._tabs.values()):
            self._tell(tab, [RESYNC])

    async def _read_org(self, org: str) -> None:
        try:
            while dirty := self._dirty.pop(org, None):
                try:
                    batch = await self._news(org, dirty)
                except Exception:
                    # The database may be restarting: what this batch said is unknown, so its tabs load anew.
                    log.exception("hub.read_failed", org_id=org)
                    batch = [RESYNC]
                for token in list(self._by_org.get(org, ())):
                    if tab := self._tabs.get(token):
                        self._tell(tab, batch)
                await asyncio.sleep(WINDOW_S)
        finally:
            self._readers.pop(org, None)

    async def _news(self, org: str, dirty: Mapping[str, _Dirty]) -> list[News]:
        seen = {self._tabs[token].open for token in self._by_org.get(org, ()) if token in self._tabs}
        if len(dirty) > MOST_PLACES:
            return [RESYNC]
        batch: list[News] = []
        org_id = UUID(org)
        with org_scope(org_id):
            async with unit_of_work() as session:
                for place, change in dirty.items():
                    kinds, subjects = frozenset(change.kinds), frozenset(change.subjects)
                    conversation = place
                    if "contact.updated" in kinds:
                        found = await conversations.of_contact(session, UUID(next(iter(subjects))))
                        conversation = str(found or "")
                    if ":" in conversation or not conversation:
                        batch.append(News(kinds, subjects=subjects))
                        continue
                    items: Sequence[TimelineItem] = ()
                    if change.seqs and conversation in seen:
                        first, last = min(change.seqs), max(change.seqs)
                        page = await conversations.timeline(
                            session, UUID(conversation), last + 1, min(last - first + 1, MOST_ITEMS)
                        )
                        items = [item for item in page if item["seq"] in change.seqs]
                    row = await conversations.row(session, UUID(conversation))
                    batch.append(
                        News(
                            kinds,
                            conversation,
                            row.row if row else None,
                            row.unread_by if row else {},
                            tuple(items),
                            bool(change.seqs) and conversation in seen and len(items) < len(change.seqs),
                            subjects,
                            row.mentioned if row else frozenset(),
                            change.into,
                        )
                    )
        return batch

    def _tell(self, tab: Tab, batch: Sequence[News]) -> None:
        wanted = [news for news in batch if tab.wants(news)]
        if not wanted:
            return
        tab.waiting = [RESYNC] if RESYNC in [*tab.waiting, *wanted] else _gathered([*tab.waiting, *wanted])
        if tab.task is None:
            tab.task = asyncio.create_task(self._flush(tab))

    async def _flush(self, tab: Tab) -> None:
        try:
            attempts = 0
            while tab.waiting and self._is_here(tab):
                done = await self._deliver(tab)
                attempts = 0 if done else attempts + 1
                if attempts >= RESYNC_ATTEMPTS:
                    self.drop(tab.token)
                await asyncio.sleep(WINDOW_S if done else RESYNC_WAIT_S)
        finally:
            tab.task = None

    def _is_here(self, tab: Tab) -> bool:
        """Whether the tab still has a socket in this process; one that comes back subscribes and loads again."""
        if self._tabs.get(tab.token) is not tab or self._app is None or self._app.event_namespace is None:
            return False
        if tab.token not in self._app.event_namespace.token_to_sid:
            self.drop(tab.token)
            return False
        return True

    async def _deliver(self, tab: Tab) -> bool:
        """Hand the waiting news to the tab's widgets; False when a resync failed and must be tried again."""
        assert self._app is not None
        first = next(iter(tab.widgets), None)
        if first is None:
            tab.waiting = []
            return True
        async with self._app.modify_state(rx.BaseStateToken(ident=tab.token, cls=first)) as root:
            batch, tab.waiting = tab.waiting, []
            for widget in list(tab.widgets):
                wanted = [news for news in batch if widget.HEARS & news.kinds]
                if not wanted:
                    continue
                try:
                    await (await root.get_state(widget))._hear(wanted)
                except Exception:
                    log.exception("hub.widget_failed", widget=widget.__name__)
                    tab.waiting = [RESYNC]
                    return False
        return True


def _gathered(news: Sequence[News]) -> list[News]:
    """Return news with one entry per conversation: the latest row, every item once."""
    latest: dict[str, News] = {}
    others: list[News] = []
    for one in news:
        if not one.conversation:
            others.append(one)
            continue
        earlier = latest.pop(one.conversation, None)
        if earlier is not None:
            items = {item["seq"]: item for item in (*earlier.items, *one.items)}
            one = News(
                earlier.kinds | one.kinds,
                one.conversation,
                one.row,
                one.unread_by,
                tuple(items.values()),
                earlier.has_gap or one.has_gap or len(items) > MOST_ITEMS,
                earlier.subjects | one.subjects,
                one.mentioned,
                one.into or earlier.into,
            )
        latest[one.conversation] = one
    return [*latest.values(), *others]


hub = Hub()
