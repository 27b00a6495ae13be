"""A pooled connection that the database cut while it rested is replaced before anybody uses it."""

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from backend.core import jobs, rested
from backend.core.db import engine
from backend.core.tenancy import platform_scope, unit_of_work

PULSE = "select 1"


async def ask_the_database() -> None:
    with platform_scope("test"):
        async with unit_of_work() as session:
            await session.execute(text(PULSE))


async def ask_the_queue() -> None:
    await jobs.queue.connector.execute_query_one_async(PULSE)


@pytest.fixture
async def cut(committed, database):
    """Return a way to cut every connection of this process."""
    tested = make_url(database)
    beside = tested.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)

    async def act() -> None:
        async with await psycopg.AsyncConnection.connect(beside, autocommit=True) as connection:
            await connection.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", [tested.database]
            )

    yield act
    # The next test meets none of them, however soon it comes.
    rested._last_given.clear()
    await engine().dispose()


@pytest.mark.parametrize("ask", [ask_the_database, ask_the_queue])
async def test_connection_that_rested_is_replaced_unseen(cut, monkeypatch, ask):
    monkeypatch.setattr(rested, "RESTED_S", 0.0)
    await ask()
    await cut()
    await ask()


async def test_connection_in_steady_use_is_not_asked_and_one_error_replaces_all(cut, monkeypatch):
    monkeypatch.setattr(rested, "RESTED_S", 60.0)
    await ask_the_database()
    await cut()
    with pytest.raises(DBAPIError):
        await ask_the_database()
    await ask_the_database()


async def test_what_the_queue_asks_needs_no_transaction_around_it(committed):
    answer = await jobs.queue.connector.execute_query_one_async("select now() = statement_timestamp() as is_first")
    assert answer == {"is_first": True}
