"""Read and write what was found out in conversations."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.chat import ChatSession
from backend.models.details import ConversationDetail


async def found(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> list[ConversationDetail]:
    """Return what was found out in a conversation, oldest first."""
    query = (
        select(ConversationDetail)
        .where(col(ConversationDetail.org_id) == org_id, col(ConversationDetail.conversation_id) == conversation_id)
        .order_by(col(ConversationDetail.id))
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(query)).scalars())


async def claimed_chats(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> set[str]:
    """Return the chats of a conversation whose visitors say whose they are, and have not proved it."""
    query = select(col(ChatSession.id)).where(
        col(ChatSession.org_id) == org_id,
        col(ChatSession.conversation_id) == conversation_id,
        col(ChatSession.visitor_email) != "",
        col(ChatSession.is_verified).is_(False),
    )
    return {str(one) for one in (await session.execute(query)).scalars()}


async def put(session: AsyncSession, detail: ConversationDetail) -> None:
    """Keep a value under its name, in place of the one before."""
    made = insert(ConversationDetail).values(**detail.model_dump())
    kept = ("var_type", "content", "is_confirmed", "agent_id", "agent_name", "channel", "updated_at")
    await session.execute(
        made.on_conflict_do_update(
            index_elements=["conversation_id", "told_in", "name"],
            set_={name: made.excluded[name] for name in kept},
        )
    )
