"""Find, check and describe sources: what every way of teaching has in common."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.tenancy import org_id_of
from backend.knowledge import queries
from backend.knowledge.queries import Tally
from backend.knowledge.schemas import SourceRow
from backend.models.agents import AgentConfig
from backend.models.knowledge import KnowledgeSource
from backend.vocab import PageStatus

TITLE_LIMIT = 120
# The reference product's own limit of 50 is per person; an organization has several.
MAX_SOURCES = 200
_FAILED = (PageStatus.FAILED, PageStatus.KEPT, PageStatus.GONE)


async def make_room(session: AsyncSession, agent_id: UUID | None) -> UUID:
    """Return the organization that may have one more source for this agent. Raises `NotFound`, `Conflict`."""
    org_id = org_id_of(session)
    if agent_id is not None:
        found = await session.exec(
            select(AgentConfig.id).where(
                AgentConfig.id == agent_id, AgentConfig.org_id == org_id, col(AgentConfig.deleted_at).is_(None)
            )
        )
        if found.first() is None:
            raise NotFound("This agent does not exist.")
    held = await session.exec(select(func.count()).select_from(KnowledgeSource).where(KnowledgeSource.org_id == org_id))
    if held.one() >= MAX_SOURCES:
        raise Conflict(f"There are {MAX_SOURCES} sources already. Remove one first.", code="too_many_sources")
    return org_id


async def found(session: AsyncSession, source_id: UUID) -> KnowledgeSource:
    """Return a source. Raises `NotFound`."""
    rows = await session.exec(
        select(KnowledgeSource).where(KnowledgeSource.id == source_id, KnowledgeSource.org_id == org_id_of(session))
    )
    source = rows.first()
    if source is None:
        raise NotFound("This source does not exist.")
    return source


async def locked(session: AsyncSession, source_id: UUID) -> KnowledgeSource:
    """Return a source, locked. Raises `NotFound`."""
    source = await found(session, source_id)
    await session.refresh(source, with_for_update=True)
    return source


def checked_title(title: str) -> str:
    """Return a title as it is kept. Raises `Invalid`."""
    title = " ".join(title.replace("\x00", "").split())
    if not title:
        raise Invalid("Give it a title.", field="title")
    if len(title) > TITLE_LIMIT:
        raise Invalid(f"A title has at most {TITLE_LIMIT} characters.", field="title")
    return title


async def rows(session: AsyncSession, listed: Sequence[tuple[KnowledgeSource, int, str]]) -> list[SourceRow]:
    """Return sources as screens show them."""
    tallies = await queries.tallies(session, [source.id for source, _, _ in listed if source.url])
    return [row(source, length, agent, tallies.get(source.id)) for source, length, agent in listed]


def row(source: KnowledgeSource, length: int, agent_name: str, tally: Tally | None) -> SourceRow:
    """Return one source as screens show it."""
    counts = tally.counts if tally else {}
    total = sum(counts.values())
    is_paused = tally is not None and tally.status == "paused"
    return SourceRow(
        id=str(source.id),
        agent_id=str(source.agent_id or ""),
        agent_name=agent_name,
        kind=source.kind,
        title=source.title,
        url=source.url,
        file_name=source.file_name,
        status="paused" if is_paused else source.sync_status,
        error=source.error_message,
        chunk_count=source.chunk_count,
        characters=length,
        updated_at=_iso(source.updated_at),
        created_at=_iso(source.created_at),
        sync_period=source.sync_period,
        last_synced_at=_iso(source.last_synced_at),
        next_sync_at=_iso(source.next_sync_at),
        pages_total=total,
        pages_done=total - counts.get(PageStatus.WAITING, 0),
        pages_failed=sum(counts.get(status, 0) for status in _FAILED),
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
