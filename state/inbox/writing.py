"""Help a person write: templates of messages with the names put in, and what the agent would answer."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx

from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core.errors import MagpipeError, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.templates import service as templates
from state.errors import answers
from state.hub import News
from state.session import SessionState


class Reply(TypedDict):
    """A message of the library; `filled` is how it reads in the open conversation."""

    id: str
    shortcut: str
    title: str
    is_shared: bool
    filled: str


class Suggested(TypedDict):
    """What the agent would say; `n` counts up, `conversation_id` says where it belongs."""

    n: int
    conversation_id: str
    text: str
    agent: str
    sources: list[str]
    is_unanswered: bool
    error: str


class WritingState(SessionState):
    """Templates of messages and the agent's suggestion for the open conversation."""

    HEARS: ClassVar[frozenset[str]] = frozenset(
        {"templates.changed", "contact.updated", "details.found", "conversation.merged", "resync"}
    )

    replies: list[Reply] = []
    is_thinking: bool = False
    suggestion: Suggested = {
        "n": 0,
        "conversation_id": "",
        "text": "",
        "agent": "",
        "sources": [],
        "is_unanswered": False,
        "error": "",
    }
    _conversation_id: str = ""

    async def _load(self, session: Any, principal: Principal, conversation_id: UUID) -> None:
        conversation = await conversations.get(session, conversation_id)
        contact = await contacts.get(session, conversation.contact_id)
        values = await templates.values_for(session, principal, contact, conversation_id)
        found = await templates.messages(session, principal)
        self.replies = [
            Reply(
                id=row["id"],
                shortcut=row["shortcut"],
                title=row["title"],
                is_shared=row["is_shared"],
                filled=templates.fill(row["body"], values),
            )
            for row in found
        ]
        self._conversation_id = str(conversation_id)

    def _clear(self) -> None:
        self._conversation_id = ""

    async def _again(self, session: Any, principal: Principal) -> None:
        if self._conversation_id:
            await self._load(session, principal, UUID(self._conversation_id))

    @rx.event(background=True)
    @answers
    async def suggest(self, conversation_id: str, order: str) -> None:
        """Have the agent write what it would answer, for the person to look over; the page stays at work."""
        async with self:
            principal = await self._principal()
            conversation = parse_id(conversation_id)
            self.is_thinking = True
        found, error = None, ""
        try:
            found = await agents.suggest_reply(principal, conversation, order)
        except MagpipeError as problem:
            error = problem.message
        finally:
            async with self:
                self.is_thinking = False
                self.suggestion = {
                    "n": self.suggestion["n"] + 1,
                    "conversation_id": str(conversation),
                    "text": found.text if found else "",
                    "agent": found.agent_name if found else "",
                    "sources": list(found.sources) if found else [],
                    "is_unanswered": bool(found and found.is_unanswered),
                    "error": error,
                }

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self._conversation_id:
            return
        if any("conversation.merged" in news.kinds and news.conversation == self._conversation_id for news in batch):
            self._clear()
            return
        is_ours = any(
            {"templates.changed", "resync"} & news.kinds or news.conversation == self._conversation_id for news in batch
        )
        if is_ours:
            principal = await self._principal()
            try:
                with org_scope(principal.org_id):
                    async with unit_of_work() as session:
                        await self._again(session, principal)
            except NotFound:
                self._clear()
