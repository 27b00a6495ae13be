"""Keep recordings as the voice worker makes them: a row before the first sound, the rest when the file is whole.

Nothing is recorded of a call whose agent does not record, or keeps less than everything that is said: nobody can take
a number out of a voice. The same holds when nobody can say any more what the agent's settings were.
"""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import service as calls
from backend.core import clock, jobs
from backend.core.config import settings
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.recordings import CallRecording
from backend.recordings import egress, queries, sound
from backend.recordings.schemas import Begun
from backend.vocab import RecordingStatus

WORKER = "worker"
_TYPE = "audio/mpeg"


async def begin(call_id: UUID, line: str, delay_s: float, *, is_room: bool = False) -> Begun | None:
    """Keep that a line of a call is recorded from now on, or return None when it may not be.

    `delay_s` is how much silence the file has before its first sound; `is_room` says that the line is a room of
    LiveKit's, which its egress service records where that has a folder. Raises `NotFound`.
    """
    found = await calls.brief(call_id)
    if not calls.is_recorded(found.settings):
        return None
    made = CallRecording(
        id=new_id(),
        org_id=found.org_id,
        call_id=call_id,
        source=egress.LIVEKIT if is_room and settings().livekit_egress_dir else WORKER,
        name=line,
        content_type=_TYPE,
        channels=2,
        started_at=clock.ago(seconds=delay_s),
    )
    made.path = path_of(found.org_id, made.id)
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            session.add(made)
    path, elsewhere = settings().media_dir / made.path, egress.path_of(call_id, made.id)
    return Begun(made.id, found.org_id, path, elsewhere if made.source == egress.LIVEKIT else None)


async def made(begun: Begun) -> None:
    """Have a recording completed whose file is whole."""
    with org_scope(begun.org_id):
        async with unit_of_work() as session:
            await complete_soon(session, begun.org_id, begun.id)


async def complete_soon(session: AsyncSession, org_id: UUID, recording_id: UUID) -> None:
    """Have a recording completed by a job."""
    await jobs.defer(
        session,
        "recordings.complete",
        queueing_lock=f"recording:{recording_id}",
        org_id=str(org_id),
        recording_id=str(recording_id),
    )


async def complete(recording_id: UUID) -> None:
    """Write down what the file of a recording holds; runs in the organization scope of its caller.

    Running it again changes nothing, unless the file has grown.
    """
    async with unit_of_work() as session:
        org_id = org_id_of(session)
        found = await queries.one(session, org_id, recording_id)
    path = settings().media_dir / path_of(org_id, recording_id)
    if found is None:
        # It was erased while it was made.
        path.unlink(missing_ok=True)
        egress.forget(recording_id)
        return
    if found.source == egress.LIVEKIT and not path.exists() and not await egress.take_up(found, path):
        return
    size = sound.size(path)
    if found.status == RecordingStatus.READY and found.size_bytes == size:
        return
    heard = await sound.read(path) if size else None
    async with unit_of_work() as session:
        row = await queries.locked(session, org_id_of(session), recording_id)
        if row is None:
            return
        row.status = RecordingStatus.READY if heard else RecordingStatus.MISSING
        row.size_bytes = size
        if heard is not None:
            row.duration_ms, row.channels, row.peaks = heard.duration_ms, heard.channels, heard.peaks
        session.add(row)
        await session.flush()
        await calls.changed(session, row.call_id)


def path_of(org_id: UUID, recording_id: UUID) -> str:
    """Return where the file of a recording lies, below the media folder."""
    return f"{org_id}/{recording_id}"
