"""Find passages: by meaning, exactly for small organizations and by index for large ones, and by words."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.knowledge.words import SearchWords
from backend.models.knowledge import KnowledgeChunk, KnowledgeSource

# Below this many passages an exact scan is both faster and complete (measured: 2k rows 1.7 ms, 20k rows 28 ms).
EXACT_BELOW = 10_000
# A filtered HNSW scan stops at this many rows; the default of 20,000 covers too little of a large table.
MAX_SCAN_TUPLES = 40_000


def _readable_by(agent_id: UUID | None) -> ColumnElement[bool]:
    """Sources of this agent and those of all agents; with no agent, only the latter."""
    shared = col(KnowledgeSource.agent_id).is_(None)
    return shared if agent_id is None else or_(shared, col(KnowledgeSource.agent_id) == agent_id)


async def chunk_total(session: AsyncSession, org_id: UUID) -> int:
    """Return how many passages an organization has."""
    query = select(func.coalesce(func.sum(col(KnowledgeSource.chunk_count)), 0)).where(
        col(KnowledgeSource.org_id) == org_id
    )
    return int((await session.execute(query)).scalar_one())


async def nearest(
    session: AsyncSession,
    org_id: UUID,
    agent_id: UUID | None,
    column: str,
    vector: tuple[float, ...],
    limit: int,
    *,
    exactly: bool,
) -> list[tuple[UUID, float]]:
    """Return ids and cosine similarities of the passages nearest to `vector`, nearest first."""
    distance = getattr(KnowledgeChunk, column).cosine_distance(list(vector)).label("distance")
    rows = (
        select(col(KnowledgeChunk.id), distance)
        .join(KnowledgeSource, col(KnowledgeSource.id) == col(KnowledgeChunk.source_id))
        .where(
            col(KnowledgeChunk.org_id) == org_id,
            getattr(KnowledgeChunk, column).is_not(None),
            _readable_by(agent_id),
        )
    )
    if exactly:
        # MATERIALIZED keeps the planner from the index, which loses rows behind a filter (notes: recall .87 at 2k).
        measured = rows.cte("measured").prefix_with("MATERIALIZED", dialect="postgresql")
        query = select(measured.c.id, measured.c.distance).order_by(measured.c.distance).limit(limit)
    else:
        await session.execute(text("set local hnsw.iterative_scan = 'relaxed_order'"))
        await session.execute(text(f"set local hnsw.max_scan_tuples = {MAX_SCAN_TUPLES}"))
        near = rows.order_by(distance).limit(limit).cte("near").prefix_with("MATERIALIZED", dialect="postgresql")
        query = select(near.c.id, near.c.distance).order_by(near.c.distance)
    return [(chunk_id, 1.0 - float(away)) for chunk_id, away in await session.execute(query)]


async def matching(
    session: AsyncSession, agent_id: UUID | None, words: SearchWords, limit: int
) -> list[tuple[UUID, float]]:
    """Return ids and ranks of the passages that hold any of `words`, best first.

    Goes through a function of the database, because the policy of row-level security would keep the text index from
    being used; the function filters by the organization in force itself.
    """
    wanted = " || ".join(
        ["to_tsquery('simple', :stems)"]
        + [f"plainto_tsquery('simple', :reference_{place})" for place in range(len(words.references))]
    )
    values = {f"reference_{place}": reference for place, reference in enumerate(words.references)}
    rows = await session.execute(
        text(f"select id, rank from knowledge_matches({wanted}, :agent, :wanted)"),  # noqa: S608 - placeholders only
        {"stems": words.stems, **values, "agent": agent_id, "wanted": limit},
    )
    return [(chunk_id, float(rank)) for chunk_id, rank in rows]


async def passages(session: AsyncSession, org_id: UUID, ids: list[UUID]) -> dict[UUID, tuple[UUID, str, str]]:
    """Return source id, title and stored text of each passage, by id."""
    query = (
        select(
            col(KnowledgeChunk.id),
            col(KnowledgeSource.id),
            col(KnowledgeSource.title),
            col(KnowledgeChunk.content),
        )
        .join(KnowledgeSource, col(KnowledgeSource.id) == col(KnowledgeChunk.source_id))
        .where(and_(col(KnowledgeChunk.org_id) == org_id, col(KnowledgeChunk.id).in_(ids)))
    )
    return {
        chunk_id: (source_id, title, content) for chunk_id, source_id, title, content in await session.execute(query)
    }


async def sources(
    session: AsyncSession, org_id: UUID, agent_id: UUID | None, limit: int
) -> list[tuple[KnowledgeSource, int]]:
    """Return the sources an agent reads with the length of each, newest first, without their text."""
    query = (
        select(KnowledgeSource, func.length(col(KnowledgeSource.content)))
        .where(col(KnowledgeSource.org_id) == org_id, _readable_by(agent_id))
        .order_by(col(KnowledgeSource.created_at).desc(), col(KnowledgeSource.id).desc())
        .limit(limit)
    )
    return [(source, length) for source, length in await session.execute(query)]
