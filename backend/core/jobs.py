"""Run durable work from the PostgreSQL queue: enqueue in the caller's transaction, retry with back-off, bury visibly.

A job may run twice (a worker can die between its effect and its mark), so every task is idempotent. A job whose
attempts are used up, or whose error cannot pass by waiting, stays in the table as `failed`: the dead letter, which
`failed()` lists and `retry()` sends round again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import wraps
from typing import Any, ParamSpec

import procrastinate
from procrastinate.jobs import Job, Status
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock, rested, telemetry
from backend.core.db import conninfo, role_options
from backend.core.errors import MagpipeError, NotFound
from backend.core.job_bell import Bell
from backend.core.job_contact import Queue
from backend.core.job_outcomes import Outcomes
from backend.core.logging import log

P = ParamSpec("P")

# Workers beat every 10 s (procrastinate's default); two missed beats and a half, and their jobs belong to nobody.
STALLED_AFTER_S = 25
# A job that was running when so many workers died is taken for what kills them.
DEATHS = 10


class Urgency(IntEnum):
    """What goes first of all that is due; among equals what waited longest. A backlog of one level starves those below.

    So only what is quick, and bounded by what people do, is above `USUAL`.
    """

    CAN_WAIT = -1
    USUAL = 0
    SOON = 1
    """The last step of what somebody waits for, so that in a burst the first is served while the others queue."""
    FIRST = 2
    """What customers tell us: their STOP waits behind no backlog of ours."""


def _pool(*args: Any, **kwargs: Any) -> AsyncConnectionPool:
    """Make the queue's pool when it is opened, so that importing this module needs no database address."""
    return AsyncConnectionPool(
        conninfo(),
        kwargs={**role_options(), "connect_timeout": 5},
        configure=_commit_by_itself,
        **kwargs | {"check": rested.check},
    )


async def _commit_by_itself(connection: AsyncConnection[Any]) -> None:
    """Make each statement its own transaction, which is all the queue asks for: BEGIN and COMMIT are round trips."""
    await connection.set_autocommit(True)


queue = Queue(connector=procrastinate.PsycopgConnector(pool_factory=_pool, min_size=1, max_size=8))
_bell = Bell(lambda: queue.connector)
_heirs: dict[str, str] = {}


async def _hand_on(job: Job) -> None:
    if heir := _heirs.get(job.task_name):
        await queue.configure_task(heir, allow_unknown=True).defer_async(**job.task_kwargs)


def _wake_for_freed_lock() -> None:
    """Have our own worker look for the job that a lock held up: it has room for one. Without a worker, ring for all."""
    if not queue.look_again():
        _bell.ring()


queue.job_manager = Outcomes(queue.connector, _hand_on, _wake_for_freed_lock)


class Backoff(procrastinate.BaseRetryStrategy):  # type: ignore[misc]
    """Wait 1, 2, 4 … seconds, at most `longest`, plus up to a quarter of chance; stop after `attempts` runs.

    Errors of ours that no waiting mends (`is_retryable` false) are buried at once. A job that was stopped with its
    worker did not fail: it runs again at once, however often it ran.
    """

    def __init__(self, attempts: int = 8, longest: timedelta = timedelta(minutes=5)) -> None:
        self.attempts = attempts
        self.longest_s = longest.total_seconds()

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        """Tell procrastinate when to run the job again, or None to bury it."""
        if isinstance(exception, asyncio.CancelledError):
            return procrastinate.RetryDecision(retry_at=clock.now())
        if isinstance(exception, MagpipeError) and not exception.is_retryable:
            return None
        if job.attempts + 1 >= self.attempts:
            return None
        wait = min(2.0**job.attempts, self.longest_s) * (1 + random.random() / 4)
        return procrastinate.RetryDecision(retry_at=clock.now() + timedelta(seconds=wait))


