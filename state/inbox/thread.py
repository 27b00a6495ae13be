"""Hold the open conversation's head: whom it is with, who answers, whose it is; and change them."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from backend.chat import service as chat
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import NO_ROW, Author, ConversationRow, TimelineItem
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import AnswerMode, AuthorKind, Channel, ConversationStatus, ItemKind
from state.errors import answers
from state.hub import LIST_KINDS, News
from state.inbox.moments import moment
from state.session import SessionState


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


def _undo(words: str, conversation_id: str) -> Any:
    undo = ThreadState.set_status(conversation_id, ConversationStatus.OPEN.value)
    return rx.toast(words, action={"label": "Undo", "on_click": undo})


class ThreadState(SessionState):
    """The head of the open conversation. Every change shows at once in the tab and reaches the others by the hub."""

    HEARS: ClassVar[frozenset[str]] = LIST_KINDS

    stage: str = "none"
    """`none`, `ready`, `missing`, `moved` or `failed`."""
    about: str = ""
    """Which conversation the stage speaks of, as the address names it."""
    reference: str = ""
    moved_to: str = ""
    """Where the conversation went when it was merged while it was open."""
    row: ConversationRow = NO_ROW
    reason: str = ""
    me: str = ""

    async def _load(self, session: Any, principal: Principal, conversation_id: UUID) -> bool:
        changed = await conversations.row(session, conversation_id)
        self.me = str(principal.user_id)
        if changed is None:
            self._clear("missing", str(conversation_id))
            return False
        self.row = changed.row_for(self.me)
        self.stage, self.about = "ready", str(conversation_id)
        return True

    def _clear(self, stage: str = "none", about: str = "", reference: str = "") -> None:
        self.stage, self.row, self.reason = stage, NO_ROW, ""
        self.about, self.reference, self.moved_to = about, reference, ""

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
    async def set_mode(self, conversation_id: str, mode: str, brief: str) -> None:
        """Let the agent answer, let it draft, or let people answer; a brief tells the agent what to do next."""
        principal = await self._principal()
        if mode not in list(AnswerMode):
            raise Invalid("Choose who answers.", field="mode")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                changed = await conversations.set_answer_mode(
                    session, parse_id(conversation_id), AnswerMode(mode), author_of(principal), brief=brief
                )
                if mode == AnswerMode.HUMAN and changed.last_channel == Channel.CHAT:
                    await chat.join(session, principal, changed.id)

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
    async def assign_team(self, conversation_id: str, team_id: str, in_turn: bool) -> None:
        """Give the conversation to a team, with an empty id to none, or `in_turn` to whoever of it is next."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                team = parse_id(team_id, "team_id") if team_id else None
                conversation = parse_id(conversation_id)
                if in_turn and team is not None:
                    await conversations.assign_in_turn(session, conversation, team, author_of(principal))
                else:
                    await conversations.assign_team(session, conversation, team, author_of(principal))

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
        return None if wanted == ConversationStatus.OPEN else _undo("Conversation closed", conversation_id)

    @rx.event
    @answers
    async def snooze(self, conversation_id: str, until: str) -> Any:
        """Put the conversation away until an ISO moment; that can be undone."""
        principal = await self._principal()
        at = moment(until)
        if at is None:
            raise Invalid("Choose until when.", field="until")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await conversations.snooze(session, parse_id(conversation_id), at, author_of(principal))
        return _undo("Conversation snoozed", conversation_id)

    @rx.event
    @answers
    async def set_tag(self, conversation_id: str, tag_id: str, is_on: bool) -> None:
        """Put a tag on the conversation, or take it off."""
        principal = await self._principal()
        change = conversations.tag if is_on else conversations.untag
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await change(session, parse_id(conversation_id), parse_id(tag_id, "tag_id"), author_of(principal))

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
        for news in batch:
            if news.conversation == self.row["id"] and "conversation.merged" in news.kinds:
                self._clear("moved", self.about)
                self.moved_to = news.into
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
