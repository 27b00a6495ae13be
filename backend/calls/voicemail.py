"""Let callers leave a message where nobody takes their call, and have the team know of it.

The carrier speaks the words and records, so that this works while the voice process does not. Its recording is brought
here as any other (`backend/recordings/bringing.py`); where nothing of a call may be kept, no message is asked for.
"""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import log, queries, recorded, records
from backend.calls.projection import Kind
from backend.conversations import service as conversations
from backend.core import clock, jobs
from backend.core.tenancy import org_scope, unit_of_work

HEAR = "recordings.hear"
THANKS = "Thank you. Your message is on its way to the team. Goodbye."
_OFFERED = "voicemail"
_GREETING = (
    "Thank you for calling {name}. Nobody can take your call right now. Please leave a message after the tone, and"
    " press the pound key when you are done."
)
_LEFT = "The caller left a message."
# Whoever hangs up at the beep leaves a moment of silence.
SHORTEST_S = 1


def greeting(words: str, business_name: str) -> str:
    """Return what is said before the beep: the number's own words, else ours."""
    return words or _GREETING.format(name=business_name)


async def offer(session: AsyncSession, call_id: UUID) -> bool:
    """Keep that a caller may leave a message; False where nothing they say may be kept. Raises `NotFound`."""
    if not await recorded.may_be_kept(session, call_id):
        return False
    await log.write(session, call_id, log.OURS, _OFFERED, "voicemail.offered", clock.now(), {})
    return True


async def was_offered(session: AsyncSession, call_id: UUID) -> bool:
    """Return whether the caller of a call was asked for a message."""
    return await queries.event(session, call_id, log.OURS, _OFFERED) is not None


async def left(org_id: UUID, call_id: UUID, sid: str) -> None:
    """Keep that a caller left a message and call for the team, once for each recording; nothing else is one."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            if not await was_offered(session, call_id):
                return
            call = await records.get(session, call_id)
            told = {"reason": _LEFT}
            if await log.write(session, call_id, log.OURS, f"left:{sid}", Kind.VOICEMAIL_LEFT, clock.now(), told):
                # The call is locked before its conversation, as by everybody who writes its log.
                conversation = await conversations.locked(session, call.conversation_id, with_contact=False)
                await conversations.call_for_person(session, conversation, "the caller left a voicemail")


async def brought(org_id: UUID, call_id: UUID, recording_id: UUID, sid: str) -> None:
    """Have a message heard that lies here now, whether the carrier told of it or not. Effects: a durable job."""
    await left(org_id, call_id, sid)
    with org_scope(org_id):
        async with unit_of_work() as session:
            if await was_offered(session, call_id):
                await jobs.defer(
                    session,
                    HEAR,
                    queueing_lock=f"hear:{recording_id}",
                    org_id=str(org_id),
                    recording_id=str(recording_id),
                )
