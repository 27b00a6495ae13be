"""Keep what a business taught its agents, and find the passages that answer a question.

Changes are indexed by the job `knowledge.index`; until it has run, and when it fails, agents keep reading the passages
they had. Everything that changes a source needs the editor role and tells open screens (`knowledge.changed`).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock, jobs, realtime
from backend.core.errors import Conflict, Invalid, MagpipeError, NotFound
from backend.core.logging import log
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.knowledge import embedding, queries
from backend.knowledge.chunking import split_stored
from backend.knowledge.embedding import Vector
from backend.knowledge.schemas import Passage, SourceRow, SourceText
from backend.knowledge.words import search_words
from backend.models.agents import AgentConfig
from backend.models.knowledge import KnowledgeSource
from backend.vocab import MemberRole

TITLE_LIMIT = 120
CONTENT_LIMIT = 500_000
# The reference product's own limit of 50 is per person; an organization has several.
MAX_SOURCES = 200
# Each way of searching offers this many candidates before they are merged.
CANDIDATES = 40
# Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion" (SIGIR 2009), §3: k = 60.
FUSION_K = 60


async def add_text(
    session: AsyncSession, principal: Principal, title: str, content: str, agent_id: UUID | None = None
) -> KnowledgeSource:
    """Teach one agent, or all of them when `agent_id` is None, a text; it is indexed at once in the background.

    Raises `Invalid` that names `title` or `content`, `NotFound` for a foreign agent, `Conflict` at `MAX_SOURCES`.
    """
    principal.require(MemberRole.EDITOR)
    org_id = org_id_of(session)
    title, content = _checked_title(title), _checked_content(content)
    if agent_id is not None:
        await _require_agent(session, agent_id)
    held = await session.exec(select(func.count()).select_from(KnowledgeSource).where(KnowledgeSource.org_id == org_id))
    if held.one() >= MAX_SOURCES:
        raise Conflict(f"There are {MAX_SOURCES} texts already. Remove one first.", code="too_many_sources")
    source = KnowledgeSource(org_id=org_id, agent_id=agent_id, title=title, content=content)
    session.add(source)
    await session.flush()
    await audit.record(session, principal, "ui:knowledge:added", source.id, {"title": title})
    await _index(session, source)
    return source


async def update_text(
    session: AsyncSession,
    principal: Principal,
    source_id: UUID,
    *,
    title: str | None = None,
    content: str | None = None,
) -> KnowledgeSource:
    """Change a text and index it again; agents read the old passages until that is done. Raises like `add_text`."""
    principal.require(MemberRole.EDITOR)
    source = await _locked(session, source_id)
    changed = False
    if title is not None and _checked_title(title) != source.title:
        source.title, changed = _checked_title(title), True
    if content is not None and _checked_content(content) != source.content:
        source.content, changed = _checked_content(content), True
    if changed:
        await audit.record(session, principal, "ui:knowledge:updated", source.id, {"title": source.title})
        await _index(session, source)
    return source


async def index_again(session: AsyncSession, principal: Principal, source_id: UUID) -> None:
    """Try a failed text once more. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    await _index(session, await _locked(session, source_id))


