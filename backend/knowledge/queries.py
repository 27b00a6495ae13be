"""Find passages: by meaning, exactly for small organizations and by index for large ones, and by words."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, text, true
from sqlalchemy.orm import defer
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.knowledge.words import SearchWords
from backend.models.agents import AgentConfig
from backend.models.knowledge import KnowledgeChunk, KnowledgeCrawl, KnowledgePage, KnowledgeSource
from backend.vocab import PageStatus

# Below this many passages measuring every one is both complete and faster than the index (measured of a tenth of
# 100,000 passages: 5 ms, through the index 11).
EXACT_BELOW = 15_000


def readable_by(agent_id: UUID | None) -> ColumnElement[bool]:
    """Sources of this agent and those of all agents; with no agent, only the latter."""
    shared = col(KnowledgeSource.agent_id).is_(None)
    return shared if agent_id is None else or_(shared, col(KnowledgeSource.agent_id) == agent_id)


_NEAREST = text(
    "select id, similarity from knowledge_nearest("
    ":space, cast(:asked as halfvec), cast(:agent as uuid), :wanted, :exact_below)"
)
_MATCHING = text(
    "select id, rank from knowledge_matches("
    "array(select to_tsquery('simple', one) from unnest(cast(:stems as text[])) one)"
    " || array(select plainto_tsquery('simple', one) from unnest(cast(:references as text[])) one),"
    " cast(:agent as uuid), :wanted)"
)


async def nearest(
    session: AsyncSession,
    agent_id: UUID | None,
    column: str,
    vector: str,
    limit: int,
    *,
    exact_below: int | None = None,
) -> list[tuple[UUID, float]]:
    """Return ids and cosine similarities of the passages nearest to `vector` (spelled), nearest first.

    An organization with fewer than `exact_below` passages (usually `EXACT_BELOW`) has every one of them measured, a
    larger one is searched through the index. The function of the database that decides saves four messages to it.
    """
    rows = await session.execute(
        _NEAREST,
        {
            "space": column,
            "asked": vector,
            "agent": agent_id,
            "wanted": limit,
            "exact_below": EXACT_BELOW if exact_below is None else exact_below,
        },
    )
    return [(chunk_id, float(similarity)) for chunk_id, similarity in rows]


async def matching(
    session: AsyncSession, agent_id: UUID | None, words: SearchWords, limit: int
) -> list[tuple[UUID, float]]:
    """Return ids and ranks of the passages that hold any of `words`, best first.

    Goes through a function of the database, because the policy of row-level security would keep the text index from
    being used; the function filters by the organization in force itself.
    """
    rows = await session.execute(
        _MATCHING,
        {"stems": list(words.stems), "references": list(words.references), "agent": agent_id, "wanted": limit},
    )
    return [(chunk_id, float(rank)) for chunk_id, rank in rows]


@dataclass(frozen=True)
class Stored:
    """A passage as it is stored, with where it comes from: a source, and of an address the page."""

    source_id: UUID
    title: str
    page_title: str
    url: str
    content: str


async def passages(session: AsyncSession, org_id: UUID, ids: list[UUID]) -> dict[UUID, Stored]:
    """Return each passage by id."""
    query = (
        select(
            col(KnowledgeChunk.id),
            col(KnowledgeSource.id),
            col(KnowledgeSource.title),
            func.coalesce(col(KnowledgePage.title), ""),
            func.coalesce(col(KnowledgePage.url), ""),
            col(KnowledgeChunk.content),
        )
        .join(KnowledgeSource, col(KnowledgeSource.id) == col(KnowledgeChunk.source_id))
        .outerjoin(KnowledgePage, col(KnowledgePage.id) == col(KnowledgeChunk.page_id))
        .where(and_(col(KnowledgeChunk.org_id) == org_id, col(KnowledgeChunk.id).in_(ids)))
    )
    return {chunk_id: Stored(*stored) for chunk_id, *stored in await session.execute(query)}


async def sources(
    session: AsyncSession, org_id: UUID, readable: ColumnElement[bool] | None, limit: int
) -> list[tuple[KnowledgeSource, int, str]]:
    """Return sources with the length of their text and the name of the agent they are for, newest first."""
    query = (
        select(KnowledgeSource, func.length(col(KnowledgeSource.content)), func.coalesce(col(AgentConfig.name), ""))
        .outerjoin(AgentConfig, col(AgentConfig.id) == col(KnowledgeSource.agent_id))
        .where(
            col(KnowledgeSource.org_id) == org_id,
            # What a deleted agent knew waits with it.
            col(AgentConfig.deleted_at).is_(None),
            true() if readable is None else readable,
        )
        .order_by(col(KnowledgeSource.created_at).desc(), col(KnowledgeSource.id).desc())
        # A list shows no texts, and there may be 200 of half a megabyte.
        .options(defer(KnowledgeSource.content), defer(KnowledgeSource.pairs))  # type: ignore[arg-type]
        .limit(limit)
    )
    return [(source, length, agent) for source, length, agent in await session.execute(query)]


@dataclass(frozen=True)
class Tally:
    """How many pages of a crawl are in each state, and where the crawl stands."""

    crawl_id: UUID
    status: str
    is_live: bool
    counts: dict[str, int]


async def tallies(session: AsyncSession, source_ids: list[UUID]) -> dict[UUID, Tally]:
    """Return of each source the newest crawl with its pages by state."""
    if not source_ids:
        return {}
    rows = await session.execute(
        select(
            col(KnowledgeCrawl.source_id),
            col(KnowledgeCrawl.id),
            col(KnowledgeCrawl.status),
            col(KnowledgeCrawl.is_live),
            col(KnowledgePage.status),
            func.count(col(KnowledgePage.id)),
        )
        .outerjoin(KnowledgePage, col(KnowledgePage.crawl_id) == col(KnowledgeCrawl.id))
        .where(col(KnowledgeCrawl.source_id).in_(source_ids))
        .group_by(col(KnowledgeCrawl.id), col(KnowledgePage.status))
        .order_by(col(KnowledgeCrawl.is_live).desc())
    )
    found: dict[UUID, Tally] = {}
    for source_id, crawl_id, status, is_live, state, number in rows:
        # The one that is not live comes last and is the newer.
        if source_id not in found or found[source_id].crawl_id != crawl_id:
            found[source_id] = Tally(crawl_id, status, is_live, {})
        if state:
            found[source_id].counts[state] = number
    return found


async def agent_name(session: AsyncSession, agent_id: UUID) -> str:
    """Return the name of an agent, empty when there is none."""
    found = await session.execute(select(col(AgentConfig.name)).where(col(AgentConfig.id) == agent_id))
    return str(found.scalar_one_or_none() or "")


async def pages(session: AsyncSession, crawl_id: UUID, limit: int) -> list[KnowledgePage]:
    """Return the pages of a crawl: those in trouble first, then as they were found."""
    trouble = case((col(KnowledgePage.status).in_([PageStatus.FAILED, PageStatus.KEPT, PageStatus.GONE]), 0), else_=1)
    found = await session.execute(
        select(KnowledgePage)
        .where(col(KnowledgePage.crawl_id) == crawl_id)
        .order_by(trouble, col(KnowledgePage.depth), col(KnowledgePage.id))
        .limit(limit)
    )
    return list(found.scalars())


async def chunks(
    session: AsyncSession, source_id: UUID, page_id: UUID | None, limit: int, offset: int
) -> list[tuple[KnowledgeChunk, str]]:
    """Return live passages of a source in order, each with the address of its page."""
    query = (
        select(KnowledgeChunk, func.coalesce(col(KnowledgePage.url), ""))
        .outerjoin(KnowledgePage, col(KnowledgePage.id) == col(KnowledgeChunk.page_id))
        .where(col(KnowledgeChunk.source_id) == source_id, col(KnowledgeChunk.is_live))
        .order_by(col(KnowledgePage.depth), col(KnowledgePage.id), col(KnowledgeChunk.chunk_index))
        .options(defer(KnowledgeChunk.embedding_local), defer(KnowledgeChunk.embedding_openai))
        .limit(limit)
        .offset(offset)
    )
    if page_id is not None:
        query = query.where(col(KnowledgeChunk.page_id) == page_id)
    return [(chunk, url) for chunk, url in await session.execute(query)]
