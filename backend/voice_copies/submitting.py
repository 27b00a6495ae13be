"""Have the vendor make and forget voices: each step may run twice, and leaves one voice or none."""

import base64
from uuid import UUID

from backend.core import realtime
from backend.core.errors import VendorError
from backend.core.tenancy import org_id_of, unit_of_work
from backend.vendors import elevenlabs
from backend.vocab import VoiceCopyStatus
from backend.voice_copies import queries
from backend.voice_copies.service import CHANGED

_GAVE_UP = "The voice could not be made."


async def submit(copy_id: UUID) -> None:
    """Have a sample copied, and let go of it; runs in the organization scope of its caller.

    Raises `VendorError` to be tried again.
    """
    async with unit_of_work() as session:
        found = await queries.one(session, org_id_of(session), copy_id)
    if found is None or found.status == VoiceCopyStatus.REMOVING:
        # It was erased or is removed, perhaps after a try whose answer was lost.
        await _leave_nothing(copy_id)
        return
    if found.status != VoiceCopyStatus.SUBMITTING:
        return
    try:
        voice_id = await elevenlabs.add_voice(found.name, found.id.hex, base64.b64decode(found.sample))
    except VendorError as error:
        if error.is_retryable:
            raise
        await _settle(copy_id, failure=error.message)
        return
    if not await _settle(copy_id, voice_id):
        # It was removed or erased meanwhile.
        await elevenlabs.delete_voice(voice_id)


async def give_up(copy_id: UUID) -> None:
    """Keep that the vendor made no voice, and let go of the sample. Raises `VendorError` to be tried again."""
    if await _settle(copy_id, failure=_GAVE_UP):
        await _leave_nothing(copy_id)


async def remove(copy_id: UUID) -> None:
    """Have a voice forgotten at the vendor, and its row with it. Raises `VendorError` to be tried again."""
    async with unit_of_work() as session:
        found = await queries.one(session, org_id_of(session), copy_id)
    if found is None or found.status != VoiceCopyStatus.REMOVING:
        return
    if found.vendor_voice_id:
        await elevenlabs.delete_voice(found.vendor_voice_id)
    async with unit_of_work() as session:
        row = await queries.one(session, org_id_of(session), copy_id, for_update=True)
        if row is not None:
            await session.delete(row)
            await session.flush()
            await realtime.announce(session, row.org_id, CHANGED)


async def forget(vendor_voice_id: str) -> None:
    """Have a voice forgotten whose person was erased. Raises `VendorError` to be tried again."""
    await elevenlabs.delete_voice(vendor_voice_id)


async def _leave_nothing(copy_id: UUID) -> None:
    if voice_id := await elevenlabs.find_voice(copy_id.hex):
        await elevenlabs.delete_voice(voice_id)


async def _settle(copy_id: UUID, voice_id: str = "", failure: str = "") -> bool:
    """Keep what the vendor made of a sample, which goes; False where nobody waits for it any more."""
    async with unit_of_work() as session:
        row = await queries.one(session, org_id_of(session), copy_id, for_update=True)
        if row is None or row.status != VoiceCopyStatus.SUBMITTING:
            return row is not None and bool(voice_id) and row.vendor_voice_id == voice_id
        row.status = VoiceCopyStatus.FAILED if failure else VoiceCopyStatus.READY
        row.vendor_voice_id, row.failure, row.sample = voice_id, failure, ""
        session.add(row)
        await session.flush()
        await realtime.announce(session, row.org_id, CHANGED)
        return True
