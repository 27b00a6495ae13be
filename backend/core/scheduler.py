"""Tell the time to the queue: APScheduler fires in every process, and each tick is enqueued exactly once.

The guarantee is a row of ours per tick, inserted in the transaction that enqueues its job: who comes second finds the
row. (The queue's own periodic table remembers only the newest tick of a task, so a process that fires late would
enqueue an older one again.)
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.core import jobs
from backend.core.logging import log
from backend.core.tenancy import platform_scope, unit_of_work

_FIRST = text(
    "insert into clock_ticks (task, nominal_at) values (:task, :nominal) on conflict do nothing returning task"
)


@dataclass(frozen=True)
class Tick:
    """A task that wants to run every `every_s` seconds, on round multiples of it since the epoch.

    At most one tick of a task waits, and unless it `may_overlap`, at most one runs: a slow vendor must not fill every
    worker with the same work.
    """

    job: Any
    every_s: int
    may_overlap: bool = False

    @property
    def name(self) -> str:
        """Name of the task, which is the tick's too."""
        return str(self.job.name)


def _nominal(every_s: int, moment: datetime) -> datetime:
    stamp = int(moment.timestamp())
    return datetime.fromtimestamp(stamp - stamp % every_s, tz=UTC)


async def fire(tick: Tick, moment: datetime | None = None) -> None:
    """Enqueue the tick that `moment` (default now) belongs to; harmless when another process already did."""
    nominal = _nominal(tick.every_s, moment or datetime.now(UTC))
    try:
        with platform_scope("tell the time"):
            async with unit_of_work() as session:
                if (await session.execute(_FIRST, {"task": tick.name, "nominal": nominal})).first() is not None:
                    key = f"tick:{tick.name}"
                    lock = None if tick.may_overlap else key
                    await jobs.defer(
                        session, tick.name, lock=lock, queueing_lock=key, timestamp=int(nominal.timestamp())
                    )
    except SQLAlchemyError as error:
        log.warning("clock.tick_lost", tick=tick.name, error=repr(error))


def start(ticks: list[Tick]) -> AsyncIOScheduler:
    """Start the clock on the running loop and return it; call `shutdown(wait=False)` to stop it."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    first = datetime.fromtimestamp(0, tz=UTC)
    for tick in ticks:
        scheduler.add_job(
            fire,
            IntervalTrigger(seconds=tick.every_s, start_date=first, timezone=UTC),
            args=[tick],
            id=tick.name,
            coalesce=True,
            misfire_grace_time=max(1, tick.every_s // 2),
        )
    scheduler.start()
    return scheduler
