"""Divide a person's one timeline into the times they were in touch, for whoever wants to go back to one."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations.schemas import Period
from backend.core.tenancy import org_id_of

# Who writes again after a long weekend has usually something new in mind.
SILENCE = timedelta(days=3)
SHOWN = 6
WORDS_LENGTH = 120

_EARLIER = text("""
with placed as (
    select seq, kind, happened_at, channel, body,
        count(*) filter (where kind = 'event') over (order by seq) as closings
    from conversation_items
    where org_id = :org and conversation_id = :conversation
        and (kind = 'message' or (kind = 'event' and data ->> 'status' = 'closed'))
), messages as (
    select *, closings is distinct from lag(closings) over (order by seq)
        or happened_at - lag(happened_at) over (order by seq) > :silence as is_first
    from placed where kind = 'message'
), numbered as (
    select *, count(*) filter (where is_first) over (order by seq) as period from messages
)
select min(seq) as seq, min(happened_at) as began, max(happened_at) as ended, count(*) as messages,
    array_agg(distinct channel order by channel) as channels, (array_agg(body order by seq))[1] as words
from numbered group by period order by period desc offset 1 limit :shown
""")


async def earlier(session: AsyncSession, conversation_id: UUID) -> list[Period]:
    """Return the last `SHOWN` times somebody was in touch before the newest one, the latest first.

    A time ends when the conversation is closed, or with a silence longer than `SILENCE`.
    """
    asked = {"org": org_id_of(session), "conversation": conversation_id, "silence": SILENCE, "shown": SHOWN}
    return [
        Period(
            seq=found.seq,
            began=found.began.isoformat(),
            ended=found.ended.isoformat(),
            messages=found.messages,
            channels=[channel for channel in found.channels if channel],
            words=" ".join(found.words.split())[:WORDS_LENGTH],
        )
        for found in (await session.execute(_EARLIER, asked)).all()
    ]
