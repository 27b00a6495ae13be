"""Mark many conversations read or unread for one person, and put their counts back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import realtime
from backend.core.tenancy import org_id_of
from backend.models.conversations import ConversationUnread
from backend.models.inbox import BulkChange


async def mark(
    session: AsyncSession, user_id: UUID, ids: Sequence[UUID], *, is_read: bool
) -> dict[UUID, dict[str, Any]]:
    """Mark conversations; return for each that changed what it had before: {"count", "mentioned"}."""
    org_id = org_id_of(session)
    before: dict[UUID, dict[str, Any]] = {}
    if is_read:
        gone = await session.exec(
            delete(ConversationUnread)
            .where(
                col(ConversationUnread.org_id) == org_id,
                col(ConversationUnread.user_id) == user_id,
                col(ConversationUnread.conversation_id).in_(ids),
            )
            .returning(
                col(ConversationUnread.conversation_id),
                col(ConversationUnread.unread_count),
                col(ConversationUnread.is_mentioned),
            )
        )
        before = {id: {"count": count, "mentioned": mentioned} for id, count, mentioned in gone.all()}
    elif ids:
        rows = [ConversationUnread(org_id=org_id, conversation_id=id, user_id=user_id).model_dump() for id in ids]
        added = await session.execute(
            insert(ConversationUnread)
            .values(rows)
            .on_conflict_do_nothing()
            .returning(col(ConversationUnread.conversation_id))
        )
        before = {id: {"count": 0, "mentioned": False} for id in added.scalars()}
    await _announce(session, user_id, list(before))
    return before


async def restore(session: AsyncSession, user_id: UUID, changes: Mapping[UUID, BulkChange]) -> None:
    """Give a person's unread counts back; what they read or missed since counts more than what they had then."""
    org_id = org_id_of(session)
    were_read = [id for id, change in changes.items() if not change.before.get("count")]
    if were_read:
        await session.exec(
            delete(ConversationUnread).where(
                col(ConversationUnread.org_id) == org_id,
                col(ConversationUnread.user_id) == user_id,
                col(ConversationUnread.conversation_id).in_(were_read),
                col(ConversationUnread.unread_count) == 1,
            )
        )
    rows = [
        ConversationUnread(
            org_id=org_id,
            conversation_id=id,
            user_id=user_id,
            unread_count=change.before["count"],
            is_mentioned=change.before["mentioned"],
        ).model_dump()
        for id, change in changes.items()
        if change.before.get("count")
    ]
    if rows:
        await session.execute(insert(ConversationUnread).values(rows).on_conflict_do_nothing())
    await _announce(session, user_id, list(changes))


async def _announce(session: AsyncSession, user_id: UUID, ids: Sequence[UUID]) -> None:
    if ids:
        await realtime.announce_many(
            session, org_id_of(session), "conversation.read", [(id, 0) for id in ids], subject=str(user_id)
        )
