"""Read conversations: one page of the list, one page of a timeline, each by index at any size."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    RowMapping,
    Select,
    Uuid,
    and_,
    any_,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.orm import defer
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations.schemas import Cursor, ListFilter
from backend.conversations.search import Asked
from backend.models.agents import AgentConfig
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem, ConversationTag, ConversationUnread
from backend.models.functions import ToolCall
from backend.models.organizations import OrganizationMember, Team

_C = Conversation
_tags = (
    select(func.array_agg(aggregate_order_by(col(ConversationTag.tag_id), col(ConversationTag.created_at))))
    .where(col(ConversationTag.conversation_id) == col(_C.id))
    .correlate(_C)
    .scalar_subquery()
)
# A draft decided keeps its kind, so that the index of drafts is never written again; few are drafts at all.
_drafted = and_(text("conversation_items.kind = 'draft'"), col(ConversationItem.status) == "pending")
_awaits = or_(
    exists().where(col(ToolCall.conversation_id) == col(_C.id), text("tool_calls.status = 'waiting'")).correlate(_C),
    exists().where(col(ConversationItem.conversation_id) == col(_C.id), _drafted).correlate(_C),
)
_LIST_COLUMNS: tuple[Any, ...] = (
    col(_C.id).label("id"),
    col(_C.contact_id).label("contact_id"),
    col(_C.status).label("status"),
    col(_C.snoozed_until).label("snoozed_until"),
    col(_C.answer_mode).label("answer_mode"),
    col(_C.paused_until).label("paused_until"),
    col(_C.needs_person).label("needs_person"),
    _awaits.label("awaits_approval"),
    col(_C.assignee_id).label("assignee_id"),
    col(_C.team_id).label("team_id"),
    col(_C.agent_id).label("agent_id"),
    col(_C.agent_version).label("agent_version"),
    col(_C.sentiment).label("sentiment"),
    col(_C.last_seq).label("last_seq"),
    col(_C.last_item_at).label("last_item_at"),
    col(_C.last_preview).label("last_preview"),
    col(_C.last_channel).label("last_channel"),
    col(_C.last_direction).label("last_direction"),
    col(_C.last_author_kind).label("last_author_kind"),
    col(_C.last_status).label("last_status"),
    col(Contact.name).label("name"),
    col(Contact.phone_number).label("phone_number"),
    col(Contact.email).label("email"),
    func.coalesce(col(OrganizationMember.full_name), "").label("assignee_name"),
    func.coalesce(col(Team.name), "").label("team_name"),
    func.coalesce(_tags, array([], type_=Uuid())).label("tag_ids"),
)


def _rows(org_id: UUID) -> Select[Any]:
    return (
        select(*_LIST_COLUMNS)
        .join(Contact, col(Contact.id) == col(_C.contact_id))
        .outerjoin(
            OrganizationMember,
            and_(col(OrganizationMember.user_id) == col(_C.assignee_id), col(OrganizationMember.org_id) == org_id),
        )
        .outerjoin(Team, col(Team.id) == col(_C.team_id))
        .where(col(_C.org_id) == org_id)
    )


def fitting(org_id: UUID, viewer_id: UUID, wanted: ListFilter, after: Cursor | None, limit: int) -> Select[Any]:
    """Return the query for ids of up to `limit` conversations that fit, newest first; what is searched for aside.

    It reads columns of one index alone, so that rare fits are found without reading rows.
    """
    columns: tuple[Any, ...] = (col(_C.id), col(_C.last_item_at))
    query = (
        select(*columns)
        .where(col(_C.org_id) == org_id, *_conditions(org_id, viewer_id, wanted))
        .order_by(col(_C.last_item_at).desc(), col(_C.id).desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(col(_C.last_item_at), col(_C.id)) < (after.at, after.id))
    return query


def _conditions(org_id: UUID, viewer_id: UUID, wanted: ListFilter) -> list[Any]:
    equal = {
        "last_channel": wanted.channel,
        "last_direction": wanted.direction,
        "agent_id": wanted.agent_id,
        "team_id": wanted.team_id,
        "sentiment": wanted.sentiment,
        "status": "" if wanted.status == "any" else wanted.status,
    }
    conditions: list[Any] = [col(getattr(_C, name)) == value for name, value in equal.items() if value]
    # A deleted contact takes the conversation along, until somebody brings both back. Asked so, PostgreSQL reads the
    # deleted ones once and looks each row up among them; as an anti-join it read all contacts for every row.
    gone = select(col(Contact.id)).where(col(Contact.org_id) == org_id, col(Contact.deleted_at).is_not(None))
    conditions.append(col(_C.contact_id).not_in(gone))
    if wanted.view == "mine":
        conditions.append(col(_C.assignee_id) == viewer_id)
    elif wanted.view == "unassigned":
        conditions.append(col(_C.assignee_id).is_(None))
    elif wanted.view in ("unread", "mentions"):
        unread = exists().where(_unread_of(viewer_id))
        if wanted.view == "mentions":
            unread = exists().where(_unread_of(viewer_id), col(ConversationUnread.is_mentioned))
        conditions.append(unread)
    if wanted.needs_person:
        conditions.append(col(_C.needs_person))
    if wanted.awaits_approval:
        # Few calls and drafts wait at any time: found by them, not by looking at every conversation.
        calls = select(col(ToolCall.conversation_id)).where(
            col(ToolCall.org_id) == org_id, text("tool_calls.status = 'waiting'")
        )
        drafts = select(col(ConversationItem.conversation_id)).where(col(ConversationItem.org_id) == org_id, _drafted)
        conditions.append(col(_C.id).in_(union_all(calls, drafts)))
    if wanted.tag_id is not None:
        conditions.append(
            exists().where(
                col(ConversationTag.conversation_id) == col(_C.id), col(ConversationTag.tag_id) == wanted.tag_id
            )
        )
    if wanted.since is not None:
        conditions.append(col(_C.last_item_at) >= wanted.since)
    if wanted.until is not None:
        conditions.append(col(_C.last_item_at) < wanted.until)
    return conditions


def _among(column: Any, ids: Sequence[UUID]) -> Any:
    """Return the condition that a column is one of any number of ids, sent as one array."""
    return col(column) == any_(literal(list(ids), ARRAY(Uuid)))


def _unread_of(viewer_id: UUID) -> Any:
    return and_(col(ConversationUnread.conversation_id) == col(_C.id), col(ConversationUnread.user_id) == viewer_id)


async def page(
    session: AsyncSession, org_id: UUID, viewer_id: UUID, wanted: ListFilter, after: Cursor | None, limit: int
) -> Sequence[RowMapping]:
    """Return up to `limit` list rows, newest first, with the viewer's `unread` and `mentioned`."""
    chosen = fitting(org_id, viewer_id, wanted, after, limit).subquery("chosen")
    return await _read(session, org_id, viewer_id, chosen)


