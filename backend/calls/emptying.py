"""Take the words out of calls that are kept no longer: what was said, whispered and noted, and what tools were told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import log
from backend.calls.schemas import LIVE, READ_ALONG
from backend.core import clock
from backend.core.ids import first_id
from backend.core.tenancy import org_id_of
from backend.models.calls import CallRecord

EMPTIED = "words.removed"
_WORDS = text("delete from call_events where org_id = :org and call_id = any(:calls) and kind = any(:kinds)")
_TOOLS = text(
    "update call_events set data = data - 'arguments' - 'message'"
    " where org_id = :org and call_id = any(:calls) and kind = 'tool.called'"
)


async def too_old(session: AsyncSession, before: datetime, most: int) -> list[UUID]:
    """Return up to `most` calls of before a moment that are over and still have their words, oldest first."""
    query = (
        select(col(CallRecord.id))
        .where(
            col(CallRecord.org_id) == org_id_of(session),
            col(CallRecord.emptied_at).is_(None),
            col(CallRecord.id) < first_id(before),
            col(CallRecord.status).not_in(LIVE),
        )
        .order_by(col(CallRecord.id))
        .limit(most)
    )
    return list((await session.execute(query)).scalars())


async def empty(session: AsyncSession, call_ids: Sequence[UUID]) -> None:
    """Remove the words of calls, and note in each that they were removed; their notes and figures stay."""
    given = {"org": org_id_of(session), "calls": list(call_ids)}
    await session.execute(_WORDS, {**given, "kinds": list(READ_ALONG)})
    await session.execute(_TOOLS, given)
    now = clock.now()
    for call_id in call_ids:
        await log.write(session, call_id, log.OURS, "emptied", EMPTIED, now, {})
        call = await session.get(CallRecord, call_id)
        if call is not None:
            call.emptied_at = now
            session.add(call)
    await session.flush()
