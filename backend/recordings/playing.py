"""Let people hear recordings: members of the organization, and for an hour whoever has a signed link."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import service as calls
from backend.core.errors import NotFound
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.messaging import service as messaging
from backend.messaging.schemas import MediaFile
from backend.models.recordings import CallRecording
from backend.recordings import links, queries
from backend.recordings.making import WORKER
from backend.recordings.schemas import RecordingLink, RecordingView
from backend.vocab import RecordingStatus


async def of_call(session: AsyncSession, call_id: UUID) -> list[RecordingView]:
    """Return the recordings of a call in the order of time; those that hold nothing are left out."""
    found = await queries.of_call(session, org_id_of(session), call_id)
    return [_view(one) for one in found if one.status != RecordingStatus.MISSING]


async def open_file(session: AsyncSession, recording_id: UUID) -> MediaFile:
    """Return where a recording lies and how it may be served. Raises `NotFound`."""
    found = await _ready(session, recording_id)
    call = await calls.get(session, found.call_id)
    name = f"call-{call.started_at:%Y-%m-%d-%H%M}"
    return await messaging.kept_file(found.path, found.content_type, name)


async def open_signed(recording_id: UUID, org: str, until: str, seal: str) -> MediaFile:
    """Return the recording a signed link opens. Raises `NotFound`."""
    with org_scope(links.check(recording_id, org, until, seal)):
        async with unit_of_work() as session:
            return await open_file(session, recording_id)


async def peaks(session: AsyncSession, recording_id: UUID) -> list[list[int]]:
    """Return how loud each channel of a recording is along its length, from 0 to 100. Raises `NotFound`."""
    found = await _ready(session, recording_id)
    return [list(one) for one in found.peaks]


async def links_of(session: AsyncSession, call_id: UUID) -> list[RecordingLink]:
    """Return the recordings of a call for callers of the API, each with an address that works for an hour.

    Raises `NotFound` for a call that does not exist, or of which there is no recording (`no_recording`).
    """
    await calls.get(session, call_id)
    org_id = org_id_of(session)
    found = [one for one in await queries.of_call(session, org_id, call_id) if one.status != RecordingStatus.MISSING]
    if not found:
        raise NotFound("There is no recording of this call.", code="no_recording")
    return [_link(org_id, one) for one in found]


async def _ready(session: AsyncSession, recording_id: UUID) -> CallRecording:
    found = await queries.one(session, org_id_of(session), recording_id)
    if found is None or found.status != RecordingStatus.READY:
        raise NotFound("This recording does not exist.", code="recording_not_found")
    return found


def _view(found: CallRecording) -> RecordingView:
    return RecordingView(
        id=str(found.id),
        status=found.status,
        source=found.source,
        started_at=found.started_at.isoformat(),
        duration_ms=found.duration_ms,
        channels=found.channels,
    )


def _link(org_id: UUID, found: CallRecording) -> RecordingLink:
    is_ready = found.status == RecordingStatus.READY
    return RecordingLink(
        id=str(found.id),
        url=links.sign(org_id, found.id) if is_ready else None,
        label="main" if found.source == WORKER else found.source,
        duration_seconds=round(found.duration_ms / 1000),
        source=found.source,
        status="synced" if is_ready else "pending_sync",
        created_at=found.started_at.isoformat(),
    )
