"""Keep the texts an agent answers from, and try what it would find."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import SourceRow
from state.agents.open_agent import AgentState
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

# One event from a browser may carry a million bytes; a character takes at most four.
PASTE_LIMIT = 200_000
FOUND_LIMIT = 4


class Found(TypedDict):
    """A passage that a question finds; `place` counts from 1."""

    place: int
    title: str
    path: str
    content: str
    similarity: str


class KnowledgeState(SessionState):
    """The list of texts in the "What it knows" part."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"knowledge.changed", "resync"})

    sources: list[SourceRow] = []
    is_loaded: bool = False
    doomed_id: str = ""
    doomed_title: str = ""

    async def _open(self, principal: Principal, agent_id: str) -> None:
        hub.subscribe(self.router.session.client_token, principal, KnowledgeState)
        self.doomed_id = ""
        await self._show(principal, agent_id)

    @rx.event
    @answers
    async def ask_remove(self, source_id: str) -> None:
        """Ask whether a text shall be removed, by its title."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                source = await knowledge.get(session, parse_id(source_id))
        self.doomed_id, self.doomed_title = source["id"], source["title"]

    @rx.event
    @answers
    async def close_remove(self, is_open: bool) -> None:
        """Leave the text where it is."""
        await self._principal()
        if not is_open:
            self.doomed_id = ""

    @rx.event
    @answers
    async def remove(self) -> None:
        """Remove the text the person was asked about."""
        principal = await self._principal()
        doomed, self.doomed_id = self.doomed_id, ""
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await knowledge.remove(session, principal, parse_id(doomed))
        await self._show_again(principal)

    @rx.event
    @answers
    async def read_again(self, source_id: str) -> None:
        """Have a text that could not be read tried once more."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await knowledge.index_again(session, principal, parse_id(source_id))
        await self._show_again(principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        await self._show_again(await self._principal())

    async def _show_again(self, principal: Principal) -> None:
        opened = await self.get_state(AgentState)
        if opened.id:
            await self._show(principal, opened.id)

    async def _show(self, principal: Principal, agent_id: str) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.sources = await knowledge.list_for_agent(session, parse_id(agent_id))
        self.is_loaded = True


class SourceState(SessionState):
    """The dialog that adds or edits one text."""

    is_open: bool = False
    source_id: str = ""
    title: str = ""
    content: str = ""
    is_for_all: bool = False
    title_error: str = ""
    content_error: str = ""

    @rx.event
    @answers
    async def begin(self) -> None:
        """Open the dialog for a new text."""
        await self._principal()
        self._fill("", "", "")

    @rx.event
    @answers
    async def edit(self, source_id: str) -> None:
        """Open the dialog with a stored text."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                source = await knowledge.get(session, parse_id(source_id))
        self._fill(source["id"], source["title"], source["content"])

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog; a long text does not stay in the tab's memory."""
        await self._principal()
        if not is_open:
            self.is_open, self.content = False, ""

    @rx.event
    @answers
    async def set_for_all(self, is_for_all: bool) -> None:
        """Choose whether every agent reads the new text, or this one alone."""
        await self._principal()
        self.is_for_all = is_for_all

    @rx.event
    @answers
    async def save(self, form: dict[str, Any]) -> None:
        """Store the text and close the dialog; what is wrong stands at its field."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        title, content = str(form.get("title", "")), str(form.get("content", ""))
        agent_id = None if self.is_for_all else parse_id(opened.id)
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    if self.source_id:
                        await knowledge.update_text(
                            session, principal, parse_id(self.source_id), title=title, content=content
                        )
                    else:
                        await knowledge.add_text(session, principal, title, content, agent_id)
        except Invalid as error:
            self.title_error = error.message if error.field == "title" else ""
            self.content_error = error.message if error.field == "content" else ""
            return
        self.is_open, self.content = False, ""
        await (await self.get_state(KnowledgeState))._show(principal, opened.id)

    def _fill(self, source_id: str, title: str, content: str) -> None:
        self.source_id, self.title, self.content = source_id, title, content
        self.title_error = self.content_error = ""
        self.is_for_all, self.is_open = False, True


class TryState(SessionState):
    """The question a person tries, and the passages it finds."""

    question: str = ""
    found: list[Found] = []

    async def _open(self) -> None:
        self.question, self.found = "", []

    @rx.event
    @answers
    async def ask(self, form: dict[str, Any]) -> None:
        """Show what the agent would find for a question, best first."""
        principal = await self._principal()
        question = str(form.get("question", "")).strip()[:500]
        if not question:
            return
        opened = await self.get_state(AgentState)
        vector = await knowledge.vector_of(question)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await knowledge.search(session, question, parse_id(opened.id), FOUND_LIMIT, vector=vector)
        self.question = question
        self.found = [
            Found(
                place=place,
                title=passage.title,
                path=passage.path,
                content=passage.content,
                similarity=f"{max(passage.similarity, 0):.0%}",
            )
            for place, passage in enumerate(found, start=1)
        ]
