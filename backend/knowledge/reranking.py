"""Put the passages that a search found in order once more, where a reranking service is set up."""

import asyncio
from dataclasses import replace

from backend.core.errors import MagpipeError
from backend.core.logging import log
from backend.knowledge.schemas import Passage
from backend.vendors import reranking

# Five times what an agent reads: enough to bring up what words and meaning ranked too low, and one short request.
CANDIDATES = 20
# A customer waits for this, and beside it a turn still has time to embed the question and to search.
WITHIN_S = 1.0


def wanted(limit: int) -> int:
    """Return how many passages to search for so that `limit` good ones are left."""
    return max(limit, CANDIDATES) if reranking.is_configured() else limit


async def best(question: str, found: list[Passage], limit: int) -> list[Passage]:
    """Return the best `limit` passages of those found, best first; as found when there is no service or it fails.

    Asks the service: call it outside any transaction.
    """
    if not reranking.is_configured() or len(found) < 2:
        return found[:limit]
    texts = [f"{passage.path or passage.title}\n{passage.content}" for passage in found]
    try:
        async with asyncio.timeout(WITHIN_S):
            places = await reranking.order(question, texts, WITHIN_S)
    except (MagpipeError, TimeoutError) as error:
        log.warning("knowledge.not_reranked", error=repr(error))
        return found[:limit]
    ranked = [
        replace(found[place], score=round(relevance, 6), ranks={**found[place].ranks, "reranked": rank})
        for rank, (place, relevance) in enumerate(places, start=1)
    ]
    # What a service leaves out, it has not read; an agent without any passage knows nothing.
    named = {place for place, _ in places}
    return [*ranked, *(one for place, one in enumerate(found) if place not in named)][:limit]
