"""Index a text: cut it, embed the passages that are new outside any transaction, and swap all in at once."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from backend.core import clock, jobs, realtime
from backend.core.errors import MagpipeError
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import passages
from backend.knowledge.chunking import chunks
from backend.models.knowledge import KnowledgeChunk, KnowledgeSource


@jobs.task("knowledge.index")
async def index(org_id: str, source_id: str) -> None:
    """Bring a source's passages up to date; a failure leaves the old ones and says why on the source.

    A text that changed while it was embedded is left to the job that its change enqueued.
    """
    with org_scope(UUID(org_id)):
        read = await _read(UUID(source_id))
        if read is None:
            return
        title, content = read
        cut = await asyncio.to_thread(chunks, content)
        try:
            stored = [chunk.stored(title) for chunk in cut]
            vectors, _ = await passages.vectors(UUID(source_id), stored)
        except MagpipeError as error:
            await _say_failed(UUID(source_id), error)
            raise
        await _swap(UUID(source_id), title, content, stored, vectors)


async def _read(source_id: UUID) -> tuple[str, str] | None:
    async with unit_of_work() as session:
        source = (await session.exec(select(KnowledgeSource).where(KnowledgeSource.id == source_id))).first()
        return (source.title, source.content) if source else None


async def _swap(source_id: UUID, title: str, content: str, stored: list[str], vectors: list[Any]) -> None:
    async with unit_of_work() as session:
        query = select(KnowledgeSource).where(KnowledgeSource.id == source_id).with_for_update()
        source = (await session.exec(query)).first()
        if source is None or (source.title, source.content) != (title, content):
            return
        await session.execute(delete(KnowledgeChunk).where(col(KnowledgeChunk.source_id) == source_id))
        passages.add(session, source.org_id, source_id, stored, vectors)
        source.sync_status, source.error_message, source.chunk_count = "ready", "", len(stored)
        source.updated_at = clock.now()
        session.add(source)
        await session.flush()
        await realtime.announce(session, source.org_id, "knowledge.changed", subject=str(source.agent_id or ""))


async def _say_failed(source_id: UUID, error: MagpipeError) -> None:
    words = "It is tried again by itself." if error.is_retryable else "Change the text, or try again later."
    async with unit_of_work() as session:
        query = select(KnowledgeSource).where(KnowledgeSource.id == source_id).with_for_update()
        source = (await session.exec(query)).first()
        if source is None:
            return
        source.sync_status, source.error_message = "failed", f"{error.message} {words}"
        session.add(source)
        await session.flush()
        await realtime.announce(session, source.org_id, "knowledge.changed", subject=str(source.agent_id or ""))
