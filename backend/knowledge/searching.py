"""Search what a business taught its agents, by words and by meaning, merged by rank."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.errors import MagpipeError
from backend.core.logging import log
from backend.core.tenancy import org_id_of
from backend.knowledge import embedding, queries
from backend.knowledge.chunking import split_stored
from backend.knowledge.embedding import Vector
from backend.knowledge.queries import Stored
from backend.knowledge.schemas import Passage
from backend.knowledge.words import search_words

# Each way of searching offers this many candidates before they are merged.
CANDIDATES = 40
# Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009) with what our question set likes best: at k = 60 and
# equal weights, as in the paper, it ranks worse than meaning alone (nDCG .848 to .866), so weighted better (.873).
FUSION_K = 10
WEIGHTS = {"meaning": 1.0, "words": 0.5}
# A reference (an order number, a code) means nothing, so there the words count as much.
WITH_REFERENCE = {"meaning": 1.0, "words": 1.0}


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
        near = await queries.nearest(session, agent_id, vector.space.column, vector.spelled, CANDIDATES)
        by_meaning = [(chunk_id, alike) for chunk_id, alike in near if alike >= vector.space.least_similarity]
    words = search_words(query)
    by_words = await queries.matching(session, agent_id, words, CANDIDATES) if words else []

    ranks: dict[UUID, dict[str, int]] = {}
    for name, found in (("meaning", by_meaning), ("words", by_words)):
        for place, (chunk_id, _) in enumerate(found, start=1):
            ranks.setdefault(chunk_id, {})[name] = place
    weights = WITH_REFERENCE if words.references else WEIGHTS
    scores = {
        chunk_id: sum(weights[name] / (FUSION_K + place) for name, place in places.items())
        for chunk_id, places in ranks.items()
    }
    alike = dict(by_meaning)
    best = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], -alike.get(chunk_id, 0.0), chunk_id))[:limit]
    texts = await queries.passages(session, org_id, best) if best else {}
    return [
        _passage(chunk_id, texts[chunk_id], scores[chunk_id], alike.get(chunk_id, 0.0), ranks[chunk_id])
        for chunk_id in best
        if chunk_id in texts
    ]


def _passage(chunk_id: UUID, stored: Stored, score: float, similarity: float, ranks: dict[str, int]) -> Passage:
    path, text = split_stored(stored.content)
    return Passage(
        chunk_id,
        stored.source_id,
        stored.page_title or stored.title,
        path,
        text,
        round(score, 6),
        round(similarity, 4),
        ranks,
        stored.url,
    )
