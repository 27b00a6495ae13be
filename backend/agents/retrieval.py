"""Look things up for a turn: the question becomes a vector outside any transaction, then one short search."""

from uuid import UUID

from backend.agents.schemas import Retrieve
from backend.core.tenancy import unit_of_work
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import Passage

# Four passages of at most 230 tokens keep the prompt small and hold the answer to a texted question.
PASSAGES = 4


def retriever(agent_id: UUID) -> Retrieve:
    """Return the search of one agent's knowledge; it runs in the organization scope of its caller."""

    async def retrieve(question: str) -> list[Passage]:
        vector = await knowledge.vector_of(question)
        async with unit_of_work() as session:
            return await knowledge.search(session, question, agent_id, PASSAGES, vector=vector)

    return retrieve
