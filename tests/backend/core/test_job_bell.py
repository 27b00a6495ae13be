"""Workers are woken after the commit that enqueued their work, never by the transaction itself."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from backend.core import jobs
from backend.core.db import conninfo
from backend.core.tenancy import org_scope, unit_of_work
from tests.conftest import PATIENT_S

CHANNEL = "procrastinate_any_queue_v1"
# What a test says behind everything it wants to have heard: notifications come in the order of their commits.
LAST = -1


@jobs.task("test.wake")
async def wake() -> None:
    """Do nothing."""


@pytest.fixture
async def heard(committed) -> AsyncIterator[Callable[[], list]]:
    """Return a way to read which jobs have been announced since the last time; 0 is the bell's."""
    async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
        await silence()  # of what the tests before enqueued
        await connection.execute(f"listen {CHANNEL}")

        async def announced() -> list[int]:
            await silence()
            await connection.execute("select pg_notify(%s, %s)", (CHANNEL, json.dumps({"job_id": LAST})))
            said = []
            while LAST not in said:
                async for note in connection.notifies(timeout=PATIENT_S, stop_after=1):
                    said.append(json.loads(note.payload)["job_id"])
            return [number for number in said if number != LAST]

        yield announced


async def silence() -> None:
    """Wait until the bell does not ring."""
    while (ringing := jobs._bell._ringing) is not None and not ringing.done():
        await ringing


async def test_enqueuing_transaction_is_announced_by_the_bell_alone(org, heard):
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            await jobs.defer(session, "test.wake")
            await jobs.defer(session, "test.wake")
    assert set(await heard()) == {0}


async def test_nothing_rings_for_a_transaction_that_rolled_back(org, heard):
    with org_scope(org.org_id), pytest.raises(RuntimeError):
        async with unit_of_work() as session:
            await jobs.defer(session, "test.wake")
            raise RuntimeError
    assert await heard() == []


async def test_job_enqueued_without_the_bell_is_announced_by_its_own_transaction(org, heard):
    number = await wake.defer_async()
    assert await heard() == [number]


async def test_commits_that_come_while_it_rings_share_one_more_ring(org, heard, monkeypatch):
    may_ring = asyncio.Event()

    class Slow:
        async def execute_query_async(self, query: str) -> None:
            await may_ring.wait()
            await jobs.queue.connector.execute_query_async(query)

    monkeypatch.setattr(jobs._bell, "_connector", Slow)
    for _ in range(10):
        with org_scope(org.org_id):
            async with unit_of_work() as session:
                await jobs.defer(session, "test.wake")
    may_ring.set()
    assert await heard() == [0, 0]


async def test_a_freed_lock_is_rung_for_all_where_no_worker_of_this_process_can_look(heard):
    jobs._wake_for_freed_lock()
    assert await heard() == [0]


@jobs.task("test.take_a_while")
async def take_a_while() -> None:
    """Hold a lock until the next job has been seen waiting for it."""
    await asyncio.sleep(0.5)


async def test_a_job_that_waits_for_a_lock_starts_when_it_is_free_and_not_at_the_next_look(org, queue):
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            for _ in range(3):
                await jobs.defer(session, "test.take_a_while", lock="one at a time")
    worker = asyncio.create_task(
        queue.run_worker_async(
            fetch_job_polling_interval=600.0, install_signal_handlers=False, delete_jobs="successful"
        )
    )
    try:
        async with asyncio.timeout(PATIENT_S):
            while list(await queue.job_manager.list_jobs_async()):
                await asyncio.sleep(0.1)
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
