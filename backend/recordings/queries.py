"""Read and find recordings in SQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.calls import CallRecord
from backend.models.recordings import CallRecording
from backend.vocab import CallStatus, RecordingStatus

_R = CallRecording
# A worker that lives completes its recordings within seconds of the end of their line.
_LEFT_ALONE = timedelta(minutes=1)
# No call lasts longer: what is recorded then, its worker has forgotten.
_LONGEST = timedelta(hours=5)
_LIVE = (CallStatus.INITIATED, CallStatus.RINGING, CallStatus.IN_PROGRESS)


async def one(session: AsyncSession, org_id: UUID, recording_id: UUID) -> CallRecording | None:
    """Return a recording, or None."""
    query = select(_R).where(col(_R.org_id) == org_id, col(_R.id) == recording_id)
    return (await session.execute(query)).scalars().first()


async def by_name(session: AsyncSession, org_id: UUID, call_id: UUID, source: str, name: str) -> CallRecording | None:
    """Return the recording of a call that its source calls so, or None."""
    query = select(_R).where(
        col(_R.org_id) == org_id, col(_R.call_id) == call_id, col(_R.source) == source, col(_R.name) == name
    )
    return (await session.execute(query)).scalars().first()


async def names(session: AsyncSession, source: str, given: Sequence[str], status: str) -> set[str]:
    """Return which of these names of a source's recordings have a status (platform scope)."""
    query = select(col(_R.name)).where(col(_R.source) == source, col(_R.name).in_(given), col(_R.status) == status)
    return set((await session.execute(query)).scalars())


async def locked(session: AsyncSession, org_id: UUID, recording_id: UUID) -> CallRecording | None:
    """Return a recording locked and fresh, or None."""
    query = select(_R).where(col(_R.org_id) == org_id, col(_R.id) == recording_id)
    return (await session.execute(query.with_for_update().execution_options(populate_existing=True))).scalars().first()


async def of_call(session: AsyncSession, org_id: UUID, call_id: UUID) -> list[CallRecording]:
    """Return the recordings of a call in the order of time."""
    query = select(_R).where(col(_R.org_id) == org_id, col(_R.call_id) == call_id)
    return list((await session.execute(query.order_by(col(_R.started_at), col(_R.id)))).scalars())


async def unfinished(session: AsyncSession, now: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """Return (organization, recording) of recordings whose line is long gone, oldest first (platform scope)."""
    is_over = col(CallRecord.ended_at) < now - _LEFT_ALONE
    query = (
        select(col(_R.org_id), col(_R.id))
        .join(CallRecord, col(CallRecord.id) == col(_R.call_id))
        .where(
            col(_R.status) == RecordingStatus.RECORDING,
            col(_R.updated_at) < now - _LEFT_ALONE,
            or_(is_over & col(CallRecord.status).not_in(_LIVE), col(_R.started_at) < now - _LONGEST),
        )
        .order_by(col(_R.updated_at))
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]
