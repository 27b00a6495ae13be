"""Read talks with the assistant; always those of one person of one organization."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.assistant import AssistantConversation, AssistantMessage, AssistantProposal


async def talks(session: AsyncSession, org_id: UUID, user_id: UUID, limit: int) -> Sequence[AssistantConversation]:
    """Return a person's talks, newest first."""
    query = (
        select(AssistantConversation)
        .where(AssistantConversation.org_id == org_id, AssistantConversation.user_id == user_id)
        .order_by(col(AssistantConversation.last_at).desc(), col(AssistantConversation.id).desc())
        .limit(limit)
    )
    return (await session.exec(query)).all()


async def talk(
    session: AsyncSession, org_id: UUID, user_id: UUID, talk_id: UUID, *, lock: bool = False
) -> AssistantConversation | None:
    """Return one of a person's talks, or None."""
    query = select(AssistantConversation).where(
        AssistantConversation.id == talk_id,
        AssistantConversation.org_id == org_id,
        AssistantConversation.user_id == user_id,
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def messages(session: AsyncSession, talk_id: UUID, limit: int) -> list[AssistantMessage]:
    """Return the newest messages of a talk, oldest first."""
    query = (
        select(AssistantMessage)
        .where(AssistantMessage.conversation_id == talk_id)
        .order_by(col(AssistantMessage.seq).desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return list((await session.exec(query)).all())[::-1]


async def said(session: AsyncSession, talk_id: UUID, limit: int) -> Sequence[str]:
    """Return what the person wrote in a talk, oldest first, the newest `limit` of it."""
    query = (
        select(AssistantMessage.body)
        .where(AssistantMessage.conversation_id == talk_id, AssistantMessage.role == "user")
        .order_by(col(AssistantMessage.seq).desc())
        .limit(limit)
    )
    return list((await session.exec(query)).all())[::-1]


async def newest_seq(session: AsyncSession, talk_id: UUID) -> int:
    """Return the place of a talk's newest message, 0 when it has none."""
    query = select(func.max(AssistantMessage.seq)).where(AssistantMessage.conversation_id == talk_id)
    return (await session.exec(query)).one() or 0


async def message(session: AsyncSession, org_id: UUID, message_id: UUID) -> AssistantMessage | None:
    """Return one message, locked, or None."""
    query = (
        select(AssistantMessage)
        .where(AssistantMessage.id == message_id, AssistantMessage.org_id == org_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.exec(query)).first()


async def proposals(session: AsyncSession, talk_id: UUID, message_ids: Sequence[UUID]) -> Sequence[AssistantProposal]:
    """Return what was proposed in these messages, in order."""
    query = (
        select(AssistantProposal)
        .where(
            AssistantProposal.conversation_id == talk_id,
            col(AssistantProposal.message_id).in_(message_ids),
        )
        .order_by(col(AssistantProposal.message_id), col(AssistantProposal.place))
        .execution_options(populate_existing=True)
    )
    return (await session.exec(query)).all()


async def proposal(session: AsyncSession, org_id: UUID, user_id: UUID, proposal_id: UUID) -> AssistantProposal | None:
    """Return one proposal made to a person, locked, or None."""
    query = (
        select(AssistantProposal)
        .where(
            AssistantProposal.id == proposal_id,
            AssistantProposal.org_id == org_id,
            AssistantProposal.user_id == user_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.exec(query)).first()