async def rows_of(session: AsyncSession, org_id: UUID, viewer_id: UUID, ids: Sequence[UUID]) -> Sequence[RowMapping]:
    """Return the list rows of some conversations, newest first, as `page` does."""
    chosen = select(col(_C.id)).where(col(_C.org_id) == org_id, _among(_C.id, ids)).subquery("chosen")
    return await _read(session, org_id, viewer_id, chosen)


async def _read(session: AsyncSession, org_id: UUID, viewer_id: UUID, chosen: Any) -> Sequence[RowMapping]:
    query = (
        _rows(org_id)
        .join(chosen, chosen.c.id == col(_C.id))
        .outerjoin(ConversationUnread, _unread_of(viewer_id))
        .add_columns(
            func.coalesce(col(ConversationUnread.unread_count), 0).label("unread"),
            func.coalesce(col(ConversationUnread.is_mentioned), False).label("mentioned"),
        )
        .order_by(col(_C.last_item_at).desc(), col(_C.id).desc())
    )
    return (await session.execute(query)).mappings().all()


async def ids_fitting(
    session: AsyncSession, org_id: UUID, viewer_id: UUID, wanted: ListFilter, after: Cursor | None, limit: int
) -> list[Cursor]:
    """Return where up to `limit` conversations that fit stand in the list, newest first."""
    rows = await session.execute(fitting(org_id, viewer_id, wanted, after, limit))
    return [Cursor(at, conversation_id) for conversation_id, at in rows]


