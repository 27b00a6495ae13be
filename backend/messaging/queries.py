"""Read and write texts in SQL: the webhook store, what is due, what is stuck, what an API caller lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, String, any_, cast, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.agents import AgentTurn
from backend.models.messaging import MessageMedia, ScheduledAction, SmsMessage
from backend.models.numbers import ServiceNumber
from backend.models.platform import InboundEvent, VendorCursor
from backend.vocab import ActionStatus, Direction, MessageStatus

_M = SmsMessage


@dataclass(frozen=True)
class Stuck:
    """A text of ours that has not come to an end."""

    id: UUID
    org_id: UUID
    conversation_id: UUID
    message_sid: str
    dedupe_key: str


async def number_by_address(session: AsyncSession, phone_number: str) -> ServiceNumber | None:
    """Return whoever owns a number (platform scope), or None."""
    query = select(ServiceNumber).where(col(ServiceNumber.phone_number) == phone_number)
    return (await session.execute(query)).scalars().first()


async def org_of_text(session: AsyncSession, message_id: UUID | None, sid: str) -> tuple[UUID, UUID] | None:
    """Return (organization, message) for one of our texts by our id or the carrier's (platform scope), or None."""
    query = select(col(_M.org_id), col(_M.id)).where(col(_M.direction) == Direction.OUTBOUND)
    for condition in (col(_M.id) == message_id if message_id else None, col(_M.message_sid) == sid):
        if condition is not None:
            found = (await session.execute(query.where(condition))).first()
            if found is not None:
                return found[0], found[1]
    return None


async def locked(session: AsyncSession, org_id: UUID, message_id: UUID) -> SmsMessage | None:
    """Return a text locked and fresh, or None."""
    query = select(_M).where(col(_M.org_id) == org_id, col(_M.id) == message_id)
    return (await session.execute(query.with_for_update().execution_options(populate_existing=True))).scalars().first()


async def count_attempt(session: AsyncSession, message_id: UUID, first_at: datetime) -> int:
    """Count one more attempt and return their number; `updated_at` stays, it says when we last asked to send."""
    counted = await session.execute(
        text(
            "update sms_messages set attempts = attempts + 1, attempted_at = coalesce(attempted_at, :first_at)"
            " where id = :id returning attempts"
        ),
        {"id": message_id, "first_at": first_at},
    )
    return int(counted.scalar_one())


async def by_dedupe_key(session: AsyncSession, org_id: UUID, key: str) -> SmsMessage | None:
    """Return the text already made under a key, or None."""
    query = select(_M).where(col(_M.org_id) == org_id, col(_M.dedupe_key) == key)
    return (await session.execute(query)).scalars().first()


async def sid_is_taken(session: AsyncSession, sid: str) -> bool:
    """Tell whether one of the organization's texts carries this carrier id."""
    return (await session.execute(select(col(_M.id)).where(col(_M.message_sid) == sid))).first() is not None


async def media_of(session: AsyncSession, org_id: UUID, message_ids: Sequence[UUID]) -> list[MessageMedia]:
    """Return the attachments of texts in their order."""
    query = (
        select(MessageMedia)
        .where(col(MessageMedia.org_id) == org_id, col(MessageMedia.message_id).in_(message_ids))
        .order_by(col(MessageMedia.message_id), col(MessageMedia.position))
    )
    return list((await session.execute(query)).scalars().all())


async def media(session: AsyncSession, org_id: UUID, media_id: UUID) -> MessageMedia | None:
    """Return one attachment, or None."""
    query = select(MessageMedia).where(col(MessageMedia.org_id) == org_id, col(MessageMedia.id) == media_id)
    return (await session.execute(query)).scalars().first()


async def same_body_among_last(session: AsyncSession, message: SmsMessage, window: int) -> int:
    """Return how many of the sender's last `window` texts to this number say exactly this."""
    recent = (
        select(col(_M.content).label("content"))
        .where(
            col(_M.org_id) == message.org_id,
            col(_M.conversation_id) == message.conversation_id,
            col(_M.direction) == Direction.INBOUND,
            col(_M.recipient_number) == message.recipient_number,
        )
        .order_by(col(_M.id).desc())
        .limit(window)
        .subquery()
    )
    return int(
        (
            await session.execute(select(func.count()).select_from(recent).where(recent.c.content == message.content))
        ).scalar_one()
    )


async def automatic_replies_since(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, sender: str, since: datetime
) -> int:
    """Return how many texts an agent sent from `sender` in a conversation since then."""
    query = (
        select(func.count())
        .select_from(_M)
        .where(
            col(_M.org_id) == org_id,
            col(_M.conversation_id) == conversation_id,
            col(_M.direction) == Direction.OUTBOUND,
            col(_M.is_ai_generated).is_(True),
            col(_M.sender_number) == sender,
            col(_M.created_at) >= since,
        )
    )
    return int((await session.execute(query)).scalar_one())


