"""Hold the open conversation's head: whom it is with, who answers, whose it is; and change them."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author, ConversationRow, TimelineItem
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.vocab import AnswerMode, AuthorKind, ConversationStatus, ItemKind, MemberStatus
from state.errors import answers
from state.hub import LIST_KINDS, News
from state.session import SessionState


class Teammate(TypedDict):
    """Somebody a conversation can be given to."""

    id: str
    name: str


NOBODY: ConversationRow = {
    "id": "",
    "contact_id": "",
    "name": "",
    "phone": "",
    "phone_display": "",
    "preview": "",
    "channel": "",
    "direction": "",
    "author_kind": "",
    "last_status": "",
    "last_at": "",
    "last_seq": 0,
    "status": "",
    "answer_mode": "",
    "paused_until": "",
    "needs_person": False,
    "assignee_id": "",
    "assignee_name": "",
    "unread": 0,
}


def author_of(principal: Principal) -> Author:
    """Return the person as the author of what they do."""
    return Author(AuthorKind.MEMBER, principal.name, principal.user_id)


def handover_reason(items: Sequence[TimelineItem]) -> str:
    """Return the words of the last hand-over to the team among `items`, or nothing."""
    for item in reversed(items):
        by_nobody = item["kind"] == ItemKind.EVENT and not item["data"].get("member_id")
        if by_nobody and item["data"].get("mode") == AnswerMode.HUMAN:
            return item["body"]
    return ""


class ThreadState(SessionState):
    """The head of the open conversation. Every change shows at once in the tab and reaches the others by the hub."""

    HEARS: ClassVar[frozenset[str]] = LIST_KINDS

    stage: str = "none"
    """`none`, `ready`, `missing` or `failed`."""
    about: str = ""
    """Which conversation the stage speaks of, as the address names it."""
    reference: str = ""
    row: ConversationRow = NOBODY
    reason: str = ""
    me: str = ""
    team: list[Teammate] = []

    async def _load(self, session: Any, principal: Principal, conversation_id: UUID) -> bool:
        changed = await conversations.row(session, conversation_id)
        self.me = str(principal.user_id)
        if changed is None:
            self._clear("missing", str(conversation_id))
            return False
        self.row = {**changed.row, "unread": changed.unread_by.get(self.me, 0)}
        self.stage, self.about = "ready", str(conversation_id)
        if not self.team:
            await self._load_team(session, principal)
        return True

    async def _load_team(self, session: Any, principal: Principal) -> None:
        members = await organizations.members(session, principal)
        self.team = [
            {"id": member["user_id"], "name": member["name"] or member["email"]}
            for member in members
            if member["state"] == MemberStatus.APPROVED and member["user_id"]
        ]

    def _clear(self, stage: str = "none", about: str = "", reference: str = "") -> None:
        self.stage, self.row, self.reason = stage, NOBODY, ""
        self.about, self.reference = about, reference

    @rx.event
    @answers
    async def rename(self, conversation_id: str, name: str) -> None:
        """Give the person a name."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                conversation = await conversations.get(session, parse_id(conversation_id))
                await contacts.rename(session, conversation.contact_id, str(name))

    @rx.event
    @answers
    async def set_mode(self, conversation_id: str, mode: str) -> None:
        """Let the agent answer, let it draft, or let people answer."""
        principal = await self._principal()
        if mode not in list(AnswerMode):
            raise Invalid("Choose who answers.", field="mode")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await conversations.set_answer_mode(
                    session, parse_id(conversation_id), AnswerMode(mode), author_of(principal)
                )

    @rx.event
    @answers
    async def assign(self, conversation_id: str, assignee_id: str) -> None:
        """Give the conversation to a teammate, or with an empty id to nobody."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                assignee = parse_id(assignee_id, "assignee_id") if assignee_id else None
                await conversations.assign(session, parse_id(conversation_id), assignee, author_of(principal))

    @rx.event
    @answers
    async def set_status(self, conversation_id: str, status: str) -> Any:
        """Close or reopen the conversation; closing can be undone."""
        principal = await self._principal()
        if status not in (ConversationStatus.OPEN, ConversationStatus.CLOSED):
            raise Invalid("A conversation is open or closed.", field="status")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                wanted = ConversationStatus(status)
                await conversations.set_status(session, parse_id(conversation_id), wanted, author_of(principal))
        if wanted == ConversationStatus.OPEN:
            return None
        undo = ThreadState.set_status(str(conversation_id), ConversationStatus.OPEN.value)
        return rx.toast("Conversation closed", action={"label": "Undo", "on_click": undo})

    @rx.event
    @answers
    async def mark_unread(self, conversation_id: str) -> None:
        """Put the conversation back among the person's unread ones."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await conversations.mark_unread(session, parse_id(conversation_id), principal.user_id)

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.row["id"]:
            return
        if any("resync" in news.kinds for news in batch):
            principal = await self._principal()
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await self._load(session, principal, UUID(self.row["id"]))
            return
        for news in batch:
            if news.conversation != self.row["id"]:
                continue
            row = news.row_for(self.me)
            if row is None:
                self._clear("missing", self.about)
                return
            self.row = row
            self.reason = handover_reason(news.items) or self.reason
