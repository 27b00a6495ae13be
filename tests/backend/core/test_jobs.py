"""Durable work: enqueued with its transaction, one at a time per key, retried, buried visibly, ticked once."""

import asyncio
from datetime import UTC, datetime

import pytest

from backend.core import clock, jobs, scheduler
from backend.core.errors import Invalid, NotFound, Unavailable
from backend.core.tenancy import org_scope, unit_of_work

seen: list[str] = []
running: dict[str, int] = {}
most_at_once: dict[str, int] = {}


@jobs.task("test.note")
async def note(word: str) -> None:
    seen.append(word)


@jobs.task("test.hold")
async def hold(key: str, word: str) -> None:
    running[key] = running.get(key, 0) + 1
    most_at_once[key] = max(most_at_once.get(key, 0), running[key])
    await asyncio.sleep(0.02)
    seen.append(word)
    running[key] -= 1


@jobs.task("test.always_fails", retry=jobs.Backoff(attempts=1))
async def always_fails() -> None:
    raise Unavailable("not today")


@jobs.task("test.cannot_be_mended")
async def cannot_be_mended() -> None:
    raise Invalid("never", field="x")


@jobs.task("test.tick")
async def tick(timestamp: int) -> None:
    seen.append(f"tick {timestamp}")


@pytest.fixture(autouse=True)
def forget() -> None:
    seen.clear()


async def test_a_job_exists_only_when_its_transaction_commits(committed, org, run_jobs):
    with org_scope(org.org_id):
        with pytest.raises(RuntimeError):
            async with unit_of_work() as session:
                await jobs.defer(session, "test.note", word="rolled back")
                raise RuntimeError
        async with unit_of_work() as session:
            await jobs.defer(session, "test.note", word="committed")
    await run_jobs()
    assert seen == ["committed"]


async def test_jobs_with_one_key_run_one_at_a_time_in_order(committed, org, run_jobs):
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            for number in range(6):
                await jobs.defer(session, "test.hold", lock="same", key="same", word=str(number))
    await run_jobs()
    assert seen == ["0", "1", "2", "3", "4", "5"]
    assert most_at_once["same"] == 1


async def test_what_is_more_urgent_goes_before_what_waited_longer(committed, org, queue):
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            await jobs.defer(session, "test.note", lock="slow lane", word="first")
            await jobs.defer(session, "test.note", lock="slow lane", word="second")
            await jobs.defer(session, "test.note", lock="fast lane", urgency=jobs.Urgency.SOON, word="soon")
            await jobs.defer(session, "test.note", lock="other lane", urgency=jobs.Urgency.FIRST, word="at once")
    # One after the other: of jobs that run at the same time any may be done first.
    await queue.run_worker_async(wait=False, concurrency=1, install_signal_handlers=False, listen_notify=False)
    assert seen == ["at once", "soon", "first", "second"]


async def test_a_second_waiting_job_with_the_same_queueing_lock_is_dropped(committed, org, run_jobs):
    with org_scope(org.org_id):
        for _ in range(2):
            async with unit_of_work() as session:
                await jobs.defer(session, "test.note", queueing_lock="only one", word="once")
    await run_jobs()
    assert seen == ["once"]


async def test_a_job_that_used_its_attempts_is_a_dead_letter_until_retried(committed, org, run_jobs):
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            await jobs.defer(session, "test.always_fails")
    await run_jobs()
    [letter] = [letter for letter in await jobs.failed() if letter.task == "test.always_fails"]
    await jobs.retry(letter.id)
    assert letter.id not in [other.id for other in await jobs.failed()]
    await run_jobs()
    assert letter.id in [other.id for other in await jobs.failed()]


async def test_an_error_no_waiting_mends_is_buried_at_once(committed, org, run_jobs):
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            await jobs.defer(session, "test.cannot_be_mended")
    await run_jobs()
    assert [letter.attempts for letter in await jobs.failed() if letter.task == "test.cannot_be_mended"] == [1]


async def test_retrying_a_job_that_did_not_fail_is_refused(committed):
    with pytest.raises(NotFound):
        await jobs.retry(10**12)


def test_back_off_doubles_up_to_its_longest():
    class Run:
        attempts = 0

    backoff, waits = jobs.Backoff(attempts=20), []
    with clock.at(datetime(2026, 1, 1, tzinfo=UTC)):
        for attempt in range(12):
            Run.attempts = attempt
            decision = backoff.get_retry_decision(exception=Unavailable("x"), job=Run())
            assert decision
            assert decision.retry_at
            waits.append((decision.retry_at - clock.now()).total_seconds())
    assert all(2**n <= wait <= 2**n * 1.25 for n, wait in enumerate(waits[:8]))
    assert max(waits) <= 300 * 1.25


async def test_many_clocks_enqueue_each_tick_once(committed, run_jobs):
    wanted = scheduler.Tick(tick, 10)
    for seconds in ((0, 3, 9), (10, 12, 19), (20,), (9,)):
        moments = [datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC) for second in seconds]
        await asyncio.gather(*(scheduler.fire(wanted, moment) for moment in moments for _process in range(3)))
        await run_jobs()
    assert len(seen) == 3
    assert len(set(seen)) == 3
