"""A worker outlives the database's absence: it hears of new jobs as before, or ends so that a new one begins."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from sqlalchemy import make_url

from backend.core import jobs
from backend.core.tenancy import org_scope, unit_of_work
from tests.conftest import PATIENT_S

LISTENING = (
    "select pid from pg_stat_activity where datname = '{}' and query ilike 'listen \"procrastinate%' and state = 'idle'"
)
seen = asyncio.Event()


@jobs.task("test.ring")
async def ring() -> None:
    seen.set()


@pytest.fixture
async def owner(database) -> AsyncIterator[Callable[[str], list]]:
    """Return a way to speak to the server as its owner, from beside the tests' database (`{}` in a statement)."""
    tested = make_url(database)
    beside = tested.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(beside, autocommit=True) as connection:

        async def ask(statement: str) -> list:
            done = await connection.execute(statement.format(tested.database))
            return await done.fetchall() if done.description else []

        yield ask


@asynccontextmanager
async def working(**options) -> AsyncIterator[asyncio.Task]:
    """Run a worker that polls too rarely to find anything by itself."""
    worker = asyncio.create_task(
        jobs.queue.run_worker_async(fetch_job_polling_interval=600.0, install_signal_handlers=False, **options)
    )
    try:
        yield worker
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError, ConnectorException):
            await worker


async def listener(owner, lost: int = 0) -> int:
    """Wait until a worker listens, in another process of the server than `lost`, and return that process."""
    async with asyncio.timeout(PATIENT_S):
        while not (found := [pid for (pid, *_) in await owner(LISTENING) if pid != lost]):
            await asyncio.sleep(0.05)
    return found[0]


async def test_worker_hears_of_new_jobs_again_after_the_database_was_away(committed, org, owner):
    seen.clear()
    async with working():
        lost = await listener(owner)
        await owner("alter database {} allow_connections false")
        try:
            await owner(f"select pg_terminate_backend({lost})")
            await asyncio.sleep(0.3)
        finally:
            await owner("alter database {} allow_connections true")
        await listener(owner, lost)
        with org_scope(org.org_id):
            async with unit_of_work() as session:
                await jobs.defer(session, "test.ring")
        await asyncio.wait_for(seen.wait(), PATIENT_S)


async def test_worker_that_cannot_write_its_heartbeat_ends(committed, owner, database):
    async with working(update_heartbeat_interval=0.2) as worker:
        await listener(owner)
        async with await psycopg.AsyncConnection.connect(database.replace("+psycopg", ""), autocommit=True) as here:
            await here.execute("alter table procrastinate_workers rename to away")
            try:
                await asyncio.wait({worker}, timeout=PATIENT_S)
                assert worker.done()
            finally:
                await here.execute("alter table away rename to procrastinate_workers")
