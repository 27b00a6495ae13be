"""Make one timeline of two when two contacts turn out to be one person.

Whatever points at the conversation that goes is moved by what the tables themselves say of their foreign keys, so that
a table added later is moved as well.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, UniqueConstraint, func, select, text
from sqlmodel import SQLModel, col
from sqlmodel import select as select_rows
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import items
from backend.core import realtime
from backend.core.tenancy import org_id_of
from backend.models.conversations import Conversation, ConversationItem
from backend.vocab import AnswerMode, ConversationStatus

# Moved with care of their own.
_BY_HAND = frozenset({"conversation_items", "conversation_unreads"})
_NEWEST = (
    "last_item_at", "last_preview", "last_channel", "last_direction", "last_author_kind", "last_status", "agent_id",
    "agent_version", "sentiment",
)  # fmt: skip

# Within each conversation the order stays, whatever its clock said; between the two, time decides. Numbers are taken
# off the table first, because a number may be used once; what keeps its number takes no part.
_SET_ASIDE = text("update conversation_items set seq = -seq where org_id = :org and conversation_id in (:keep, :drop)")
_SET_CHAT_ASIDE = text("""
update conversation_items set seq = -seq
where org_id = :org and (conversation_id = :keep or conversation_id = :drop and data ->> 'session_id' = :chat)
""")
_INTERLEAVE = text("""
with timed as (
    select id, conversation_id, -seq as old_seq, data ->> 'answers_seq' as answers,
        max(happened_at) over (partition by conversation_id order by -seq) as at
    from conversation_items where org_id = :org and conversation_id in (:keep, :drop) and seq < 0
), ordered as (
    select timed.*, row_number() over (order by at, conversation_id <> :keep, old_seq) as new_seq from timed
)
update conversation_items item set
    conversation_id = :keep,
    seq = ordered.new_seq,
    data = case when answered.new_seq is null then item.data
        else jsonb_set(item.data, '{answers_seq}', to_jsonb(answered.new_seq)) end
from ordered left join ordered answered
    on answered.conversation_id = ordered.conversation_id and answered.old_seq::text = ordered.answers
where item.id = ordered.id
""")
_FOLLOW_CHAT = text("""
with said as (
    update chat_messages set conversation_id = :keep
    where org_id = :org and session_id::text = :chat and conversation_id = :drop returning id
)
update agent_turns set conversation_id = :keep
where org_id = :org and conversation_id = :drop and trigger_message_id in (select id from said)
""")
_FOLLOW_CHAT_CALLS = text("""
update tool_calls set conversation_id = :keep
where org_id = :org and conversation_id = :drop
and turn_id in (select id from agent_turns where org_id = :org and conversation_id = :keep)
""")
_FOLLOW_CHAT_DETAILS = text("""
update conversation_details set conversation_id = :keep
where org_id = :org and conversation_id = :drop and told_in = :chat
""")
_FOLLOW_CHAT_BOOKINGS = text("""
update bookings set conversation_id = :keep
where org_id = :org and conversation_id = :drop and told_in = :chat
""")
_FOLLOW_CHAT_TICKETS = text("""
update support_tickets set conversation_id = :keep
where org_id = :org and conversation_id = :drop and told_in = :chat
""")
_FOLLOW_CHAT_ALERTS = text("""
update semantic_matches set conversation_id = :keep
where org_id = :org and conversation_id = :drop
and item_id in (select id from conversation_items where org_id = :org and conversation_id = :keep)
""")
_DOUBT = text("""
update conversation_items set data = data || '{"is_unverified": true}'
where org_id = :org and data ->> 'session_id' = :chat and kind = 'message'
and conversation_id = (select conversation_id from chat_sessions where org_id = :org and id::text = :chat)
""")
_NEWEST_MESSAGE = text("""
select happened_at, body, channel, direction, author_kind, status from conversation_items
where org_id = :org and conversation_id = :drop and kind = 'message' order by seq desc limit 1
""")
# What a person has not read are the last so many lines of the contact.
_MOVE_UNREADS = text("""
with said as (
    select data ->> 'session_id' as chat, row_number() over (order by seq desc) as back from conversation_items
    where org_id = :org and conversation_id = :drop and kind = 'message' and direction = 'inbound'
), covered as (
    select unread.id, unread.user_id, count(*) as lines
    from conversation_unreads unread join said on said.back <= unread.unread_count and said.chat = :chat
    where unread.org_id = :org and unread.conversation_id = :drop group by unread.id, unread.user_id
), added as (
    insert into conversation_unreads
        (id, created_at, updated_at, org_id, conversation_id, user_id, unread_count, is_mentioned)
    select gen_random_uuid(), now(), now(), :org, :keep, user_id, lines, false from covered
    on conflict (user_id, conversation_id)
    do update set unread_count = conversation_unreads.unread_count + excluded.unread_count
)
update conversation_unreads unread set unread_count = unread.unread_count - covered.lines
from covered where unread.id = covered.id
""")
_FORGET_READ = text("""
delete from conversation_unreads
where org_id = :org and conversation_id = :drop and unread_count <= 0 and not is_mentioned
""")
_HAS_SPOKEN = text("""
select exists (select 1 from conversation_items
where org_id = :org and conversation_id = :drop and data ->> 'session_id' = :chat and direction = 'inbound')
""")
_COUNT = text("select count(*) from conversation_items where org_id = :org and conversation_id = :drop")
_ADD_UNREADS = text("""
insert into conversation_unreads
    (id, created_at, updated_at, org_id, conversation_id, user_id, unread_count, is_mentioned)
