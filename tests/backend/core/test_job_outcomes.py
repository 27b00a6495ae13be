"""How a job ends: no outcome leaves it running, blocks its key, hides other failures or is lost with its worker."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from backend.core import clock, jobs, scheduler
from backend.core.errors import Unavailable
from backend.core.tenancy import org_scope, platform_scope, unit_of_work

ORG_KEY = "outcomes"
seen: list[str] = []
gave_up: list[str] = []


@jobs.task("test.outruns_itself")
async def outruns_itself(org_id: str) -> None:
    """Fail while the same work waits behind it, as a text that is edited again while it is indexed."""
    if not seen:
        seen.append("failed once")
        with platform_scope("enqueue again in a test"):
            async with unit_of_work() as session:
                await defer_it(session, org_id)
        raise Unavailable("not yet")
    seen.append("ran")


async def defer_it(session, org_id: str) -> None:
    await jobs.defer(session, "test.outruns_itself", lock=ORG_KEY, queueing_lock=ORG_KEY, org_id=org_id)


@jobs.task("test.note_again")
async def note_again(word: str) -> None:
    seen.append(word)


@jobs.task("test.broken_tick", is_tick=True)
async def broken_tick(timestamp: int) -> None:
    seen.append("tick")
    raise RuntimeError("the carrier is down")


@jobs.task("test.give_up")
async def give_up(word: str) -> None:
    gave_up.append(word)


@jobs.task("test.hopeless", retry=jobs.Backoff(attempts=1), when_buried="test.give_up")
async def hopeless(word: str) -> None:
    raise RuntimeError("a bug")


@pytest.fixture(autouse=True)
def forget() -> None:
    seen.clear()
    gave_up.clear()


async def rows(task: str) -> list[tuple[str, int]]:
    with platform_scope("look at the queue in a test"):
        async with unit_of_work() as session:
            found = await session.execute(
                text("select status::text, attempts from procrastinate_jobs where task_name = :task order by id"),
                {"task": task},
            )
            return [(row.status, row.attempts) for row in found]


async def leave_running(task: str, attempts: int, **options: str | None) -> None:
    """Make a job look as a dead worker leaves it: running, and its worker gone."""
    with platform_scope("leave a job in a test"):
        async with unit_of_work() as session:
            await jobs.defer(session, task, **options)  # type: ignore[arg-type]
            await session.execute(
                text("update procrastinate_jobs set status = 'doing', attempts = :n where task_name = :task"),
                {"task": task, "n": attempts},
            )


async def test_a_job_that_fails_while_its_double_waits_gives_way_to_it(committed, org, run_jobs):
    with org_scope(org.org_id):
        async with unit_of_work() as session:
            await defer_it(session, str(org.org_id))
    await run_jobs()
    assert seen == ["failed once", "ran"]
    assert await rows("test.outruns_itself") == []


async def test_a_dead_workers_job_whose_double_waits_keeps_nobody_elses_from_being_revived(committed, run_jobs):
    seen.append("later")
    await leave_running("test.outruns_itself", 0, lock=ORG_KEY, queueing_lock=ORG_KEY, org_id="none")
    with platform_scope("enqueue in a test"):
        async with unit_of_work() as session:
            await defer_it(session, "none")
    await leave_running("test.note_again", 0, word="revived")
    await jobs.requeue_stalled()
    await run_jobs()
    assert sorted(seen) == ["later", "ran", "revived"]


async def test_a_job_that_kills_every_worker_is_buried_in_the_end(committed):
    await leave_running("test.note_again", jobs.DEATHS, word="poison")
    await jobs.requeue_stalled()
    assert [status for status, _ in await rows("test.note_again")] == ["failed"]


async def test_a_tick_that_fails_is_no_dead_letter(committed, run_jobs):
    await scheduler.fire(scheduler.Tick(broken_tick, 10), datetime(2026, 3, 1, tzinfo=UTC))
    await run_jobs()
    assert seen == ["tick"]
    assert await rows("test.broken_tick") == []


async def test_ticks_of_one_task_do_not_pile_up_behind_a_slow_one(committed):
    wanted = scheduler.Tick(broken_tick, 10)
    start = datetime(2026, 3, 2, tzinfo=UTC)
    for place in range(5):
        await scheduler.fire(wanted, start + timedelta(seconds=10 * place))
    assert len(await rows("test.broken_tick")) == 1


async def test_two_ticks_of_one_task_never_run_at_once(committed):
    await leave_running("test.broken_tick", 0, lock="tick:test.broken_tick", timestamp="0")
    await scheduler.fire(scheduler.Tick(broken_tick, 10), datetime(2026, 3, 3, tzinfo=UTC))
    fetched = await jobs.queue.job_manager.fetch_job(queues=None, worker_id=None)  # type: ignore[arg-type]
    assert fetched is None


async def test_what_gives_up_for_good_hands_its_work_on(committed, run_jobs):
    with platform_scope("enqueue in a test"):
        async with unit_of_work() as session:
            await jobs.defer(session, "test.hopeless", word="an answer")
    await run_jobs()
    assert gave_up == ["an answer"]
    assert [status for status, _ in await rows("test.hopeless")] == ["failed"]


def test_a_job_stopped_with_its_worker_runs_again_however_often_it_ran():
    class Run:
        attempts = 7

    with clock.at(datetime(2026, 1, 1, tzinfo=UTC)):
        decision = jobs.Backoff(attempts=8).get_retry_decision(exception=asyncio.CancelledError(), job=Run())  # type: ignore[arg-type]
        assert decision is not None
        assert decision.retry_at == clock.now()