async def last_number_of(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> UUID | None:
    """Return the number the last text of a conversation went through, or None."""
    query = (
        select(col(_M.number_id))
        .where(col(_M.org_id) == org_id, col(_M.conversation_id) == conversation_id, col(_M.number_id).is_not(None))
        .order_by(col(_M.id).desc())
        .limit(1)
    )
    found: UUID | None = (await session.execute(query)).scalars().first()
    return found


async def note_reply(session: AsyncSession, org_id: UUID, turn_id: UUID, message_id: UUID) -> None:
    """Keep which text an agent's drafted turn became."""
    await session.execute(
        update(AgentTurn)
        .where(col(AgentTurn.org_id) == org_id, col(AgentTurn.id) == turn_id)
        .values(reply_message_id=message_id)
    )


async def claim_due(session: AsyncSession, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Take up to `limit` due actions for this caller alone (platform scope) and return their (id, org_id)."""
    due = (
        select(col(ScheduledAction.id))
        .where(col(ScheduledAction.status) == ActionStatus.PENDING, col(ScheduledAction.scheduled_at) <= now)
        .order_by(col(ScheduledAction.scheduled_at), col(ScheduledAction.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.execute(due)).scalars().all()
    if not ids:
        return []
    claimed = await session.execute(
        text(
            "update scheduled_actions set status = 'processing', updated_at = :now"
            " where id = any(:ids) returning id, org_id"
        ),
        {"ids": list(ids), "now": now},
    )
    return [(row.id, row.org_id) for row in claimed]


async def action_of_message(session: AsyncSession, org_id: UUID, message_id: UUID) -> ScheduledAction | None:
    """Return the action that will send a text, locked, or None."""
    query = select(ScheduledAction).where(
        col(ScheduledAction.org_id) == org_id,
        col(ScheduledAction.parameters)["message_id"].astext == str(message_id),
    )
    return (await session.execute(query.with_for_update())).scalars().first()


async def action(session: AsyncSession, org_id: UUID, action_id: UUID, *, lock: bool = False) -> ScheduledAction | None:
    """Return one scheduled action, or None."""
    query = select(ScheduledAction).where(col(ScheduledAction.org_id) == org_id, col(ScheduledAction.id) == action_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def actions(
    session: AsyncSession, org_id: UUID, status: str, action_type: str, limit: int, offset: int
) -> tuple[list[ScheduledAction], int]:
    """Return one page of scheduled actions, newest first, and how many there are."""
    query = select(ScheduledAction).where(col(ScheduledAction.org_id) == org_id)
    if status:
        query = query.where(col(ScheduledAction.status) == status)
    if action_type:
        query = query.where(col(ScheduledAction.action_type) == action_type)
    page = query.order_by(col(ScheduledAction.id).desc()).limit(limit).offset(offset)
    return list((await session.execute(page)).scalars().all()), await _count(session, query)


async def messages(
    session: AsyncSession,
    org_id: UUID,
    *,
    thread_id: UUID | None,
    direction: str,
    phone_number: str,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    offset: int,
) -> tuple[list[SmsMessage], int]:
    """Return one page of texts, newest first, and how many there are."""
    query = select(_M).where(col(_M.org_id) == org_id)
    if thread_id:
        query = query.where(col(_M.conversation_id) == thread_id)
    if direction:
        query = query.where(col(_M.direction) == direction)
    if phone_number:
        query = query.where(or_(col(_M.sender_number) == phone_number, col(_M.recipient_number) == phone_number))
    if since:
        query = query.where(col(_M.created_at) >= since)
    if until:
        query = query.where(col(_M.created_at) <= until)
    page = query.order_by(col(_M.id).desc()).limit(limit).offset(offset)
    return list((await session.execute(page)).scalars().all()), await _count(session, query)


async def _count(session: AsyncSession, query: Select[Any]) -> int:
    return int((await session.execute(select(func.count()).select_from(query.order_by(None).subquery()))).scalar_one())


async def stuck(session: AsyncSession, now: datetime, patience: timedelta, oldest: datetime, limit: int) -> list[Stuck]:
    """Return texts nothing was heard of for `patience` or longer, and half again as long after each look.

    Platform scope; least recently touched first, none made before `oldest`.
    """
    quiet = func.greatest(literal(patience), (col(_M.updated_at) - col(_M.created_at)) / 2)
    query = (
        select(col(_M.id), col(_M.org_id), col(_M.conversation_id), col(_M.message_sid), col(_M.dedupe_key))
        .where(
            col(_M.status).in_([MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.SENT]),
            col(_M.updated_at) + quiet < now,
            col(_M.created_at) > oldest,
        )
        .order_by(col(_M.updated_at))
        .limit(limit)
    )
    return [Stuck(*row) for row in await session.execute(query)]


async def owned_numbers(session: AsyncSession) -> dict[str, datetime]:
    """Return every number of every organization with the moment it became theirs (platform scope)."""
    rows = await session.execute(select(col(ServiceNumber.phone_number), col(ServiceNumber.created_at)))
    return {row.phone_number: row.created_at for row in rows}


async def known_events(session: AsyncSession, source: str, kind: str, external_ids: Sequence[str]) -> set[str]:
    """Return which of these webhooks are stored (platform scope)."""
    query = select(col(InboundEvent.external_id)).where(
        col(InboundEvent.source) == source,
        col(InboundEvent.kind) == kind,
        col(InboundEvent.external_id) == any_(cast(external_ids, ARRAY(String))),
    )
    return set((await session.execute(query)).scalars())


async def cursor(session: AsyncSession, name: str) -> datetime | None:
    """Return how far a vendor's list was seen (platform scope), or None when nobody looked yet."""
    return (
        await session.execute(select(col(VendorCursor.seen_until)).where(col(VendorCursor.name) == name))
    ).scalar_one_or_none()


async def move_cursor(session: AsyncSession, name: str, seen_until: datetime) -> None:
    """Keep how far a vendor's list was seen (platform scope)."""
    await session.execute(
        insert(VendorCursor)
        .values(name=name, seen_until=seen_until)
        .on_conflict_do_update(index_elements=["name"], set_={"seen_until": seen_until})
    )
