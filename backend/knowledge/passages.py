"""Give passages their vectors, asking the model only for those that were not there before, and store them."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.tenancy import unit_of_work
from backend.knowledge import embedding
from backend.knowledge.chunking import tokens
from backend.models.knowledge import KnowledgeChunk

# Between two slices a worker that is told to stop can stop.
SLICE = 64


async def vectors(source_id: UUID, stored: Sequence[str]) -> tuple[list[Any], int]:
    """Return a vector for each passage text, and how many the model was asked for.

    Those the source has already, word for word, are taken from there. Raises `VendorError`. Call it outside any
    transaction: the model may take long.
    """
    known = await _known(source_id, stored)
    missing = [text for text in dict.fromkeys(stored) if text not in known]
    for start in range(0, len(missing), SLICE):
        part = missing[start : start + SLICE]
        known.update(zip(part, await embedding.embed(part), strict=True))
    return [known[text] for text in stored], len(missing)


async def _known(source_id: UUID, stored: Sequence[str]) -> dict[str, Any]:
    column = getattr(KnowledgeChunk, embedding.space().column)
    hashes = [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in stored]
    query = select(col(KnowledgeChunk.content), column).where(
        col(KnowledgeChunk.source_id) == source_id,
        func.md5(col(KnowledgeChunk.content)).in_(hashes),
        column.is_not(None),
    )
    wanted = set(stored)
    async with unit_of_work() as session:
        return {text: vector for text, vector in (await session.execute(query)).all() if text in wanted}


def add(
    session: AsyncSession,
    org_id: UUID,
    source_id: UUID,
    stored: Sequence[str],
    made: Sequence[Any],
    *,
    page_id: UUID | None = None,
    is_live: bool = True,
) -> None:
    """Store passages in their order."""
    column = embedding.space().column
    for place, (text, vector) in enumerate(zip(stored, made, strict=True)):
        passage = KnowledgeChunk(
            org_id=org_id,
            source_id=source_id,
            page_id=page_id,
            is_live=is_live,
            chunk_index=place,
            content=text,
            token_count=tokens(text),
        )
        setattr(passage, column, vector)
        session.add(passage)
