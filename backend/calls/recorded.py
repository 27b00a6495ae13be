"""Have what others recorded of a call brought here, and say of which calls a recording may be kept."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import privacy, queries, records
from backend.core import jobs
from backend.core.tenancy import platform_scope, unit_of_work


async def have_brought(session: AsyncSession, org_id: UUID, call_id: UUID, sid: str, began_at: datetime) -> None:
    """Have a recording of the carrier's brought by a job; one that is here already stays as it is."""
    await jobs.defer(
        session,
        "recordings.bring",
        # The carrier's word and our own look may come at once: one job brings it, the next finds it.
        lock=f"recording:{sid}",
        queueing_lock=f"recording:{sid}",
        urgency=jobs.Urgency.CAN_WAIT,
        org_id=str(org_id),
        call_id=str(call_id),
        sid=sid,
        began_at=began_at.isoformat(),
    )


async def have_taken_up(session: AsyncSession, org_id: UUID, name: str) -> None:
    """Have a file of LiveKit's egress service taken up by a job; what is not named as ours are, is nobody's."""
    try:
        recording_id = UUID(Path(name).stem.partition("_")[2])
    except ValueError:
        return
    await jobs.defer(
        session,
        "recordings.complete",
        queueing_lock=f"recording:{recording_id}",
        org_id=str(org_id),
        recording_id=str(recording_id),
    )


async def may_be_kept(session: AsyncSession, call_id: UUID) -> bool:
    """Return whether a recording of a call may be kept: all that is said in it is, and it was not removed since.

    Raises `NotFound`.
    """
    call = await records.get(session, call_id)
    return call.emptied_at is None and await privacy.mode_of(session, call) == privacy.STORED


async def owner_of(vendor_call_id: str) -> tuple[UUID, UUID] | None:
    """Return (organization, call) of a call of the carrier's, or None where it is none of ours."""
    if not vendor_call_id:
        return None
    with platform_scope("find whose a call of the carrier is"):
        async with unit_of_work() as session:
            return await queries.by_vendor_id(session, vendor_call_id)