async def remove(session: AsyncSession, principal: Principal, source_id: UUID) -> None:
    """Forget a text and its passages at once. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    source = await _locked(session, source_id)
    await audit.record(session, principal, "ui:knowledge:removed", source.id, {"title": source.title})
    agent_id = source.agent_id
    await session.delete(source)
    await session.flush()
    await realtime.announce(session, org_id_of(session), "knowledge.changed", subject=str(agent_id or ""))


async def list_for_agent(session: AsyncSession, agent_id: UUID | None) -> list[SourceRow]:
    """Return the texts an agent reads, its own and those of all agents, newest first."""
    found = await queries.sources(session, org_id_of(session), agent_id, MAX_SOURCES)
    return [_row(source, length) for source, length in found]


async def get(session: AsyncSession, source_id: UUID) -> SourceText:
    """Return one text whole, for the editor. Raises `NotFound`."""
    source = await _found(session, source_id)
    return SourceText(**_row(source, len(source.content)), content=source.content)


async def vector_of(question: str) -> Vector | None:
    """Return a question's vector for `search`, or None when it cannot be made now: then words alone decide.

    May ask the embedding service: call it outside any transaction.
    """
    try:
        (values,) = await embedding.embed([question])
    except MagpipeError as error:
        log.warning("knowledge.question_not_embedded", code=error.code)
        return None
    return Vector(embedding.space(), tuple(values))


async def warm_up() -> None:
    """Load what embedding needs before anybody asks."""
    await embedding.warm_up()


async def search(
    session: AsyncSession, query: str, agent_id: UUID | None, limit: int = 4, *, vector: Vector | None = None
) -> list[Passage]:
    """Return the passages that best answer `query`, best first, from what this agent may read.

    Words and meaning are searched apart and merged by reciprocal rank. `vector` is the question from
    `vector_of`, made before the transaction; without it words alone decide.
    """
    org_id = org_id_of(session)
    by_meaning: list[tuple[UUID, float]] = []
    if vector is not None:
        exactly = await queries.chunk_total(session, org_id) < queries.EXACT_BELOW
        near = await queries.nearest(
            session, org_id, agent_id, vector.space.column, vector.values, CANDIDATES, exactly=exactly
        )
        by_meaning = [(chunk_id, alike) for chunk_id, alike in near if alike >= vector.space.least_similarity]
    words = search_words(query)
    by_words = await queries.matching(session, agent_id, words, CANDIDATES) if words else []

    ranks: dict[UUID, dict[str, int]] = {}
    for name, found in (("meaning", by_meaning), ("words", by_words)):
        for place, (chunk_id, _) in enumerate(found, start=1):
            ranks.setdefault(chunk_id, {})[name] = place
    scores = {chunk_id: sum(1 / (FUSION_K + place) for place in places.values()) for chunk_id, places in ranks.items()}
    alike = dict(by_meaning)
    best = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], -alike.get(chunk_id, 0.0), chunk_id))[:limit]
    texts = await queries.passages(session, org_id, best) if best else {}
    return [
        _passage(chunk_id, texts[chunk_id], scores[chunk_id], alike.get(chunk_id, 0.0), ranks[chunk_id])
        for chunk_id in best
        if chunk_id in texts
    ]


def _passage(
    chunk_id: UUID, stored: tuple[UUID, str, str], score: float, similarity: float, ranks: dict[str, int]
) -> Passage:
    source_id, title, content = stored
    path, text = split_stored(content)
    return Passage(chunk_id, source_id, title, path, text, round(score, 6), round(similarity, 4), ranks)


async def _index(session: AsyncSession, source: KnowledgeSource) -> None:
    source.sync_status, source.error_message, source.updated_at = "pending", "", clock.now()
    session.add(source)
    await session.flush()
    await jobs.defer(
        session,
        "knowledge.index",
        lock=f"knowledge:{source.id}",
        queueing_lock=f"knowledge:{source.id}",
        org_id=str(source.org_id),
        source_id=str(source.id),
    )
    await realtime.announce(session, source.org_id, "knowledge.changed", subject=str(source.agent_id or ""))


async def _require_agent(session: AsyncSession, agent_id: UUID) -> None:
    found = await session.exec(
        select(AgentConfig.id).where(
            AgentConfig.id == agent_id,
            AgentConfig.org_id == org_id_of(session),
            col(AgentConfig.deleted_at).is_(None),
        )
    )
    if found.first() is None:
        raise NotFound("This agent does not exist.")


async def _found(session: AsyncSession, source_id: UUID) -> KnowledgeSource:
    found = await session.exec(
        select(KnowledgeSource).where(KnowledgeSource.id == source_id, KnowledgeSource.org_id == org_id_of(session))
    )
    source = found.first()
    if source is None:
        raise NotFound("This text does not exist.")
    return source


async def _locked(session: AsyncSession, source_id: UUID) -> KnowledgeSource:
    source = await _found(session, source_id)
    await session.refresh(source, with_for_update=True)
    return source


def _checked_title(title: str) -> str:
    title = " ".join(title.replace("\x00", "").split())
    if not title:
        raise Invalid("Give the text a title.", field="title")
    if len(title) > TITLE_LIMIT:
        raise Invalid(f"A title has at most {TITLE_LIMIT} characters.", field="title")
    return title


def _checked_content(content: str) -> str:
    content = content.replace("\x00", "").strip()
    if not content:
        raise Invalid("Write or paste the text first.", field="content")
    if len(content) > CONTENT_LIMIT:
        raise Invalid(
            f"A text has at most {CONTENT_LIMIT:,} characters; this one has {len(content):,}.", field="content"
        )
    return content


def _iso(moment: datetime) -> str:
    return moment.isoformat()


def _row(source: KnowledgeSource, length: int) -> SourceRow:
    return SourceRow(
        id=str(source.id),
        agent_id=str(source.agent_id or ""),
        title=source.title,
        status=source.sync_status,
        error=source.error_message,
        chunk_count=source.chunk_count,
        characters=length,
        updated_at=_iso(source.updated_at),
    )
