"""Find whom a skill is for: whose conversation ended, who has an appointment, and what they did since.

A conversation ends with messages that our side had the last word of, or with a call that somebody was talked with in.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

# What customers did last, by the order of the timeline, which nothing changes afterwards: they wrote, or talked with
# us on the telephone. A call counts once it is complete (`calls.completing`), so that whether it was read or paid for
# first makes no difference. Who merely typed a customer's address into a chat has not made the customer be in touch.
_LATEST = """
    select x.id, x.seq, x.happened_at, x.kind = 'call' as is_call, r.agent_id, r.sentiment, r.ended_at,
        e.id is not null as is_complete
    from conversation_items x
    left join call_records r on r.id = x.record_id and x.kind = 'call'
    left join webhook_events e on e.call_id = r.id and e.event = 'call.completed'
    where x.conversation_id = c.id and (
        (x.kind = 'message' and x.direction = 'inbound' and x.data ->> 'is_unverified' is distinct from 'true')
        or (x.kind = 'call' and r.status = 'completed'
            and r.disposition in ('answered_by_agent', 'answered_by_person', 'transferred', 'forwarded')))
    order by x.seq desc limit 1
"""
# Whose conversation ended: the last word is ours, or was a call's, or the team closed it; and nobody is on the line.
# `:oldest` keeps a skill that was just switched on from writing to everybody there ever was. The second look at it is
# for the index: no call takes longer than five hours (`calls.routing.LONGEST_S`).
_TALKS = """
select c.id as conversation_id, c.contact_id, i.id as item_id, t.ended_at
from conversations c
join contacts k on k.id = c.contact_id
cross join lateral (:latest:) i
cross join lateral (select greatest(c.last_item_at, i.ended_at) as ended_at) t
where c.org_id = :org and t.ended_at > :oldest and t.ended_at <= :newest
    and c.last_item_at > cast(:oldest as timestamptz) - interval '5 hours' and c.last_item_at <= :newest
    and (c.last_direction = 'outbound' or c.status = 'closed' or (i.is_call and not exists (
        select 1 from conversation_items y where y.conversation_id = c.id and y.seq > i.seq
            and y.kind in ('message', 'call') and y.direction = 'inbound')))
    and (i.is_complete or not i.is_call)
    and not exists (select 1 from call_records l where l.conversation_id = c.id
        and l.status in ('initiated', 'ringing', 'in_progress'))
    and k.deleted_at is null and k.merged_into_id is null
    and (:every_agent or (case when i.is_call then i.agent_id else c.agent_id end) = :agent)
    and (:contact is null or c.contact_id = :contact)
""".replace(":latest:", _LATEST)
# Whose date field names one of the days; the dates are stored as ISO 8601, which sorts as they do.
_DATES = """
select c.id as conversation_id, k.id as contact_id, k.custom_fields ->> cast(:date_field as text) as day
from contacts k
left join conversations c on c.contact_id = k.id
where k.org_id = :org and k.deleted_at is null and k.merged_into_id is null and not k.is_visitor
    and k.custom_fields ->> cast(:date_field as text) between :first and :last
    and (:contact is null or k.id = :contact)
"""
# What agents booked for customers, and stands. Who merely typed a customer's address booked nothing for them.
_BOOKINGS = """
select c.id as conversation_id, c.contact_id, b.id as booking_id, b.starts_at, b.timezone
from bookings b
join conversations c on c.id = b.conversation_id
join contacts k on k.id = c.contact_id
where b.org_id = :org and b.told_in = '' and b.status not in ('cancelled', 'rejected')
    and b.starts_at > :now and b.starts_at <= :furthest
    and k.deleted_at is null and k.merged_into_id is null
    and (:contact is null or k.id = :contact)
"""
_MOOD = """
select case when i.is_call and i.sentiment <> '' then i.sentiment else c.sentiment end
from conversations c
left join lateral (:latest:) i on true
where c.id = :conversation
""".replace(":latest:", _LATEST)
_TAGGED = """
    and (cardinality(cast(:tags_any as uuid[])) = 0 or exists (
        select 1 from contact_tags t where t.contact_id = k.id and t.tag_id = any(cast(:tags_any as uuid[]))))
    and not exists (
        select 1 from contact_tags t where t.contact_id = k.id and t.tag_id = any(cast(:tags_none as uuid[])))
"""
_NEW_TALK = """
    and not exists (select 1 from skill_deliveries d where d.agent_skill_id = :skill and not d.is_dry_run
        and d.occasion = 'talk:' || i.id)
order by t.ended_at, c.id limit :limit
"""
_NEW_DATE = """
    and not exists (select 1 from skill_deliveries d where d.agent_skill_id = :skill and not d.is_dry_run
        and d.occasion = concat_ws(':', 'date', cast(:date_field as text),
            k.custom_fields ->> cast(:date_field as text), k.id))
order by day, k.id limit :limit
"""
_NEW_BOOKING = """
    and not exists (select 1 from skill_deliveries d where d.agent_skill_id = :skill and not d.is_dry_run
        and d.occasion = concat_ws(':', 'booking', b.id, extract(epoch from b.starts_at)::bigint))
order by b.starts_at, b.id limit :limit
"""


async def talks(session: AsyncSession, **asked: Any) -> list[Any]:
    """Return (conversation_id, contact_id, item_id, ended_at) of conversations that ended, the oldest first."""
    return list((await session.execute(_typed(_TALKS + _TAGGED + _NEW_TALK), asked)).all())


async def bookings(session: AsyncSession, **asked: Any) -> list[Any]:
    """Return (conversation_id, contact_id, booking_id, starts_at, timezone) of appointments, the nearest first."""
    return list((await session.execute(_typed(_BOOKINGS + _TAGGED + _NEW_BOOKING), asked)).all())


async def dates(session: AsyncSession, **asked: Any) -> list[Any]:
    """Return (conversation_id, contact_id, day) of contacts with an appointment, the nearest first."""
    return list((await session.execute(_typed(_DATES + _TAGGED + _NEW_DATE), asked)).all())


async def stands(session: AsyncSession, org_id: UUID, booking_id: UUID, starts_at: datetime) -> bool:
    """Tell whether an appointment still is to begin at a moment."""
    found = await session.execute(
        text(
            "select 1 from bookings where id = :booking and org_id = :org and starts_at = :starts_at"
            " and status not in ('cancelled', 'rejected')"
        ),
        {"booking": booking_id, "org": org_id, "starts_at": starts_at},
    )
    return found.first() is not None


async def has_been_in_touch_since(session: AsyncSession, conversation_id: UUID, since: datetime) -> bool:
    """Tell whether the customer of a conversation wrote or called after a moment."""
    found = await session.execute(
        text(
            "select 1 from conversation_items where conversation_id = :conversation and kind in ('message', 'call')"
            " and direction = 'inbound' and happened_at > :since"
            " and data ->> 'is_unverified' is distinct from 'true' limit 1"
        ),
        {"conversation": conversation_id, "since": since},
    )
    return found.first() is not None


async def mood(session: AsyncSession, conversation_id: UUID) -> str:
    """Return how a customer sounded last, in a message or a call: positive, neutral, negative, or empty."""
    found = await session.execute(text(_MOOD), {"conversation": conversation_id})
    return str(found.scalar_one_or_none() or "")


def _typed(statement: str) -> Any:
    # PostgreSQL cannot tell the type of a lone parameter that may be null.
    return text(statement.replace(":contact is null", "cast(:contact as uuid) is null"))
