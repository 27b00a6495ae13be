"""Read and write what agents remember."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, delete, func, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock
from backend.memory.nearness import Near
from backend.models.agents import AgentConfig
from backend.models.chat import ChatSession
from backend.models.contacts import Contact
from backend.models.conversations import ConversationItem
from backend.models.memory import ConversationContext, MemoryFact, MemoryStretch, MemoryStrike


@dataclass(frozen=True)
class Found:
    """A fact with where its proof stands."""

    fact: MemoryFact
    conversation_id: UUID | None
    seq: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a turn needs of a fact, and how like its question it is (None when nobody can tell)."""

    id: UUID
    context_id: UUID
    kind: str
    content: str
    quote: str
    said_at: datetime
    channel: str
    confidence: float
    word_hash: str
    similarity: float | None


def _claimed() -> ColumnElement[bool]:
    """A memory of a chat whose visitor typed an address and proved nothing: it is told to nobody."""
    return (
        select(col(ChatSession.id))
        .where(
            cast(col(ChatSession.id), String) == col(ConversationContext.told_in),
            col(ChatSession.visitor_email) != "",
            col(ChatSession.is_verified).is_(False),
        )
        .exists()
    )


def told_to(told_in: str) -> ColumnElement[bool]:
    """Memories somebody may be told of: those of their chat alone, or all of the contact that nobody merely claims."""
    if told_in:
        return col(ConversationContext.told_in) == told_in
    return or_(col(ConversationContext.told_in) == "", ~_claimed())


def holds(now: datetime) -> ColumnElement[bool]:
    return or_(col(MemoryFact.expires_at).is_(None), col(MemoryFact.expires_at) > now)


async def contexts(
    session: AsyncSession,
    org_id: UUID,
    contact_id: UUID,
    told_in: str,
    agent_ids: Sequence[UUID] = (),
    *,
    with_binned: bool = False,
) -> list[tuple[ConversationContext, str]]:
    """Return the memories of a contact with their agents' names, of these agents or of all, newest first.

    Those of agents in the bin are left out unless asked for: they may be brought back, and remember again.
    """
    query = (
        select(ConversationContext, col(AgentConfig.name))
        .join(AgentConfig, col(AgentConfig.id) == col(ConversationContext.agent_id))
        .where(
            col(ConversationContext.org_id) == org_id,
            col(ConversationContext.contact_id) == contact_id,
            told_to(told_in),
        )
        .order_by(col(ConversationContext.last_updated).desc())
        .execution_options(populate_existing=True)
    )
    if not with_binned:
        query = query.where(col(AgentConfig.deleted_at).is_(None))
    if agent_ids:
        query = query.where(col(ConversationContext.agent_id).in_(agent_ids))
    return [(context, name) for context, name in (await session.execute(query)).all()]


def _similarity(model: Any, near: Near | None) -> Any:
    if near is None:
        return null()
    return 1 - near.distance(model)


