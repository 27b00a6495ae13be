"""Try a question, and see which passages an agent would find and why each stands where it stands."""

from typing import Any, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import service as knowledge
from state.errors import answers
from state.knowledge.listing import KnowledgeState
from state.session import SessionState

FOUND_LIMIT = 10


class Found(TypedDict):
    """A passage that a question finds. Places count from 1; 0 means that this way of searching did not find it."""

    place: int
    source_id: str
    title: str
    path: str
    url: str
    content: str
    similarity: str
    by_meaning: int
    by_words: int
    by_reader: int
    score: str
    share: str


class TryState(SessionState):
    """The question a person tries, and the passages it finds."""

    question: str = ""
    found: list[Found] = []
    agent_id: str = ""
    agents: list[dict[str, str]] = []

    @rx.event
    @answers
    async def load(self) -> None:
        """Offer the agents to try as."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                listed, _ = await agents.list_page(session, agent_type=None, is_active=None, limit=100, offset=0)
        self.agents = [{"value": str(agent.id), "label": agent.name} for agent in listed]
        self.agent_id = self.agents[0]["value"] if self.agents else ""
        self.question, self.found = "", []

    @rx.event
    @answers
    async def choose_agent(self, agent_id: str) -> Any:
        """Ask the same as another agent."""
        await self._principal()
        self.agent_id = agent_id if any(agent_id == one["value"] for one in self.agents) else ""
        return TryState.ask({"question": self.question}) if self.question else None

    @rx.event
    @answers
    async def ask(self, form: dict[str, Any]) -> None:
        """Show what the agent would find for a question, best first."""
        principal = await self._principal()
        question = str(form.get("question") or "").strip()[:500]
        if not question:
            return
        on_agents_page = (await self.get_state(KnowledgeState)).agent_id
        asked = on_agents_page if self.router.url.path.startswith("/agents/") else self.agent_id
        vector = await knowledge.vector_of(question)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                agent_id = parse_id(asked) if asked else None
                wanted = knowledge.candidates(FOUND_LIMIT)
                found = await knowledge.search(session, question, agent_id, wanted, vector=vector)
        found = await knowledge.best(question, found, FOUND_LIMIT)
        self.question = question
        best = found[0].score or 1.0 if found else 1.0
        self.found = [
            Found(
                place=place,
                source_id=str(passage.source_id),
                title=passage.title,
                path=passage.path,
                url=passage.url,
                content=passage.content,
                similarity=f"{max(passage.similarity, 0):.0%}",
                by_meaning=passage.ranks.get("meaning", 0),
                by_words=passage.ranks.get("words", 0),
                by_reader=passage.ranks.get("reranked", 0),
                score=f"{passage.score:.4f}",
                share=f"{passage.score / best:.0%}",
            )
            for place, passage in enumerate(found, start=1)
        ]
