"""What changes reaches the tabs that may see it, once, in small batches, and nobody waits for a slow one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import realtime
from backend.core.db import conninfo, engine
from backend.core.ids import new_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import AuthorKind, ItemKind
from state import hub as hubs
from state.hub import LIST_KINDS, Hub, News

pytestmark = pytest.mark.usefixtures("committed")


class Listening:
    """A widget that keeps what it hears."""

    HEARS: ClassVar[frozenset[str]] = LIST_KINDS

    def __init__(self) -> None:
        self.batches: list[list[News]] = []
        self.given: list[News] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.failures = 0

    async def _hear(self, batch: Sequence[News]) -> None:
        self.given = list(batch)
        await self.may_go_on.wait()
        if self.failures:
            self.failures -= 1
            raise RuntimeError("broken on purpose")
        self.batches.append(list(batch))

    @property
    def news(self) -> list[News]:
        return [one for batch in self.batches for one in batch]


class Browsers:
    """What the hub needs of Reflex's application: who is connected, and each tab's state behind its own lock."""

    def __init__(self) -> None:
        self.event_namespace = SimpleNamespace(token_to_sid={})
        self.widgets: dict[str, Listening] = {}
        self.locks: dict[str, asyncio.Lock] = {}

    def connect(self, token: str) -> Listening:
        self.event_namespace.token_to_sid[token] = f"sid-{token}"
        self.locks[token] = asyncio.Lock()
        self.widgets[token] = Listening()
        return self.widgets[token]

    @asynccontextmanager
    async def modify_state(self, token: Any) -> AsyncIterator[Any]:
        async def get_state(_: type) -> Listening:
            return self.widgets[token.ident]

        async with self.locks[token.ident]:
            yield SimpleNamespace(get_state=get_state)


@pytest.fixture
def browsers() -> Browsers:
    return Browsers()


@pytest.fixture
def marks() -> set[str]:
    """What the hub has heard of that concerns no tab: notifications come in the order of their commits."""
    return set()


async def _mark() -> str:
    """Say something that concerns no tab, and return how to know it again."""
    mark = str(new_id())
    async with engine().begin() as connection:
        await connection.execute(
            text("select pg_notify(:channel, :payload)"),
            {"channel": realtime.CHANNEL, "payload": f'{{"org":"{mark}","kind":"hello"}}'},
        )
    return mark


@pytest.fixture
async def hub(browsers: Browsers, queue: Any, eventually: Any, marks: set[str]) -> AsyncIterator[Hub]:
    """Run a hub on the real notifications."""
    running = Hub()
    on_change = running.on_change

    async def noted(change: realtime.Change) -> None:
        await on_change(change)
        marks.add(change.org)

    running.on_change = noted  # type: ignore[method-assign]
    task = asyncio.create_task(running.run(browsers))  # type: ignore[arg-type]

    async def is_listening() -> bool:
        await _mark()
        return bool(marks)

    await eventually(is_listening)
    yield running
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def settled(hub: Hub, marks: set[str], eventually: Any) -> Callable[[], Any]:
    """Return a function that waits until all that was committed before has reached the widgets."""

    async def settle() -> None:
        mark = await _mark()

        async def done() -> bool:
            return mark in marks and not hub._readers and all(tab.task is None for tab in hub._tabs.values())

        await eventually(done)

    return settle


@pytest.fixture
def says() -> Callable[..., Any]:
    """Return a function that lets a customer text an organization."""

    async def say(org: Any, body: str, phone: str = "+16045550142") -> UUID:
        with org_scope(org.org_id):
            async with unit_of_work() as session:
                contact = await contacts.ensure_by_phone(session, phone)
                conversation = await conversations.for_contact(session, contact.id)
                await conversations.append(
                    session,
                    conversation,
                    kind=ItemKind.MESSAGE,
                    author=Author(AuthorKind.CONTACT, "", contact.id),
                    body=body,
                    channel="sms",
                    direction="inbound",
                )
                return conversation.id

    return say


async def test_change_reaches_every_tab_of_its_organization_and_no_other(
    hub: Hub, browsers: Browsers, org: Any, make_org: Any, says: Any, eventually: Any
) -> None:
    stranger = await make_org("Elsewhere")
    first, second, foreign = (browsers.connect(token) for token in ("first", "second", "foreign"))
    hub.subscribe("first", org.owner, Listening)
    hub.subscribe("second", org.owner, Listening)
    hub.subscribe("foreign", stranger.owner, Listening)
    conversation = await says(org, "Are you open?")
    await eventually(_heard(first))
    await eventually(_heard(second))
    await says(stranger, "Hello", "+16045550199")
    await eventually(_heard(foreign))
    assert {news.conversation for news in first.news} == {str(conversation)}
    assert str(conversation) not in {news.conversation for news in foreign.news}
    assert first.news[0].row is not None
    assert first.news[0].row["preview"] == "Are you open?"


async def test_a_merge_tells_where_a_conversation_went_and_has_no_tab_load_everything_anew(
    hub: Hub, browsers: Browsers, org: Any, says: Any, eventually: Any
) -> None:
    widget = browsers.connect("owner")
    hub.subscribe("owner", org.owner, Listening)
    keep, drop = await says(org, "Hello"), await says(org, "It is me", "+16045550199")
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            both = [(await conversations.get(session, one)).contact_id for one in (keep, drop)]
            await contacts.merge(session, org.owner, *both)
    told: dict[str, News] = {}

    async def complete() -> bool:
        told.update({kind: news for news in widget.news for kind in news.kinds})
        return {"conversation.merged", "conversation.renumbered"} <= told.keys()

    await eventually(complete)
    gone, kept = told["conversation.merged"], told["conversation.renumbered"]
    assert (gone.conversation, gone.into, gone.subjects) == (str(drop), str(keep), frozenset())
    assert (kept.conversation, kept.row is not None) == (str(keep), True)
    assert "resync" not in told


async def test_unread_count_is_each_persons_own(
    hub: Hub, browsers: Browsers, org: Any, says: Any, eventually: Any
) -> None:
    widget = browsers.connect("owner")
    hub.subscribe("owner", org.owner, Listening)
    await says(org, "one")
    await says(org, "two")

    async def counted() -> bool:
        return bool(widget.news) and widget.news[-1].unread_by == {str(org.owner.user_id): 2}

    await eventually(counted)
    row, other = widget.news[-1].row_for(str(org.owner.user_id)), widget.news[-1].row_for(str(new_id()))
    assert row is not None
    assert other is not None
    assert (row["unread"], other["unread"]) == (2, 0)


async def test_what_somebody_else_has_read_wakes_no_tab(
    hub: Hub, browsers: Browsers, org: Any, says: Any, eventually: Any, settled: Any
) -> None:
    widget = browsers.connect("owner")
    hub.subscribe("owner", org.owner, Listening)
    conversation = await says(org, "hi")
    await settled()
    widget.batches.clear()
    with org.scope():
        async with unit_of_work() as session:
            await realtime.announce(
                session, org.org_id, "conversation.read", conversation_id=conversation, subject=str(new_id())
            )
    await settled()
    assert widget.news == []
    with org.scope():
        async with unit_of_work() as session:
            await conversations.mark_read(session, conversation, org.owner.user_id)
    await eventually(_heard(widget))
    assert widget.news[-1].unread_by == {}


async def test_items_travel_only_to_the_tab_that_shows_the_conversation(
    hub: Hub, browsers: Browsers, org: Any, says: Any, eventually: Any, settled: Any
) -> None:
    widget = browsers.connect("owner")
    hub.subscribe("owner", org.owner, Listening)
    conversation = await says(org, "not open yet")
    await settled()
    assert [item for news in widget.news for item in news.items] == []
    hub.look_at("owner", str(conversation))
    await says(org, "open now")

    async def shown() -> bool:
        return [item["body"] for news in widget.news for item in news.items] == ["open now"]

    await eventually(shown)


async def test_burst_travels_in_few_batches_that_hold_every_item_once_and_the_latest_row(
    hub: Hub, browsers: Browsers, org: Any, says: Any, settled: Any
) -> None:
    widget = browsers.connect("owner")
    hub.subscribe("owner", org.owner, Listening)
    conversation = await says(org, "0")
    await settled()
    widget.batches.clear()
    hub.look_at("owner", str(conversation))
    widget.may_go_on.clear()  # a burst comes faster than the tab takes it
    for number in range(1, 31):
        await says(org, str(number))
    widget.may_go_on.set()
    await settled()
    bodies = [item["body"] for news in widget.news for item in news.items]
    assert sorted(bodies, key=int) == [str(number) for number in range(1, 31)]
    assert widget.news[-1].row is not None
    assert widget.news[-1].row["last_seq"] == 31
    assert all(len({news.conversation for news in batch}) == len(batch) for batch in widget.batches)
    assert len(widget.batches) < 30


async def test_more_items_than_a_page_are_told_as_a_gap(
    hub: Hub,
    browsers: Browsers,
    org: Any,
    says: Any,
    eventually: Any,
    settled: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hubs, "MOST_ITEMS", 3)
    widget = browsers.connect("owner")
    hub.subscribe("owner", org.owner, Listening)
    conversation = await says(org, "0")
    await settled()
    hub.look_at("owner", str(conversation))
    widget.may_go_on.clear()
    for number in range(1, 10):
        await says(org, str(number))

    async def waits() -> bool:
        return any(news.has_gap for news in (*widget.given, *hub._tabs["owner"].waiting))

    async def told() -> bool:
        return any(news.has_gap for news in widget.news)

    await eventually(waits)
    widget.may_go_on.set()
    await eventually(told)


async def test_slow_tab_delays_nobody(hub: Hub, browsers: Browsers, org: Any, says: Any, eventually: Any) -> None:
    slow, quick = browsers.connect("slow"), browsers.connect("quick")
    slow.may_go_on.clear()
    hub.subscribe("slow", org.owner, Listening)
    hub.subscribe("quick", org.owner, Listening)
    await says(org, "hello")
    await eventually(_heard(quick))
    assert slow.news == []
    slow.may_go_on.set()


async def test_tab_without_a_socket_is_forgotten_and_starts_anew_when_it_returns(
    hub: Hub, browsers: Browsers, org: Any, says: Any, eventually: Any
) -> None:
    browsers.connect("gone")
    assert hub.subscribe("gone", org.owner, Listening)
    assert not hub.subscribe("gone", org.owner, Listening)
    browsers.event_namespace.token_to_sid.clear()
    await says(org, "nobody hears this")

    async def forgotten() -> bool:
        return "gone" not in hub._tabs

    await eventually(forgotten)
    assert hub.subscribe("gone", org.owner, Listening)


async def test_a_page_that_is_loaded_again_starts_anew(hub: Hub, browsers: Browsers, org: Any) -> None:
    browsers.connect("tab")
    assert hub.subscribe("tab", org.owner, Listening)
    assert not hub.subscribe("tab", org.owner, Listening)
    browsers.event_namespace.token_to_sid["tab"] = "another socket"
    assert hub.subscribe("tab", org.owner, Listening)


async def test_lost_connection_makes_every_tab_load_anew(
    hub: Hub, browsers: Browsers, org: Any, eventually: Any
) -> None:
    widget = browsers.connect("owner")
    hub.subscribe("owner", org.owner, Listening)
    async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'magpipe-listen-web' and datname = current_database()"
        )
    await eventually(_heard(widget))
    assert [news.kinds for news in widget.news] == [frozenset({"resync"})]


async def test_a_tab_that_comes_before_the_listener_listens_loads_anew(
    browsers: Browsers, queue: Any, org: Any, eventually: Any
) -> None:
    hub, widget = Hub(), browsers.connect("owner")
    hub.subscribe("owner", org.owner, Listening)
    task = asyncio.create_task(hub.run(browsers))  # type: ignore[arg-type]
    await eventually(_heard(widget))
    assert [news.kinds for news in widget.news] == [frozenset({"resync"})]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_widget_that_fails_is_told_to_load_anew(
    hub: Hub, browsers: Browsers, org: Any, says: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "RESYNC_WAIT_S", 0.05)
    widget = browsers.connect("owner")
    widget.failures = 1
    hub.subscribe("owner", org.owner, Listening)
    await says(org, "hello")
    await eventually(_heard(widget))
    assert widget.news[0].kinds == {"resync"}


async def test_tab_of_an_ended_session_hears_nothing_more(
    hub: Hub, browsers: Browsers, org: Any, says: Any, eventually: Any, settled: Any
) -> None:
    widget = browsers.connect("owner")
    hub.subscribe("owner", org.owner, Listening)
    with org.scope():
        async with unit_of_work() as session:
            await realtime.announce(session, org.org_id, "account.changed", subject=str(org.owner.user_id))

    async def forgotten() -> bool:
        return "owner" not in hub._tabs

    await eventually(forgotten)
    await says(org, "hello")
    await settled()
    assert widget.news == []


async def test_tab_that_changes_hands_loses_what_waited_for_the_person_before(
    hub: Hub, browsers: Browsers, org: Any, make_org: Any
) -> None:
    stranger = await make_org("Elsewhere")
    browsers.connect("shared")
    hub.subscribe("shared", org.owner, Listening)
    hub.look_at("shared", str(new_id()))
    hub._tabs["shared"].waiting.append(News(frozenset({"item.added"}), "x"))
    assert hub.subscribe("shared", stranger.owner, Listening)
    tab = hub._tabs["shared"]
    assert (tab.waiting, tab.open, tab.org_id) == ([], "", stranger.org_id)


def _heard(widget: Listening) -> Callable[[], Any]:
    async def check() -> bool:
        return bool(widget.news)

    return check
