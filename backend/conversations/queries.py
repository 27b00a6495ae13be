"""Read conversations: one page of the list, one page of a timeline, each by index at any size."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, and_, exists, func, or_, select, tuple_
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations.schemas import Cursor, ListFilter
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem, ConversationUnread
from backend.models.organizations import OrganizationMember

_C = Conversation
_LIST_COLUMNS: tuple[Any, ...] = (
    col(_C.id).label("id"),
    col(_C.contact_id).label("contact_id"),
    col(_C.status).label("status"),
    col(_C.answer_mode).label("answer_mode"),
    col(_C.paused_until).label("paused_until"),
    col(_C.needs_person).label("needs_person"),
    col(_C.assignee_id).label("assignee_id"),
    col(_C.last_seq).label("last_seq"),
    col(_C.last_item_at).label("last_item_at"),
    col(_C.last_preview).label("last_preview"),
    col(_C.last_channel).label("last_channel"),
    col(_C.last_direction).label("last_direction"),
    col(_C.last_author_kind).label("last_author_kind"),
    col(_C.last_status).label("last_status"),
    col(Contact.name).label("name"),
    col(Contact.phone_number).label("phone_number"),
    func.coalesce(col(OrganizationMember.full_name), "").label("assignee_name"),
)


def _rows(org_id: UUID) -> Select[Any]:
    return (
        select(*_LIST_COLUMNS)
        .join(Contact, col(Contact.id) == col(_C.contact_id))
        .outerjoin(
            OrganizationMember,
            and_(col(OrganizationMember.user_id) == col(_C.assignee_id), col(OrganizationMember.org_id) == org_id),
        )
        .where(col(_C.org_id) == org_id)
    )


async def page(
    session: AsyncSession, org_id: UUID, viewer_id: UUID, wanted: ListFilter, after: Cursor | None, limit: int
) -> Sequence[RowMapping]:
    """Return up to `limit` list rows, newest first, with the viewer's unread count as `unread`."""
    mine = and_(col(ConversationUnread.conversation_id) == col(_C.id), col(ConversationUnread.user_id) == viewer_id)
    unread = func.coalesce(
        select(col(ConversationUnread.unread_count)).where(mine).correlate(_C).scalar_subquery(), 0
    ).label("unread")
    query = _rows(org_id).add_columns(unread).order_by(col(_C.last_item_at).desc(), col(_C.id).desc()).limit(limit)
    if wanted.status != "any":
        query = query.where(col(_C.status) == wanted.status)
    if wanted.view == "mine":
        query = query.where(col(_C.assignee_id) == viewer_id)
    elif wanted.view == "unassigned":
        query = query.where(col(_C.assignee_id).is_(None))
    elif wanted.view == "unread":
        query = query.where(exists().where(mine))
    if wanted.search.strip():
        query = query.where(_matches(wanted.search))
    if after is not None:
        query = query.where(tuple_(col(_C.last_item_at), col(_C.id)) < (after.at, after.id))
    return (await session.execute(query)).mappings().all()


def _matches(text: str) -> Any:
    words = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    digits = "".join(character for character in text if character.isdigit())
    conditions = [col(Contact.name).ilike(f"%{words}%")]
    if len(digits) >= 3:
        conditions.append(col(Contact.phone_number).like(f"%{digits}%"))
    return or_(*conditions)


async def one(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> RowMapping | None:
    """Return one list row without an unread count, or None."""
    return (await session.execute(_rows(org_id).where(col(_C.id) == conversation_id))).mappings().first()


async def unread_of(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> dict[str, int]:
    """Return how many unread items each person has in a conversation, by user id."""
    rows = await session.execute(
        select(col(ConversationUnread.user_id), col(ConversationUnread.unread_count)).where(
            col(ConversationUnread.org_id) == org_id, col(ConversationUnread.conversation_id) == conversation_id
        )
    )
    return {str(user_id): count for user_id, count in rows}


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
        .order_by(col(ConversationItem.seq).desc())
        .limit(limit)
    )
    if before_seq is not None:
        query = query.where(col(ConversationItem.seq) < before_seq)
    return list(reversed((await session.execute(query)).scalars().all()))


async def item(session: AsyncSession, org_id: UUID, conversation_id: UUID, seq: int) -> ConversationItem | None:
    """Return one item by its place in the timeline, or None."""
    query = select(ConversationItem).where(
        col(ConversationItem.org_id) == org_id,
        col(ConversationItem.conversation_id) == conversation_id,
        col(ConversationItem.seq) == seq,
    )
    return (await session.execute(query)).scalars().first()
