"""Complete a call that is over: keep what was found out in it, and have its webhooks told, once."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import log, privacy, queries
from backend.calls.schemas import LIVE
from backend.core import clock
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of
from backend.details import service as details
from backend.memory import service as memory
from backend.models.calls import CallRecord
from backend.models.webhooks import WebhookEvent
from backend.vocab import Channel

COMPLETED = "call.completed"
# Long enough after a call to be its last word, as with messages (memory.reading.IDLE).
READ_AFTER = timedelta(minutes=5)


async def complete(session: AsyncSession, call_id: UUID) -> None:
    """Complete a call that ended; running it again changes nothing that stands."""
    call = await queries.locked(session, org_id_of(session), call_id)
    if call is None or call.status in LIVE:
        return
    if not call.collected and await privacy.mode_of(session, call) == privacy.STORED:
        call.collected = await _collected(session, call)
        session.add(call)
    now = clock.now()
    if call.answered_at is not None:
        await memory.put_off(session, call.org_id, call.conversation_id, now + READ_AFTER)
    made = {"id": new_id(), "created_at": now, "updated_at": now, "org_id": call.org_id}
    await session.execute(
        insert(WebhookEvent).values(event=COMPLETED, call_id=call_id, **made).on_conflict_do_nothing()
    )
    await session.flush()
    await log.tell_tabs(session, call)


async def _collected(session: AsyncSession, call: CallRecord) -> dict[str, str]:
    """Return the details of the conversation that were found out, or found out anew, while the call lasted."""
    began, ended = call.started_at, call.ended_at or clock.now()
    found = await details.of_conversation(session, call.conversation_id)
    return {
        one["name"]: one["value"]
        for one in found
        if one["channel"] == Channel.CALL and began.isoformat() <= one["at"] <= (ended + log.LAST_WORDS).isoformat()
    }
