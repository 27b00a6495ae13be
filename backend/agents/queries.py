"""Read agents, what belongs to them, and their turns."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.agents import AgentConfig, AgentTurn
from backend.models.conversations import ConversationItem
from backend.models.knowledge import KnowledgeSource
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.models.platform import AuditEntry


async def agent(session: AsyncSession, org_id: UUID, agent_id: UUID, *, for_update: bool = False) -> AgentConfig | None:
    """Return one agent, or None."""
    query = select(AgentConfig).where(col(AgentConfig.id) == agent_id, col(AgentConfig.org_id) == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def agents(
    session: AsyncSession,
    org_id: UUID,
    *,
    agent_type: str = "",
    is_active: bool | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[AgentConfig], int]:
    """Return agents by age, newest first, and how many fit."""
    conditions = [col(AgentConfig.org_id) == org_id]
    if agent_type:
        conditions.append(col(AgentConfig.agent_type) == agent_type)
    if is_active is not None:
        conditions.append(col(AgentConfig.is_active) == is_active)
    total = (await session.execute(select(func.count()).select_from(AgentConfig).where(*conditions))).scalar_one()
    query = (
        select(AgentConfig)
        .where(*conditions)
        .order_by(col(AgentConfig.created_at).desc(), col(AgentConfig.id).desc())
        .offset(offset)
    )
    if limit is not None:
        query = query.limit(limit)
    return list((await session.execute(query)).scalars()), int(total)


async def names(session: AsyncSession, org_id: UUID) -> set[str]:
    """Return the names agents have."""
    return set(
        (await session.execute(select(col(AgentConfig.name)).where(col(AgentConfig.org_id) == org_id))).scalars()
    )


async def oldest_other(session: AsyncSession, org_id: UUID, agent_id: UUID) -> AgentConfig | None:
    """Return the oldest agent beside this one, or None."""
    query = (
        select(AgentConfig)
        .where(col(AgentConfig.org_id) == org_id, col(AgentConfig.id) != agent_id)
        .order_by(col(AgentConfig.created_at), col(AgentConfig.id))
        .limit(1)
        .with_for_update()
    )
    return (await session.execute(query)).scalars().first()


async def numbers_served(session: AsyncSession, org_id: UUID, agent_id: UUID) -> list[ServiceNumber]:
    """Return the numbers that have this agent in any slot."""
    query = (
        select(ServiceNumber)
        .where(
            col(ServiceNumber.org_id) == org_id,
            or_(
                col(ServiceNumber.agent_id) == agent_id,
                col(ServiceNumber.text_agent_id) == agent_id,
                col(ServiceNumber.outbound_agent_id) == agent_id,
            ),
        )
        .order_by(col(ServiceNumber.phone_number))
    )
    return list((await session.execute(query)).scalars())


async def own_sources(session: AsyncSession, org_id: UUID, agent_id: UUID) -> list[KnowledgeSource]:
    """Return the texts that belong to this agent alone, oldest first."""
    query = (
        select(KnowledgeSource)
        .where(col(KnowledgeSource.org_id) == org_id, col(KnowledgeSource.agent_id) == agent_id)
        .order_by(col(KnowledgeSource.created_at), col(KnowledgeSource.id))
    )
    return list((await session.execute(query)).scalars())


async def last_editor(session: AsyncSession, org_id: UUID, agent_id: UUID) -> str:
    """Return who changed an agent last, or an empty string."""
    query = (
        select(col(AuditEntry.actor))
        .where(
            col(AuditEntry.org_id) == org_id,
            col(AuditEntry.subject_id) == str(agent_id),
            col(AuditEntry.action).like("%:agent:%"),
        )
        .order_by(col(AuditEntry.created_at).desc(), col(AuditEntry.id).desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none() or ""


async def turn(session: AsyncSession, org_id: UUID, turn_id: UUID, *, for_update: bool = False) -> AgentTurn | None:
    """Return one turn, or None."""
    query = select(AgentTurn).where(col(AgentTurn.id) == turn_id, col(AgentTurn.org_id) == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def turn_of_message(session: AsyncSession, org_id: UUID, message_id: UUID) -> AgentTurn | None:
    """Return the turn a text set off, locked, or None."""
    query = (
        select(AgentTurn)
        .where(col(AgentTurn.trigger_message_id) == message_id, col(AgentTurn.org_id) == org_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().first()


async def message(session: AsyncSession, org_id: UUID, message_id: UUID) -> SmsMessage | None:
    """Return one text, or None."""
    query = select(SmsMessage).where(col(SmsMessage.id) == message_id, col(SmsMessage.org_id) == org_id)
    return (await session.execute(query)).scalars().first()


async def item_of(session: AsyncSession, org_id: UUID, record_id: UUID) -> ConversationItem | None:
    """Return the timeline's row of a text, or None."""
    query = select(ConversationItem).where(
        col(ConversationItem.org_id) == org_id, col(ConversationItem.record_id) == record_id
    )
    return (await session.execute(query)).scalars().first()


async def newest_items(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, limit: int
) -> Sequence[ConversationItem]:
    """Return the newest rows of a timeline."""
    query = (
        select(ConversationItem)
        .where(col(ConversationItem.org_id) == org_id, col(ConversationItem.conversation_id) == conversation_id)
        .order_by(col(ConversationItem.seq).desc())
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()