select gen_random_uuid(), created_at, updated_at, org_id, :keep, user_id, unread_count, is_mentioned
from conversation_unreads where org_id = :org and conversation_id = :drop
on conflict (user_id, conversation_id)
do update set
    unread_count = conversation_unreads.unread_count + excluded.unread_count,
    is_mentioned = conversation_unreads.is_mentioned or excluded.is_mentioned
""")
_FORGET_UNREADS = text("delete from conversation_unreads where org_id = :org and conversation_id = :drop")


def pointing_at(name: str) -> list[tuple[Table, str]]:
    """Return every column that points at the ids of the table `name`, with its table."""
    return [
        (table, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == name for key in column.foreign_keys)
    ]


async def count_items(session: AsyncSession, contact_id: UUID) -> int:
    """Return how many lines a contact's timeline has."""
    query = (
        select(func.count())
        .select_from(ConversationItem)
        .join(Conversation, col(Conversation.id) == col(ConversationItem.conversation_id))
        .where(col(Conversation.org_id) == org_id_of(session), col(Conversation.contact_id) == contact_id)
    )
    return int((await session.execute(query)).scalar_one())


async def merge(session: AsyncSession, keep_contact_id: UUID, drop_contact_id: UUID, words: str) -> UUID | None:
    """Join the conversation of one contact into another's and return it, None when neither has one.

    The timelines interleave by time, what each person has not read adds up, and the livelier state wins: open before
    snoozed before closed, people before drafts before the agent. `words` become a line of the timeline. The caller has
    locked both contacts.
    """
    org_id = org_id_of(session)
    found = await session.exec(
        select_rows(Conversation)
        .where(Conversation.org_id == org_id, col(Conversation.contact_id).in_({keep_contact_id, drop_contact_id}))
        .order_by(col(Conversation.id))
        .with_for_update()
    )
    by_contact = {conversation.contact_id: conversation for conversation in found.all()}
    keep, drop = by_contact.get(keep_contact_id), by_contact.get(drop_contact_id)
    if drop is None:
        return keep.id if keep else None
    if keep is None:
        drop.contact_id = keep_contact_id
        session.add(drop)
        await session.flush()
        await items.note_event(session, drop, words)
        await realtime.announce(session, org_id, "conversation.renumbered", conversation_id=drop.id)
        return drop.id
    both = {"org": org_id, "keep": keep.id, "drop": drop.id}
    for statement in (_SET_ASIDE, _INTERLEAVE, _ADD_UNREADS):
        await session.execute(statement, both)
    for table, column in pointing_at("conversations"):
        if table.name not in _BY_HAND:
            await repoint(session, table, column, keep.id, drop.id)
    keep.last_seq += drop.last_seq
    _join_state(keep, drop)
    session.add(keep)
    dropped_id = drop.id
    await session.delete(drop)
    await session.flush()
    await items.note_event(session, keep, words)
    await realtime.announce(session, org_id, "conversation.merged", conversation_id=dropped_id, subject=str(keep.id))
    await realtime.announce(session, org_id, "conversation.renumbered", conversation_id=keep.id)
    return keep.id


