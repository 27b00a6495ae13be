"""Tell the time to the queue: APScheduler fires in every process, and each tick is enqueued exactly once.

The guarantee is procrastinate's unique (task, periodic id, timestamp): a second process that fires the same second
finds the tick already there (measured: 3 unsynchronised schedulers, 10 ticks, 10 jobs).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import procrastinate
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from backend.core import jobs
from backend.core.logging import log


@dataclass(frozen=True)
class Tick:
    """A task that wants to run every `every_s` seconds, on round multiples of it since the epoch."""

    job: Any
    every_s: int

    @property
    def name(self) -> str:
        """Name of the tick in the queue."""
        return f"tick:{self.job.name}"


def _nominal(every_s: int, moment: datetime) -> datetime:
    stamp = int(moment.timestamp())
    return datetime.fromtimestamp(stamp - stamp % every_s, tz=UTC)


async def fire(tick: Tick, moment: datetime | None = None) -> None:
    """Enqueue the tick that `moment` (default now) belongs to; harmless when another process already did."""
    try:
        await jobs.defer_tick(tick.job, tick.name, _nominal(tick.every_s, moment or datetime.now(UTC)))
    except procrastinate.exceptions.AlreadyEnqueued:
        return
    except procrastinate.exceptions.ConnectorException as error:
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
