"""Close calls whose end nobody told: the worker died, the carrier's callbacks got lost. The carrier is asked.

A call that is closed is settled as any other, so what was kept back for it is let go of.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import log, queries, room_calls, statuses
from backend.calls.projection import CARRIER, ENDED, Kind
from backend.calls.routing import LONGEST_S
from backend.calls.schemas import LIVE
from backend.core import clock
from backend.core.errors import VendorError
from backend.core.tenancy import org_id_of, unit_of_work
from backend.models.calls import CallRecord
from backend.vendors import livekit, signalwire
from backend.vocab import CallStatus

# Of a call nothing new is known for as long as it goes well; so often the carrier is asked about it.
QUIET = timedelta(minutes=5)
# Carriers end calls after four hours; one that nobody can ask about is over then.
LONGEST = timedelta(seconds=LONGEST_S, minutes=10)
AT_ONCE = 100
_UNKNOWN = "The carrier does not know this call any more."
_UNTOLD = "Nobody told how this call ended."
_C = CallRecord


async def quiet(session: AsyncSession, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return (organization, call) of calls that last and of which nothing was heard for a while (platform scope).

    Each is returned once in `QUIET`.
    """
    query = (
        select(col(_C.org_id), col(_C.id))
        .where(col(_C.status).in_(LIVE), col(_C.updated_at) < now - QUIET)
        .order_by(col(_C.updated_at))
        .limit(AT_ONCE)
    )
    found = [(row[0], row[1]) for row in await session.execute(query)]
    await session.execute(update(_C).where(col(_C.id).in_([call_id for _, call_id in found])).values(updated_at=now))
    return found


async def ask(call_id: UUID) -> None:
    """Ask the carrier about a call, and close it when it is over; runs in the organization scope of its caller.

    Nothing happens to a call that lasts or has ended. Raises a retryable `VendorError` while the carrier is away.
    """
    async with unit_of_work() as session:
        call = await queries.one(session, org_id_of(session), call_id)
        if call is None or call.status in ENDED:
            return
        sid, created_at, lasted = call.vendor_call_id, call.created_at, "own_s" if call.own_phone else "duration_s"
    if not sid:
        if clock.now() > created_at + LONGEST:
            await _close(call_id, _UNTOLD)
        return
    if livekit.is_room(sid):
        if await room_calls.has_ended(call_id):
            await _close(call_id, _UNTOLD)
        return
    try:
        told = await signalwire.call(sid)
    except VendorError as error:
        if error.code != "20404":
            raise
        await _close(call_id, _UNKNOWN)
        return
    end = statuses.end_of(told.status)
    if end is None:
        return
    async with unit_of_work() as session:
        at = told.ended_at or await _last_known(session, call_id)
        data = {"status": end, lasted: told.duration_s}
        await log.write(session, call_id, CARRIER, f"asked:{end}", Kind.ENDED, at, data)


async def _close(call_id: UUID, reason: str) -> None:
    """Close a call nobody knows of when it was last heard of: what happened after it costs nothing."""
    async with unit_of_work() as session:
        at = await _last_known(session, call_id)
        data = {"status": CallStatus.FAILED, "reason": reason}
        await log.write(session, call_id, log.OURS, "forgotten", Kind.ENDED, at, data)


async def _last_known(session: AsyncSession, call_id: UUID) -> datetime:
    return max((event.at for event in await queries.standing_events(session, call_id)), default=clock.now())
