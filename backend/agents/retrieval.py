"""Look things up for a turn: the question becomes a vector outside any transaction, then one short search."""

import asyncio
from uuid import UUID

from backend.agents.schemas import Retrieve
from backend.core.logging import log
from backend.core.tenancy import unit_of_work
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import Passage

# Four passages of at most 230 tokens keep the prompt small and hold the answer to a texted question.
PASSAGES = 4
# A vector takes 2 ms here and some 200 ms from a service; a question that waits longer is searched by its words.
VECTOR_WITHIN_S = 2.5


async def warm_up() -> None:
    """Load what searching needs before a turn's time runs: cold, that takes longer than a turn waits for it."""
    try:
        await knowledge.warm_up()
    except Exception:
        log.exception("agents.search_not_warm")


class Asked:
    """The vectors of what one turn looks up, in knowledge and in memory: each text is embedded once."""

    def __init__(self) -> None:
        self._known: dict[str, knowledge.Vector | None] = {}

    async def vector_of(self, question: str) -> knowledge.Vector | None:
        """Return a question's vector, or None when it cannot be made in time."""
        if question not in self._known:
            try:
                async with asyncio.timeout(VECTOR_WITHIN_S):
                    self._known[question] = await knowledge.vector_of(question)
            except TimeoutError:
                log.warning("agents.question_not_embedded_in_time")
                self._known[question] = None
        return self._known[question]


def retriever(agent_id: UUID, asked: Asked | None = None) -> Retrieve:
    """Return the search of one agent's knowledge; it runs in the organization scope of its caller."""
    known = asked or Asked()

    async def retrieve(question: str) -> list[Passage]:
        vector = await known.vector_of(question)
        async with unit_of_work() as session:
            wanted = knowledge.candidates(PASSAGES)
            found = await knowledge.search(session, question, agent_id, wanted, vector=vector)
        return await knowledge.best(question, found, PASSAGES)

    return retrieve
