"""Read and revive the queue's dead letters in the caller's transaction (platform scope)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

_FAILED = text(
    "select job.id, job.task_name, job.attempts, job.args,"
    " (select max(event.at) from procrastinate_events event where event.job_id = job.id and event.type = 'failed')"
    " as failed_at"
    " from procrastinate_jobs job where job.status = 'failed' order by job.id desc limit :limit"
)
_COUNT = text("select count(*) from procrastinate_jobs where status = 'failed'")
_LOCK = text("select id from procrastinate_jobs where id = :id and status = 'failed' for update")
# The queue's own function (procrastinate 3, schema.sql), so that its events and triggers stay right.
_RETRY = text("select procrastinate_retry_job_v2(:id, :at, null, null, null)")


async def failed(session: AsyncSession, limit: int) -> Sequence[Row[Any]]:
    """Return (id, task_name, attempts, args, failed_at) of the newest failed jobs."""
    return (await session.execute(_FAILED, {"limit": limit})).all()


async def failed_total(session: AsyncSession) -> int:
    """Return how many jobs have failed for good."""
    return int((await session.execute(_COUNT)).scalar_one())


async def lock_failed(session: AsyncSession, job_id: int) -> bool:
    """Hold a failed job for this transaction; False when there is none with this number."""
    return (await session.execute(_LOCK, {"id": job_id})).first() is not None


async def retry(session: AsyncSession, job_id: int, at: datetime) -> None:
    """Put a failed job back into the queue, due at `at`."""
    await session.execute(_RETRY, {"id": job_id, "at": at})
