"""Know what a business taught its agents, and find the passages that answer a question.

Other modules of this package hold what callers reach through this one: what people type and upload (`writing`), web
addresses (`sites`), searching (`searching`), and questions without an answer (`gaps`).
"""

import json
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, realtime
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.knowledge import embedding, queries, sources
from backend.knowledge.chunking import split_stored
from backend.knowledge.embedding import Vector, embed, space
from backend.knowledge.gaps import answer_gap, dismiss_gap, open_gaps, reopen_gap
from backend.knowledge.looking import look_at, visitor
from backend.knowledge.queries import readable_by
from backend.knowledge.reranking import best
from backend.knowledge.reranking import wanted as candidates
from backend.knowledge.schemas import ChunkRow, Pair, SourceRow, SourceText
from backend.knowledge.searching import search, vector_of
from backend.knowledge.sites import add_site, change_site, pages, retry_page, set_paused, sync_all, sync_now
from backend.knowledge.sources import MAX_SOURCES
from backend.knowledge.writing import add_file, add_pairs, add_text, index, read_file, update_text
from backend.vocab import MemberRole

__all__ = [
    "Vector",
    "add_file",
    "add_pairs",
    "add_site",
    "add_text",
    "answer_gap",
    "best",
    "candidates",
    "change_site",
    "chunks",
    "dismiss_gap",
    "embed",
    "get",
    "index_again",
    "list_all",
    "list_for_agent",
    "look_at",
    "open_gaps",
    "pages",
    "read_file",
    "remove",
    "reopen_gap",
    "retry_page",
    "search",
    "set_paused",
    "space",
    "sync_all",
    "sync_now",
    "update_text",
    "vector_of",
    "visitor",
    "warm_up",
]


async def index_again(session: AsyncSession, principal: Principal, source_id: UUID) -> None:
    """Try a failed source once more: a text is indexed, an address read. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    source = await sources.locked(session, source_id)
    if source.url:
        await sync_now(session, principal, source_id)
    else:
        await index(session, source)


async def remove(session: AsyncSession, principal: Principal, source_id: UUID) -> int:
    """Forget a source and its passages at once; return how many passages there were. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    source = await sources.locked(session, source_id)
    await audit.record(session, principal, "ui:knowledge:removed", source.id, {"title": source.title})
    agent_id, held = source.agent_id, source.chunk_count
    await session.delete(source)
    await session.flush()
    await realtime.announce(session, org_id_of(session), "knowledge.changed", subject=str(agent_id or ""))
    return held


async def list_for_agent(session: AsyncSession, agent_id: UUID | None) -> list[SourceRow]:
    """Return the sources an agent reads, its own and those of all agents, newest first."""
    found = await queries.sources(session, org_id_of(session), readable_by(agent_id), MAX_SOURCES)
    return await sources.rows(session, found)


async def list_all(session: AsyncSession) -> list[SourceRow]:
    """Return every source of the organization, newest first."""
    return await sources.rows(session, await queries.sources(session, org_id_of(session), None, MAX_SOURCES))


async def get(session: AsyncSession, source_id: UUID) -> SourceText:
    """Return one source whole, for its page and the editor. Raises `NotFound`."""
    source = await sources.found(session, source_id)
    agent_name = await queries.agent_name(session, source.agent_id) if source.agent_id else ""
    tally = (await queries.tallies(session, [source.id])).get(source.id)
    headers = json.loads(source.login_headers) if source.login_headers else {}
    return SourceText(
        **sources.row(source, len(source.content), agent_name, tally),
        content=source.content,
        pairs=[Pair(question=pair["question"], answer=pair["answer"]) for pair in source.pairs],
        max_pages=source.max_pages,
        crawl_depth=source.crawl_depth,
        include_paths=list(source.include_paths),
        exclude_paths=list(source.exclude_paths),
        respects_robots=source.respects_robots,
        login_header_names=list(headers),
    )


async def chunks(
    session: AsyncSession, source_id: UUID, page_id: UUID | None = None, limit: int = 50, offset: int = 0
) -> list[ChunkRow]:
    """Return the passages agents answer from, of a source or one of its pages, in order. Raises `NotFound`."""
    source = await sources.found(session, source_id)
    rows: list[ChunkRow] = []
    for place, (chunk, url) in enumerate(
        await queries.chunks(session, source.id, page_id, limit, offset), start=offset + 1
    ):
        path, text = split_stored(chunk.content)
        rows.append(
            ChunkRow(id=str(chunk.id), place=place, path=path, content=text, tokens=chunk.token_count, page=url)
        )
    return rows


async def warm_up() -> None:
    """Load what embedding needs before anybody asks."""
    await embedding.warm_up()
