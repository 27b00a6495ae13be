"""Help a person write: their canned replies with the names put in, and what the agent would answer."""

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
from backend.inbox import service as inbox
from backend.inbox.schemas import CannedRow
from backend.numbers import e164
from backend.organizations import service as organizations
from state.errors import answers
from state.hub import News
from state.session import SessionState


class Reply(CannedRow):
    """A canned reply; `filled` is how it reads in the open conversation."""

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
    """Canned replies and the agent's suggestion for the open conversation."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"canned.changed", "contact.updated", "conversation.merged", "resync"})

    replies: list[Reply] = []
    may_share: bool = False
    errors: dict[str, str] = {"shortcut": "", "title": "", "body": ""}
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
        business = await organizations.details(session, principal)
        values = {
            "contact.name": contact.name,
            "contact.first_name": contact.name.split(" ")[0],
            "contact.phone": e164.display(contact.phone_number) if contact.phone_number else "",
            "me.name": principal.name,
            "business.name": business["name"],
        }
        found = await inbox.canned_replies(session, principal)
        self.replies = [Reply(**row, filled=inbox.fill(row["body"], values)) for row in found]
        self.may_share = principal.member_role != "support"
        self._conversation_id = str(conversation_id)

    def _clear(self) -> None:
        self._conversation_id = ""

    @rx.event
    @answers
    async def save_reply(self, form: dict[str, Any]) -> Any:
        """Make a canned reply, or change the one whose id the form names."""
        principal = await self._principal()
        self.errors = dict.fromkeys(self.errors, "")
        reply_id = str(form.get("id") or "")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                saved = await inbox.save_canned(
                    session,
                    principal,
                    shortcut=str(form.get("shortcut") or ""),
                    title=str(form.get("title") or ""),
                    body=str(form.get("body") or ""),
                    is_shared=form.get("is_shared") is True,
                    reply_id=parse_id(reply_id) if reply_id else None,
                )
                await self._again(session, principal)
        return rx.toast(f"Saved as /{saved['shortcut']}")

    @rx.event
    @answers
    async def delete_reply(self, reply_id: str) -> Any:
        """Delete a canned reply; that can be undone."""
        principal = await self._principal()
        gone = next((one for one in self.replies if one["id"] == reply_id), None)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await inbox.delete_canned(session, principal, parse_id(reply_id))
                await self._again(session, principal)
        if gone is None:
            return None
        kept = {name: gone[name] for name in ("shortcut", "title", "body", "is_shared")}  # type: ignore[literal-required]
        undo = WritingState.save_reply(kept)
        return rx.toast(f"/{gone['shortcut']} deleted", action={"label": "Undo", "on_click": undo})

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
            {"canned.changed", "resync"} & news.kinds or news.conversation == self._conversation_id for news in batch
        )
        if is_ours:
            principal = await self._principal()
            try:
                with org_scope(principal.org_id):
                    async with unit_of_work() as session:
                        await self._again(session, principal)
            except NotFound:
                self._clear()
