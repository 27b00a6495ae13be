"""Write down how each job ended, so that none stays `running` for ever under a live worker and keeps its lock.

The queue takes a job for dead by its worker's heartbeat alone. A worker that lives but could not write an outcome
(a lost connection, or the same work waiting already under the job's queueing lock) would hold the job's lock until it
is restarted.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import psycopg
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from backend.core.job_contact import Listening
from backend.core.logging import log

# Longer troubles end the worker by its heartbeat (10 s), and then the janitor finds its jobs.
_PAUSES_S = (0.2, 0.5, 1.0, 2.0, 4.0)


class Outcomes(Listening):
    """The queue's own manager with outcomes that are always written.

    `bury` is told of each job that gives up, and `freed` when a lock is free: the next job under it was enqueued long
    ago, so that nobody else would wake a worker for it before its next look at the table.
    """

    def __init__(
        self, connector: Any, bury: Callable[[Job], Awaitable[None]], freed: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(connector)
        self._bury, self._freed = bury, freed

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Put a job back; when its double waits already, the double does the work and the job is gone."""
        again = super().retry_job
        try:
            await _surely(lambda: again(job, retry_at, priority, queue, lock))
        except UniqueViolation:
            log.info("job.gave_way", job=job.task_name, id=job.id)
            await self.finish_job(job, Status.ABORTED, delete_job=True)

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End a job. What failed for good hands its work on first, so that it is handed on even if we die here."""
        if status == Status.FAILED:
            await _surely(lambda: self._bury(job))
        end = super().finish_job
        await _surely(lambda: end(job, status, delete_job))
        if job.lock:
            self._freed()


async def _surely(write: Callable[[], Awaitable[None]]) -> None:
    """Write over a blip of the connection. An outcome the database holds already is written."""
    for pause in (*_PAUSES_S, None):
        try:
            return await write()
        except UniqueViolation:
            raise
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.errors.RaiseException):
                return None  # the job is not running any more: an earlier try, or another process, has settled it
            if pause is None:
                raise
            log.warning("job.outcome_not_written", error=str(error.__cause__ or error).strip())
            await asyncio.sleep(pause)
