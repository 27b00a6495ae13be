"""List and search an agent's memories for people."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import String, and_, cast, func, or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock
from backend.memory.nearness import Near
from backend.memory.queries import holds
from backend.models.agents import AgentConfig
from backend.models.contacts import Contact
from backend.models.memory import ConversationContext, MemoryFact, MemoryStretch


async def page(
    session: AsyncSession,
    org_id: UUID,
    agent_id: UUID | None,
    limit: int,
    offset: int,
    *,
    context_ids: Collection[UUID] | None = None,
) -> tuple[list[Any], int]:
    """Return one page of memories, updated last first, each with contact, agent and number of facts, and the total."""
    facts_of = (
        select(func.count())
        .where(col(MemoryFact.context_id) == col(ConversationContext.id), holds(clock.now()))
        .correlate(ConversationContext)
        .scalar_subquery()
    )
    conditions = [col(ConversationContext.org_id) == org_id, col(AgentConfig.deleted_at).is_(None)]
    if agent_id is not None:
        conditions.append(col(ConversationContext.agent_id) == agent_id)
    if context_ids is not None:
        conditions.append(col(ConversationContext.id).in_(context_ids))
    base = and_(*conditions)
    total = await session.execute(
        select(func.count())
        .select_from(ConversationContext)
        .join(AgentConfig, col(AgentConfig.id) == col(ConversationContext.agent_id))
        .where(base)
    )
    query = (
        select(ConversationContext, Contact, col(AgentConfig.name), facts_of)
        .join(Contact, col(Contact.id) == col(ConversationContext.contact_id))
        .join(AgentConfig, col(AgentConfig.id) == col(ConversationContext.agent_id))
        .where(base)
        .order_by(col(ConversationContext.last_updated).desc(), col(ConversationContext.id))
        .limit(limit)
        .offset(offset)
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(query)).all()), int(total.scalar_one())


async def matching(
    session: AsyncSession,
    org_id: UUID,
    agent_id: UUID,
    words: str,
    near: Near | None,
    least: float,
    limit: int,
) -> dict[UUID, float]:
    """Return the memories of an agent that a search finds, each with how like it is, from 0 to 1.

    Words are looked for in whose memory it is and what it says, a meaning in its facts and conversations.
    """
    pattern = f"%{words.replace('%', '').replace('_', '')}%"
    named = (
        select(col(ConversationContext.id))
        .join(Contact, col(Contact.id) == col(ConversationContext.contact_id))
        .where(
            col(ConversationContext.org_id) == org_id,
            col(ConversationContext.agent_id) == agent_id,
            or_(
                col(Contact.name).ilike(pattern),
                col(Contact.phone_number).ilike(pattern),
                col(ConversationContext.summary).ilike(pattern),
                cast(col(ConversationContext.key_topics), String).ilike(pattern),
                select(col(MemoryFact.id))
                .where(
                    col(MemoryFact.context_id) == col(ConversationContext.id), col(MemoryFact.content).ilike(pattern)
                )
                .exists(),
            ),
        )
        .limit(limit)
    )
    found = dict.fromkeys((await session.execute(named)).scalars(), 1.0)
    for model in (MemoryFact, MemoryStretch):
        if near is None:
            break
        vectors = getattr(model, near.column)
        nearness = 1 - func.min(near.distance(model))
        best = (
            select(col(ConversationContext.id), nearness)
            .join(model, col(model.context_id) == col(ConversationContext.id))
            .where(
                col(ConversationContext.org_id) == org_id,
                col(ConversationContext.agent_id) == agent_id,
                vectors.is_not(None),
            )
            .group_by(col(ConversationContext.id))
            .having(nearness >= least)
            .order_by(nearness.desc())
            .limit(limit)
        )
        for context_id, alike in (await session.execute(best)).all():
            found[context_id] = max(found.get(context_id, 0.0), float(alike))
    return found