async def facts(session: AsyncSession, org_id: UUID, context_ids: Collection[UUID], limit: int) -> list[Found]:
    """Return what memories hold and still holds, said last first; without the vectors, which stay where they are."""
    query = (
        select(MemoryFact, col(ConversationItem.conversation_id), func.coalesce(col(ConversationItem.seq), 0))
        .options(defer(MemoryFact.embedding_local), defer(MemoryFact.embedding_openai))
        .outerjoin(ConversationItem, col(ConversationItem.id) == col(MemoryFact.item_id))
        .where(*_held(org_id, context_ids))
        .order_by(col(MemoryFact.said_at).desc(), col(MemoryFact.id).desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [Found(*row) for row in (await session.execute(query)).all()]


async def weighed(
    session: AsyncSession,
    org_id: UUID,
    context_ids: Collection[UUID],
    limit: int,
    *,
    since: datetime | None,
    near: Near | None,
) -> list[Weighed]:
    """Return the same for a turn, which waits for it: no rows to write to, and no marks."""
    query = (
        select(
            *(getattr(MemoryFact, one.name) for one in fields(Weighed) if one.name != "similarity"),
            _similarity(MemoryFact, near),
        )
        .where(*_held(org_id, context_ids))
        .order_by(col(MemoryFact.said_at).desc(), col(MemoryFact.id).desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(col(MemoryFact.said_at) > since)
    return [Weighed(*row) for row in (await session.execute(query)).all()]


def _held(org_id: UUID, context_ids: Collection[UUID]) -> tuple[ColumnElement[bool], ...]:
    return col(MemoryFact.org_id) == org_id, col(MemoryFact.context_id).in_(context_ids), holds(clock.now())


async def fact(session: AsyncSession, org_id: UUID, fact_id: UUID) -> tuple[MemoryFact, ConversationContext] | None:
    """Return a fact with the memory it belongs to, both locked, or None."""
    query = (
        select(MemoryFact, ConversationContext)
        .join(ConversationContext, col(ConversationContext.id) == col(MemoryFact.context_id))
        .where(col(MemoryFact.org_id) == org_id, col(MemoryFact.id) == fact_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(query)).first()
    return (found[0], found[1]) if found else None


async def facts_whole(session: AsyncSession, org_id: UUID, context_ids: Collection[UUID]) -> list[MemoryFact]:
    """Return every fact of memories with its vectors, locked."""
    query = (
        select(MemoryFact)
        .where(col(MemoryFact.org_id) == org_id, col(MemoryFact.context_id).in_(context_ids))
        .order_by(col(MemoryFact.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(query)).scalars())


async def stretches_whole(session: AsyncSession, org_id: UUID, context_id: UUID) -> list[MemoryStretch]:
    """Return every conversation that was read for a memory and says something, locked."""
    query = (
        select(MemoryStretch)
        .where(
            col(MemoryStretch.org_id) == org_id,
            col(MemoryStretch.context_id) == context_id,
            col(MemoryStretch.summary) != "",
        )
        .with_for_update()
    )
    return list((await session.execute(query)).scalars())


async def context(
    session: AsyncSession, org_id: UUID, context_id: UUID, *, for_update: bool = False
) -> ConversationContext | None:
    """Return a memory by its id."""
    query = select(ConversationContext).where(
        col(ConversationContext.org_id) == org_id, col(ConversationContext.id) == context_id
    )
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar()


async def ensure_context(
    session: AsyncSession, org_id: UUID, contact_id: UUID, agent_id: UUID, told_in: str
) -> ConversationContext:
    """Return the memory an agent has of a contact, made on first use, locked."""
    made = ConversationContext(org_id=org_id, contact_id=contact_id, agent_id=agent_id, told_in=told_in)
    await session.execute(insert(ConversationContext).values(**made.model_dump()).on_conflict_do_nothing())
    query = (
        select(ConversationContext)
        .where(
            col(ConversationContext.org_id) == org_id,
            col(ConversationContext.contact_id) == contact_id,
            col(ConversationContext.agent_id) == agent_id,
            col(ConversationContext.told_in) == told_in,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found: ConversationContext = (await session.execute(query)).scalar_one()
    return found


async def strikes(
    session: AsyncSession, org_id: UUID, contact_id: UUID, told_in: str | None = None
) -> list[MemoryStrike]:
    """Return what must not return of a contact, as far as it was struck where this was said, or wherever."""
    query = select(MemoryStrike).where(col(MemoryStrike.org_id) == org_id, col(MemoryStrike.contact_id) == contact_id)
    if told_in is not None:
        query = query.where(col(MemoryStrike.told_in) == told_in)
    return list((await session.execute(query)).scalars())


async def stretches(
    session: AsyncSession,
    org_id: UUID,
    context_ids: Collection[UUID],
    limit: int,
    *,
    since: datetime | None = None,
    near: Near | None = None,
) -> list[tuple[MemoryStretch, float | None]]:
    """Return the newest conversations that were read for memories and say something, each with how like it is."""
    query = (
        select(MemoryStretch, _similarity(MemoryStretch, near))
        .options(defer(MemoryStretch.embedding_local), defer(MemoryStretch.embedding_openai))
        .where(
            col(MemoryStretch.org_id) == org_id,
            col(MemoryStretch.context_id).in_(context_ids),
            col(MemoryStretch.summary) != "",
        )
        .order_by(col(MemoryStretch.ended_at).desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(col(MemoryStretch.ended_at) > since)
    return [(stretch, similarity) for stretch, similarity in (await session.execute(query)).all()]


async def alike_elsewhere(
    session: AsyncSession,
    org_id: UUID,
    agent_id: UUID,
    contact_id: UUID,
    near: Near,
    least: float,
    most_read: int,
) -> list[tuple[UUID, list[str], bool]]:
    """Return (contact, topics, whether people took over) of other contacts' conversations that are like this one.

    Only the newest `most_read` of the agent's are looked at, so that it takes the same time at any size.
    """
    vectors = getattr(MemoryStretch, near.column)
    newest = (
        select(
            col(MemoryStretch.context_id).label("context_id"),
            col(MemoryStretch.topics).label("topics"),
            col(MemoryStretch.was_handed_over).label("handed"),
            near.distance(MemoryStretch).label("distance"),
        )
        .where(col(MemoryStretch.org_id) == org_id, col(MemoryStretch.agent_id) == agent_id, vectors.is_not(None))
        .order_by(col(MemoryStretch.ended_at).desc())
        .limit(most_read)
        .cte("newest")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    # Whose they are is looked up for those that are alike alone, which are few.
    query = (
        select(col(ConversationContext.contact_id), newest.c.topics, newest.c.handed)
        .join(newest, newest.c.context_id == col(ConversationContext.id))
        .where(newest.c.distance <= 1 - least, col(ConversationContext.contact_id) != contact_id)
        .order_by(newest.c.distance)
        .limit(50)
    )
    return [(found, topics, handed) for found, topics, handed in (await session.execute(query)).all()]


async def words_about(session: AsyncSession, org_id: UUID, contact_ids: Collection[UUID]) -> list[str]:
    """Return everything that says who contacts are: names, companies, addresses."""
    columns = (
        Contact.name, Contact.first_name, Contact.last_name, Contact.company, Contact.address, Contact.city,
        Contact.region, Contact.email, Contact.job_title,
    )  # fmt: skip
    query = select(*(col(one) for one in columns)).where(
        col(Contact.org_id) == org_id,
        or_(col(Contact.id).in_(contact_ids), col(Contact.merged_into_id).in_(contact_ids)),
    )
    return [str(word) for row in (await session.execute(query)).all() for word in row if word]


async def forget_stretches(session: AsyncSession, org_id: UUID, context_id: UUID) -> None:
    """Empty what was read for a memory; that it was read stays, so that it is not read again."""
    await session.execute(
        update(MemoryStretch)
        .where(col(MemoryStretch.org_id) == org_id, col(MemoryStretch.context_id) == context_id)
        .values(summary="", topics=[], embedding_local=None, embedding_openai=None, updated_at=clock.now())
    )


async def expire(session: AsyncSession, now: datetime) -> int:
    """Delete facts whose time is over; needs platform scope."""
    gone = await session.execute(delete(MemoryFact).where(col(MemoryFact.expires_at) <= now))
    return int(gone.rowcount)  # type: ignore[attr-defined]


async def age_out(session: AsyncSession, org_id: UUID, agent_id: UUID, before: datetime) -> None:
    """Delete what an agent remembers from before a moment; a memory with nothing newer goes as a whole."""
    ids = select(col(ConversationContext.id)).where(
        col(ConversationContext.org_id) == org_id, col(ConversationContext.agent_id) == agent_id
    )
    await session.execute(
        delete(MemoryFact).where(
            col(MemoryFact.org_id) == org_id, col(MemoryFact.context_id).in_(ids), col(MemoryFact.said_at) < before
        )
    )
    await session.execute(
        update(MemoryStretch)
        .where(
            col(MemoryStretch.org_id) == org_id,
            col(MemoryStretch.agent_id) == agent_id,
            col(MemoryStretch.ended_at) < before,
            col(MemoryStretch.summary) != "",
        )
        .values(summary="", topics=[], embedding_local=None, embedding_openai=None)
    )
    await session.execute(
        delete(ConversationContext).where(
            col(ConversationContext.org_id) == org_id,
            col(ConversationContext.agent_id) == agent_id,
            col(ConversationContext.last_updated) < before,
        )
    )


async def count_match(session: AsyncSession, org_id: UUID, context_ids: Collection[UUID]) -> None:
    """Count that earlier conversations of memories were like one that is going on."""
    await session.execute(
        update(ConversationContext)
        .where(col(ConversationContext.org_id) == org_id, col(ConversationContext.id).in_(context_ids))
        .values(
            semantic_match_count=col(ConversationContext.semantic_match_count) + 1,
            updated_at=col(ConversationContext.updated_at),
        )
    )


async def agents_that_remember(session: AsyncSession) -> list[tuple[UUID, UUID]]:
    """Return (organization, agent) of every agent that remembers anybody; needs platform scope."""
    query = (
        select(col(AgentConfig.org_id), col(AgentConfig.id))
        .where(
            col(AgentConfig.deleted_at).is_(None),
            select(col(ConversationContext.id))
            .where(col(ConversationContext.agent_id) == col(AgentConfig.id))
            .exists(),
        )
        .order_by(col(AgentConfig.id))
    )
    return [(org_id, agent_id) for org_id, agent_id in (await session.execute(query)).all()]