def task(
    name: str, *, retry: Backoff | None = None, is_tick: bool = False, when_buried: str = ""
) -> Callable[[Callable[P, Awaitable[None]]], Any]:
    """Register an async function as the durable task `name` (`domain.verb`); its arguments must be JSON.

    A job of the task `when_buried`, with the same arguments, is enqueued when one of this task gives up for good. The
    next tick does what a failed one (`is_tick`) left, so that is logged and is no dead letter.
    """
    if when_buried:
        _heirs[name] = when_buried

    def register(work: Callable[P, Awaitable[None]]) -> Any:
        @wraps(work)
        async def run(*args: P.args, **kwargs: P.kwargs) -> None:
            with telemetry.span(f"job {name}", {"job.name": name}):
                try:
                    await work(*args, **kwargs)
                except Exception as error:
                    log.warning("job.failed", job=name, error=repr(error), exc_info=not isinstance(error, MagpipeError))
                    if not is_tick:
                        raise

        return queue.task(name=name, retry=retry or Backoff())(run)

    return register


async def defer(
    session: AsyncSession,
    name: str,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    at: datetime | None = None,
    urgency: Urgency = Urgency.USUAL,
    **arguments: Any,
) -> None:
    """Enqueue the task `name` in the session's transaction: the job exists once that commits, and not before.

    Tasks go by name so that a service can enqueue work whose module imports the service. Jobs that share a `lock` run
    one at a time in the order they were enqueued, so a job with `at` in the future must not carry one. With a
    `queueing_lock` at most one waits; a second is dropped. `urgency` says what of all that is due goes first.
    """
    connection = (await (await session.connection()).get_raw_connection()).driver_connection
    _bell.set(session)
    deferrer = queue.configure_task(
        name,
        allow_unknown=True,
        connection=connection,
        lock=lock,
        queueing_lock=queueing_lock,
        schedule_at=at,
        priority=int(urgency),
    )
    if queueing_lock is None:
        await deferrer.defer_async(**arguments)
        return
    try:
        async with session.begin_nested():
            # A savepoint is only made once the session itself uses the connection.
            await session.connection()
            await deferrer.defer_async(**arguments)
    except procrastinate.exceptions.AlreadyEnqueued:
        log.debug("job.already_waiting", job=name, queueing_lock=queueing_lock)


@dataclass(frozen=True)
class FailedJob:
    """One dead letter, as an operator sees it."""

    id: int
    task: str
    arguments: dict[str, Any]
    attempts: int
    queue: str


async def failed(limit: int = 200) -> list[FailedJob]:
    """Return the dead letters, newest first, at most `limit`."""
    jobs = await queue.job_manager.list_jobs_async(status="failed")
    newest = sorted(jobs, key=lambda job: job.id or 0, reverse=True)[:limit]
    return [FailedJob(job.id or 0, job.task_name, dict(job.task_kwargs), job.attempts, job.queue) for job in newest]


async def retry(job_id: int) -> None:
    """Send one dead letter round again, at once. Raises `NotFound` when no failed job has that number."""
    jobs = [job for job in await queue.job_manager.list_jobs_async(id=job_id) if job.status == "failed"]
    if not jobs:
        raise NotFound(f"There is no failed job {job_id}.")
    await queue.job_manager.retry_job_by_id_async(job_id=job_id, retry_at=clock.now())


async def requeue_stalled() -> int:
    """Give the jobs of dead workers back to the queue and return how many there were (the janitor's work).

    One that outlived `DEATHS` workers, and all attempts its task has, is buried.
    """
    stalled = list(await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S))
    for job in stalled:
        known = queue.tasks.get(job.task_name)
        attempts = known.retry_strategy.attempts if known and isinstance(known.retry_strategy, Backoff) else 0
        log.warning("job.stalled", job=job.task_name, id=job.id, attempts=job.attempts)
        if job.attempts >= max(DEATHS, attempts):
            await queue.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await queue.job_manager.retry_job(job)
    return len(stalled)
