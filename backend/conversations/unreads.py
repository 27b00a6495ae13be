"""Know what each person has not read: counted per person, and gone when they read it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, literal
from sqlalchemy import select as select_rows
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import queries
from backend.core import clock, realtime
from backend.core.errors import NotFound
from backend.core.tenancy import org_id_of
from backend.models.conversations import Conversation, ConversationUnread
from backend.models.organizations import OrganizationMember
from backend.vocab import MemberStatus

UNREAD_CAP = 100


async def unread_total(session: AsyncSession, user_id: UUID) -> int:
    """Return in how many conversations a person has something unread, at most `UNREAD_CAP`."""
    return await queries.unread_total(session, org_id_of(session), user_id, UNREAD_CAP)


async def unread_ids(session: AsyncSession, user_id: UUID) -> list[str]:
    """Return the conversations in which a person has something unread, at most `UNREAD_CAP`."""
    return [str(found) for found in await queries.unread_ids(session, org_id_of(session), user_id, UNREAD_CAP)]


async def mark_read(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> None:
    """Say that a person has read a conversation to its end; their other tabs hear of it."""
    gone = await session.execute(
        delete(ConversationUnread).where(
            col(ConversationUnread.org_id) == org_id_of(session),
            col(ConversationUnread.conversation_id) == conversation_id,
            col(ConversationUnread.user_id) == user_id,
        )
    )
    if gone.rowcount:  # type: ignore[attr-defined]
        await realtime.announce(
            session, org_id_of(session), "conversation.read", conversation_id=conversation_id, subject=str(user_id)
        )


async def mark_unread(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> None:
    """Put a conversation back among a person's unread ones. Raises `NotFound`."""
    org_id = org_id_of(session)
    query = select(Conversation.id).where(Conversation.org_id == org_id, Conversation.id == conversation_id)
    if (await session.exec(query)).first() is None:
        raise NotFound("This conversation does not exist.")
    row = ConversationUnread(org_id=org_id, conversation_id=conversation_id, user_id=user_id)
    await session.execute(insert(ConversationUnread).values(**row.model_dump()).on_conflict_do_nothing())
    await realtime.announce(session, org_id, "conversation.read", conversation_id=conversation_id, subject=str(user_id))


async def add_for_all(session: AsyncSession, conversation: Conversation) -> None:
    """Count one more unread item for every approved member."""
    members = select_rows(
        func.gen_random_uuid(),
        literal(conversation.org_id),
        literal(conversation.id),
        col(OrganizationMember.user_id),
        literal(1),
        literal(clock.now()),
        literal(clock.now()),
    ).where(
        col(OrganizationMember.org_id) == conversation.org_id,
        col(OrganizationMember.status) == MemberStatus.APPROVED,
    )
    columns = ["id", "org_id", "conversation_id", "user_id", "unread_count", "created_at", "updated_at"]
    await session.execute(
        insert(ConversationUnread)
        .from_select(columns, members)
        .on_conflict_do_update(
            index_elements=["user_id", "conversation_id"],
            set_={"unread_count": ConversationUnread.unread_count + 1},
        )
    )


async def mention(session: AsyncSession, conversation: Conversation, user_ids: Sequence[UUID]) -> None:
    """Count one more unread item for some people, whom it names."""
    now = clock.now()
    for user_id in user_ids:
        row = ConversationUnread(
            org_id=conversation.org_id,
            conversation_id=conversation.id,
            user_id=user_id,
            is_mentioned=True,
            created_at=now,
            updated_at=now,
        )
        await session.execute(
            insert(ConversationUnread)
            .values(**row.model_dump())
            .on_conflict_do_update(
                index_elements=["user_id", "conversation_id"],
                set_={"unread_count": ConversationUnread.unread_count + 1, "is_mentioned": True},
            )
        )