async def move_chat(
    session: AsyncSession, session_id: UUID, left: Conversation, joined: Conversation, *, waits: bool
) -> None:
    """Move what was said in one web chat to another person's timeline, each line where its time puts it.

    What else the first holds stays there, numbered anew. What was open or unread of the chat is so where it goes, and a
    chat that `waits` for people calls for them there. Takes both conversations locked; the caller moves the session.
    """
    org_id = org_id_of(session)
    both = {"org": org_id, "keep": joined.id, "drop": left.id, "chat": str(session_id)}
    if (await session.execute(_HAS_SPOKEN, both)).scalar() and not await items.is_from_blocked(session, joined):
        await session.execute(_MOVE_UNREADS, both)
        await session.execute(_FORGET_READ, both)
        if left.status == ConversationStatus.OPEN:
            joined.status, joined.snoozed_until = ConversationStatus.OPEN, None
    joined.needs_person = joined.needs_person or waits
    joined.memory_due_at = _sooner(joined.memory_due_at, left.memory_due_at)
    await session.execute(_SET_CHAT_ASIDE, both)
    await session.execute(_INTERLEAVE, both)
    await session.execute(_FOLLOW_CHAT, both)
    await session.execute(_FOLLOW_CHAT_CALLS, both)
    await session.execute(_FOLLOW_CHAT_DETAILS, both)
    await session.execute(_FOLLOW_CHAT_BOOKINGS, both)
    await session.execute(_FOLLOW_CHAT_TICKETS, both)
    await session.execute(_FOLLOW_CHAT_ALERTS, both)
    remaining = int((await session.execute(_COUNT, both)).scalar_one())
    alone = {"org": org_id, "keep": left.id, "drop": left.id}
    await session.execute(_SET_ASIDE, alone)
    await session.execute(_INTERLEAVE, alone)
    moved = left.last_seq - remaining
    joined.last_seq, left.last_seq = joined.last_seq + moved, remaining
    if joined.agent_id is None:
        joined.agent_id, joined.agent_version = left.agent_id, left.agent_version
    await _read_newest(session, joined)
    if not await _read_newest(session, left):
        await session.execute(_ADD_UNREADS, both)
        await session.execute(_FORGET_UNREADS, both)
        left.last_preview = left.last_channel = left.last_direction = left.last_author_kind = left.last_status = ""
        left.status, left.needs_person = ConversationStatus.CLOSED, False
    session.add_all([left, joined])
    await session.flush()
    for one in (left, joined):
        await realtime.announce(session, org_id, "conversation.renumbered", conversation_id=one.id)


async def _read_newest(session: AsyncSession, one: Conversation) -> bool:
    """Take what a conversation shows of itself from its own newest message; return whether it has one."""
    newest = (await session.execute(_NEWEST_MESSAGE, {"org": one.org_id, "drop": one.id})).first()
    if newest is None:
        return False
    one.last_item_at, one.last_preview = newest.happened_at, " ".join(newest.body.split())[: items.PREVIEW_LENGTH]
    one.last_channel, one.last_direction = newest.channel, newest.direction
    one.last_author_kind, one.last_status = newest.author_kind, newest.status
    return True


async def doubt_chat(session: AsyncSession, session_id: UUID) -> None:
    """Mark what was said in a web chat: its visitor says who they are and proved nothing."""
    await session.execute(_DOUBT, {"org": org_id_of(session), "chat": str(session_id)})


async def repoint(session: AsyncSession, table: Table, column: str, keep_id: UUID, drop_id: UUID) -> None:
    """Let rows that point at one id point at another; a row the other has already stays, and goes with the first."""
    there = [
        f"not exists (select 1 from {table.name} other where other.{column} = :keep"  # noqa: S608 - names of our tables
        + "".join(f" and other.{part} = row.{part}" for part in parts)
        + ")"
        for parts in _unique_with(table, column)
    ]
    conditions = " and ".join([f"row.{column} = :drop", "row.org_id = :org", *there])
    await session.execute(
        text(f"update {table.name} row set {column} = :keep where {conditions}"),  # noqa: S608 - names of our tables
        {"keep": keep_id, "drop": drop_id, "org": org_id_of(session)},
    )


def _unique_with(table: Table, column: str) -> list[list[str]]:
    """Return for each key of a table that holds a column the other columns of that key."""
    keys = [[part.name for part in key.columns] for key in table.constraints if isinstance(key, UniqueConstraint)]
    keys += [[part.name for part in index.columns] for index in table.indexes if index.unique]
    return [[part for part in key if part != column] for key in keys if column in key]


def _join_state(keep: Conversation, drop: Conversation) -> None:
    states = {keep.status, drop.status}
    if drop.last_item_at > keep.last_item_at:
        for name in _NEWEST:
            setattr(keep, name, getattr(drop, name))
    if ConversationStatus.OPEN in states:
        keep.status, keep.snoozed_until = ConversationStatus.OPEN, None
    elif ConversationStatus.SNOOZED in states:
        keep.status = ConversationStatus.SNOOZED
        keep.snoozed_until = min(at for at in (keep.snoozed_until, drop.snoozed_until) if at is not None)
    modes = {keep.answer_mode: keep.paused_until, drop.answer_mode: drop.paused_until}
    if AnswerMode.HUMAN in modes:
        ends = [one.paused_until for one in (keep, drop) if one.answer_mode == AnswerMode.HUMAN]
        keep.answer_mode = AnswerMode.HUMAN
        keep.paused_until = None if None in ends else max(end for end in ends if end is not None)
    elif AnswerMode.DRAFT in modes:
        keep.answer_mode, keep.paused_until = AnswerMode.DRAFT, None
    keep.assignee_id = keep.assignee_id or drop.assignee_id
    keep.team_id = keep.team_id or drop.team_id
    keep.needs_person = keep.needs_person or drop.needs_person
    keep.memory_due_at = _sooner(keep.memory_due_at, drop.memory_due_at)


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other