def _holds(asked: Asked) -> Any:
    """Return the condition that something said in a conversation, or what is known of its person, is asked for."""
    said = exists().where(
        col(ConversationItem.conversation_id) == col(_C.id),
        col(ConversationItem.words).op("@@")(text("cast(:said as tsquery)").bindparams(said=asked.said)),
    )
    known = exists().where(
        col(Contact.id) == col(_C.contact_id),
        col(Contact.search).op("@@")(text("cast(:known as tsquery)").bindparams(known=asked.known)),
    )
    return or_(said, known)


async def walk(
    session: AsyncSession,
    org_id: UUID,
    viewer_id: UUID,
    wanted: ListFilter,
    asked: Asked,
    after: Cursor | None,
    steps: int,
    limit: int,
) -> tuple[list[Cursor], Cursor | None]:
    """Look through the next `steps` conversations that fit, newest first.

    Return up to `limit` that hold what is asked for, and where the walk ended: None at the end of the list. This is
    quick for what stands in many conversations, and it ends.
    """
    passed = await ids_fitting(session, org_id, viewer_id, wanted, after, steps)
    if not passed:
        return [], None
    by_id = {place.id: place for place in passed}
    query = (
        select(col(_C.id))
        .where(col(_C.org_id) == org_id, _among(_C.id, list(by_id)), _holds(asked))
        .order_by(col(_C.last_item_at).desc(), col(_C.id).desc())
        .limit(limit)
    )
    found = [by_id[one] for one in (await session.execute(query)).scalars() if one in by_id]
    return found, passed[-1] if len(passed) == steps else None


async def candidates(session: AsyncSession, asked: Asked, most: int) -> tuple[list[UUID], list[UUID]] | None:
    """Return the conversations and the contacts that hold what is asked for, by index; None beyond `most` hits."""
    rows = (
        (
            await session.execute(
                text("select conversation_id from item_matches(cast(:said as tsquery), :most)"),
                {"said": asked.said, "most": most},
            )
        )
        .scalars()
        .all()
    )
    if len(rows) >= most:
        return None
    people = (
        (
            await session.execute(
                text("select id from contact_matches(cast(:known as tsquery), :most)"),
                {"known": asked.known, "most": most},
            )
        )
        .scalars()
        .all()
    )
    return None if len(people) >= most else (list(set(rows)), list(people))


async def among(
    session: AsyncSession,
    org_id: UUID,
    viewer_id: UUID,
    wanted: ListFilter,
    candidates: tuple[list[UUID], list[UUID]],
    after: Cursor | None,
    limit: int,
) -> list[Cursor]:
    """Return where up to `limit` of the candidates that fit stand in the list, newest first."""
    conversations, people = candidates
    some = or_(_among(_C.id, conversations), _among(_C.contact_id, people))
    rows = await session.execute(fitting(org_id, viewer_id, wanted, after, limit).where(some))
    return [Cursor(at, conversation_id) for conversation_id, at in rows]


