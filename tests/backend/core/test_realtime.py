"""Changes reach listeners when, and only when, their transaction commits; a lost connection ends in a resync."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from sqlalchemy import text

from backend.core import realtime
from backend.core.ids import new_id
from backend.core.tenancy import org_scope, unit_of_work


class Listener:
    """A web process that writes down what it hears."""

    def __init__(self) -> None:
        self.changes: list[realtime.Change] = []
        self.resyncs = 0

    async def on_change(self, change: realtime.Change) -> None:
        self.changes.append(change)

    async def on_resync(self) -> None:
        self.resyncs += 1

    def kinds(self, org_id) -> list[str]:
        return [change.kind for change in self.changes if change.org == str(org_id)]


@pytest.fixture
def name() -> str:
    """A name of the test's own: what listened for the test before may still be seen for a while."""
    return f"test-{new_id().hex[-12:]}"


@pytest.fixture
async def listener(committed, listening) -> AsyncIterator[Listener]:
    heard = Listener()
    async with listening(heard.on_change, heard.on_resync):
        yield heard


@pytest.fixture
def listening(database, eventually, name):
    """Listen, from when the session does until the block ends; only the owner may see other sessions."""
    address = database.replace("postgresql+psycopg", "postgresql")

    async def ask() -> bool:
        with psycopg.connect(address) as connection:
            found = connection.execute(
                "select 1 from pg_stat_activity where application_name = %s and datname = current_database()"
                " and query like 'LISTEN%%' and state = 'idle'",
                [f"magpipe-listen-{name}"],
            )
            return found.fetchone() is not None

    @asynccontextmanager
    async def listen(on_change, on_resync) -> AsyncIterator[None]:
        task = asyncio.create_task(realtime.listen(on_change, on_resync, name))
        await eventually(ask)
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return listen


async def test_a_change_is_heard_after_commit_and_never_after_rollback(listener, org, eventually):
    with org_scope(org.org_id):
        with pytest.raises(RuntimeError):
            async with unit_of_work() as session:
                await realtime.announce(session, org.org_id, "lost.change")
                raise RuntimeError
        async with unit_of_work() as session:
            await realtime.announce(session, org.org_id, "kept.change", seq=7)

    async def heard() -> bool:
        return bool(listener.kinds(org.org_id))

    await eventually(heard)
    assert listener.kinds(org.org_id) == ["kept.change"]
    assert [change.seq for change in listener.changes if change.org == str(org.org_id)] == [7]


async def test_a_lost_connection_is_made_again_and_followed_by_a_resync(listener, name, database, org, eventually):
    with psycopg.connect(database.replace("postgresql+psycopg", "postgresql")) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = %s and datname = current_database()",
            [f"magpipe-listen-{name}"],
        )

    async def resynced() -> int:
        return listener.resyncs

    await eventually(resynced)
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            await realtime.announce(session, org.org_id, "after.reconnect")

    async def heard() -> bool:
        return "after.reconnect" in listener.kinds(org.org_id)

    await eventually(heard)


async def test_a_listener_that_raises_does_not_end_the_loop(committed, listening, org, eventually):
    heard: list[str] = []

    async def on_change(change: realtime.Change) -> None:
        if change.org == str(org.org_id):
            heard.append(change.kind)
        raise ValueError("a bug in one patch")

    async def on_resync() -> None:
        return None

    async def both() -> bool:
        return heard == ["first.change", "second.change"]

    async with listening(on_change, on_resync):
        for kind in ("first.change", "second.change"):
            with org_scope(org.org_id):
                async with unit_of_work() as session:
                    await realtime.announce(session, org.org_id, kind)
        await eventually(both)


@pytest.mark.parametrize(
    "payload", ["not json", "[]", '{"org": "x", "kind": "y", "from_a_newer_release": 1}', '{"a": 1}']
)
async def test_news_in_an_unknown_form_does_not_end_the_loop(listener, org, eventually, payload):
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            await session.execute(
                text("select pg_notify(:channel, :payload)"), {"channel": realtime.CHANNEL, "payload": payload}
            )
        async with unit_of_work() as session:
            await realtime.announce(session, org.org_id, "after.nonsense")

    async def heard() -> bool:
        return "after.nonsense" in listener.kinds(org.org_id)

    await eventually(heard)
