"""Bring what the carrier recorded of calls here: as soon as it tells of one, and later what it never told of.

A voicemail, or a call that the carrier was asked to record, is the carrier's until its file lies here, private as every
other. The same rule holds for it as for our own: nobody can take a number out of a voice, so nothing is kept of a call
whose agent keeps less than everything that is said, nor of one whose recordings were removed.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import service as calls
from backend.core import clock
from backend.core.config import settings
from backend.core.errors import NotFound, VendorError
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of, org_scope, platform_scope, unit_of_work
from backend.models.recordings import CallRecording
from backend.recordings import queries, sound
from backend.recordings.making import path_of
from backend.vendors import signalwire_recordings as carrier
from backend.vocab import RecordingStatus

CARRIER = "carrier"
# A callback that is still late after two days is lost, and with it all that the carrier tries again.
MISSED_FOR = timedelta(days=2)


async def bring(call_id: UUID, sid: str, began_at: datetime) -> None:
    """Store a recording of the carrier's; runs in the organization scope of its caller, and again changes nothing.

    Nothing is stored of a call that is gone, or of which nothing may be. Raises a retryable `VendorError`.
    """
    async with unit_of_work() as session:
        row = await _row(session, call_id, sid, began_at)
    if row is None:
        return
    if row.status != RecordingStatus.READY and not await _bring(row, sid):
        return
    # Also of one that was here before: the process may have died between.
    await calls.recording_brought(row.org_id, call_id, row.id, sid)


async def _bring(row: CallRecording, sid: str) -> bool:
    """Bring the file of a recording; False where there is none, or nobody wants it any more."""
    path = settings().media_dir / row.path
    partial = path.with_name(f".{path.name}")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        await carrier.bring(sid, partial)
    except VendorError as error:
        partial.unlink(missing_ok=True)
        if error.is_retryable:
            raise
        await _missing(row.id)
        return False
    heard = await sound.read(partial)
    async with unit_of_work() as session:
        found = await queries.locked(session, org_id_of(session), row.id)
        if found is None:
            # The person was erased meanwhile, or the organization keeps the call no longer.
            partial.unlink(missing_ok=True)
            return False
        found.status = RecordingStatus.READY if heard else RecordingStatus.MISSING
        if heard is None:
            partial.unlink(missing_ok=True)
        else:
            found.size_bytes = sound.size(partial)
            found.duration_ms, found.channels, found.peaks = heard.duration_ms, heard.channels, heard.peaks
            # Before the row says that it is there: what is rolled back is brought again.
            partial.replace(path)
        session.add(found)
        await session.flush()
        await calls.changed(session, found.call_id)
    return heard is not None


async def give_up(call_id: UUID, sid: str) -> None:
    """Show a recording as missing that could not be brought; runs in the organization scope of its caller."""
    async with unit_of_work() as session:
        row = await queries.by_name(session, org_id_of(session), call_id, CARRIER, sid)
    if row is not None:
        await _missing(row.id)


async def find_missed() -> None:
    """Have brought what the carrier recorded of our calls lately and we do not have: its callback got lost.

    Raises a retryable `VendorError` while the carrier is away.
    """
    listed = [one for one in await carrier.since(clock.now() - MISSED_FOR) if one.status == carrier.COMPLETED]
    with platform_scope("find which recordings of the carrier are here"):
        async with unit_of_work() as session:
            known = await queries.names(session, CARRIER, [one.sid for one in listed], RecordingStatus.READY)
    for one in listed:
        owned = await calls.owner_of_vendor_call(one.call_sid) if one.sid not in known else None
        if owned is None:
            continue
        org_id, call_id = owned
        with org_scope(org_id):
            async with unit_of_work() as session:
                if await _may_keep(session, call_id):
                    await calls.have_recording_brought(session, org_id, call_id, one.sid, one.started_at)


async def _may_keep(session: AsyncSession, call_id: UUID) -> bool:
    try:
        return await calls.may_keep_recordings(session, call_id)
    except NotFound:
        return False


async def _row(session: AsyncSession, call_id: UUID, sid: str, began_at: datetime) -> CallRecording | None:
    """Return the row of a recording, made where there is none; None where nothing may be kept of its call."""
    org_id = org_id_of(session)
    if not await _may_keep(session, call_id):
        return None
    found = await queries.by_name(session, org_id, call_id, CARRIER, sid)
    if found is not None:
        return found
    made = CallRecording(
        id=new_id(),
        org_id=org_id,
        call_id=call_id,
        source=CARRIER,
        name=sid,
        status=RecordingStatus.FETCHING,
        content_type=carrier.TYPE,
        started_at=began_at,
    )
    made.path = path_of(org_id, made.id)
    session.add(made)
    await session.flush()
    return made


async def _missing(recording_id: UUID) -> None:
    async with unit_of_work() as session:
        row = await queries.locked(session, org_id_of(session), recording_id)
        if row is not None and row.status == RecordingStatus.FETCHING:
            row.status = RecordingStatus.MISSING
            session.add(row)
            await session.flush()
            await calls.changed(session, row.call_id)