async def of_people(session: AsyncSession, org_id: UUID, contact_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Return the conversations of contacts."""
    query = select(col(_C.id)).where(col(_C.org_id) == org_id, _among(_C.contact_id, contact_ids))
    return (await session.execute(query)).scalars().all()


async def matches(
    session: AsyncSession, org_id: UUID, asked: Asked, ids: Sequence[UUID]
) -> dict[UUID, tuple[int, str]]:
    """Return the newest item of each conversation that holds what is asked for: its place and its text."""
    query = text(
        "select chosen.id, hit.seq, hit.body from unnest(cast(:ids as uuid[])) chosen(id), lateral ("
        " select seq, body from conversation_items where org_id = :org and conversation_id = chosen.id"
        " and words @@ cast(:said as tsquery) order by seq desc limit 1) hit"
    )
    rows = await session.execute(query, {"ids": list(ids), "org": org_id, "said": asked.said})
    return {conversation_id: (seq, body) for conversation_id, seq, body in rows}


async def one(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> RowMapping | None:
    """Return one list row without an unread count, or None."""
    return (await session.execute(_rows(org_id).where(col(_C.id) == conversation_id))).mappings().first()


async def unread_of(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> dict[str, tuple[int, bool]]:
    """Return how many unread items each person has in a conversation, and whether one names them, by user id."""
    rows = await session.execute(
        select(
            col(ConversationUnread.user_id), col(ConversationUnread.unread_count), col(ConversationUnread.is_mentioned)
        ).where(col(ConversationUnread.org_id) == org_id, col(ConversationUnread.conversation_id) == conversation_id)
    )
    return {str(user_id): (count, is_mentioned) for user_id, count, is_mentioned in rows}


async def unread_total(session: AsyncSession, org_id: UUID, user_id: UUID, cap: int) -> int:
    """Return in how many conversations a person has something unread, counted up to `cap`."""
    some = (
        select(col(ConversationUnread.id))
        .where(col(ConversationUnread.org_id) == org_id, col(ConversationUnread.user_id) == user_id)
        .limit(cap)
        .subquery()
    )
    return int((await session.execute(select(func.count()).select_from(some))).scalar_one())


async def unread_ids(session: AsyncSession, org_id: UUID, user_id: UUID, cap: int) -> Sequence[UUID]:
    """Return up to `cap` conversations in which a person has something unread, in no order."""
    query = (
        select(col(ConversationUnread.conversation_id))
        .where(col(ConversationUnread.org_id) == org_id, col(ConversationUnread.user_id) == user_id)
        .limit(cap)
    )
    return (await session.execute(query)).scalars().all()


async def items(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, before_seq: int | None, limit: int
) -> list[ConversationItem]:
    """Return the last `limit` items before `before_seq` (or the newest), oldest first."""
    query = (
        select(ConversationItem)
        .where(col(ConversationItem.conversation_id) == conversation_id, col(ConversationItem.org_id) == org_id)
        .options(defer(ConversationItem.words))
        .order_by(col(ConversationItem.seq).desc())
        .limit(limit)
    )
    if before_seq is not None:
        query = query.where(col(ConversationItem.seq) < before_seq)
    return list(reversed((await session.execute(query)).scalars().all()))


async def item(session: AsyncSession, org_id: UUID, conversation_id: UUID, seq: int) -> ConversationItem | None:
    """Return one item by its place in the timeline, or None."""
    query = (
        select(ConversationItem)
        .where(
            col(ConversationItem.org_id) == org_id,
            col(ConversationItem.conversation_id) == conversation_id,
            col(ConversationItem.seq) == seq,
        )
        .options(defer(ConversationItem.words))
    )
    return (await session.execute(query)).scalars().first()


async def has_readers_elsewhere(session: AsyncSession, conversation: Conversation) -> bool:
    """Tell whether the team of a conversation's agent reads it in a language of its own (`translate_to`)."""
    if conversation.agent_id is None:
        return False
    query = select(AgentConfig.settings["translate_to"].astext).where(
        col(AgentConfig.id) == conversation.agent_id, col(AgentConfig.org_id) == conversation.org_id
    )
    return bool((await session.execute(query)).scalar())
