"""Run the durable work of copied voices, and erase a person from them."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import jobs
from backend.core.personal_data import Person, erases
from backend.core.tenancy import org_scope
from backend.voice_copies import submitting


@jobs.task("voice_copies.submit", when_buried="voice_copies.give_up")
async def submit(org_id: str, copy_id: str) -> None:
    """Have a sample copied; running it again makes no second voice."""
    with org_scope(UUID(org_id)):
        await submitting.submit(UUID(copy_id))


@jobs.task("voice_copies.give_up")
async def give_up(org_id: str, copy_id: str) -> None:
    """Let go of a sample that the vendor did not take; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await submitting.give_up(UUID(copy_id))


@jobs.task("voice_copies.remove")
async def remove(org_id: str, copy_id: str) -> None:
    """Have a voice forgotten; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await submitting.remove(UUID(copy_id))


@jobs.task("voice_copies.forget")
async def forget(vendor_voice_id: str) -> None:
    """Have a voice forgotten whose person was erased; running it again changes nothing."""
    await submitting.forget(vendor_voice_id)


@erases("voice_copies")
async def _copies(session: AsyncSession, person: Person) -> int:
    """Delete copies of the person's voice, and have the vendor forget each."""
    gone = await session.execute(
        text("delete from voice_copies where org_id = :org and contact_id = any(:ids) returning vendor_voice_id"),
        {"org": person.org_id, "ids": list(person.contact_ids)},
    )
    found = [str(row[0]) for row in gone]
    for voice_id in found:
        if voice_id:
            await jobs.defer(session, "voice_copies.forget", vendor_voice_id=voice_id)
    return len(found)
