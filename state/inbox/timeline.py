"""Hold the newest page of the open conversation's timeline, patch it, and act on its messages and drafts."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx

from backend.approvals import service as approvals
from backend.chat import service as chat
from backend.conversations import service as conversations
from backend.conversations.schemas import TimelineItem
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.mailboxes import service as mailboxes
from backend.messaging import service as messaging
from backend.vocab import Channel
from state.errors import answers
from state.hub import News
from state.inbox.feed import Feed
from state.inbox.translation import TranslationState
from state.session import SessionState

PAGE = 50
# What one jump back loads at most; a longer way is gone in several.
MOST_BACK = 400


class OlderItems(TypedDict):
    """The page above what was shown; the browser keeps the pages it was given."""

    conversation: str
    before: int
    items: list[TimelineItem]


NOTHING_OLDER: OlderItems = {"conversation": "", "before": 0, "items": []}


class TimelineState(Feed, SessionState):
    """The timeline of one conversation: its newest items whole, older pages one at a time, changes as patches."""

    HEARS: ClassVar[frozenset[str]] = frozenset(
        {"item.added", "item.updated", "conversation.merged", "conversation.renumbered", "resync"}
    )

    conversation_id: str = ""
    items: list[TimelineItem] = []
    older: OlderItems = NOTHING_OLDER

    async def _load(self, session: Any, conversation_id: UUID) -> None:
        items = await conversations.timeline(session, conversation_id, limit=PAGE)
        self.conversation_id = str(conversation_id)
        self.items = items
        self.older = NOTHING_OLDER
        self._begin()

    def _clear(self) -> None:
        if self.conversation_id:
            self.conversation_id, self.items, self.older = "", [], NOTHING_OLDER
            self._begin()

    @rx.event
    @answers
    async def load_older(self, conversation_id: str, before_seq: int, back_to: int) -> None:
        """Load the page above the oldest item the browser has, or all up to the place `back_to` if that is above it."""
        principal = await self._principal()
        if conversation_id != self.conversation_id:
            # It was asked for before another conversation was opened.
            return
        way = int(before_seq) - int(back_to) if back_to else 0
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                items = await conversations.timeline(
                    session, parse_id(conversation_id), int(before_seq), min(max(way, PAGE), MOST_BACK)
                )
        self.older = {"conversation": conversation_id, "before": int(before_seq), "items": items}

    @rx.event
    @answers
    async def seen(self, conversation_id: str) -> None:
        """Note that the person has read a conversation to its end."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                conversation = parse_id(conversation_id)
                await conversations.mark_read(session, conversation, principal.user_id)
                await chat.seen_by_team(session, conversation)

    @rx.event
    @answers
    async def retry(self, message_id: str) -> None:
        """Send a failed message again."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                wanted = parse_id(message_id)
                if await mailboxes.is_email(session, wanted):
                    await mailboxes.retry_failed(session, principal, wanted)
                else:
                    await messaging.retry_failed(session, principal, wanted)

    @rx.event
    @answers
    async def cancel(self, message_id: str) -> None:
        """Cancel a message that was to be sent later."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await messaging.cancel_scheduled(session, principal, parse_id(message_id))

    @rx.event
    @answers
    async def approve(self, conversation_id: str, seq: int, item_id: str, body: str) -> None:
        """Send an agent's draft as it stands or as the person changed it."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                where = parse_id(conversation_id)
                draft = await conversations.item(session, where, int(seq))
                seen = parse_id(item_id, "item_id")
                if draft and draft["channel"] == Channel.CHAT:
                    await chat.approve_draft(session, principal, where, int(seq), str(body), seen)
                elif draft and draft["channel"] == Channel.EMAIL:
                    await mailboxes.approve_draft(session, principal, where, int(seq), str(body), seen)
                else:
                    await messaging.approve_draft(session, principal, where, int(seq), str(body), seen)

    @rx.event
    @answers
    async def discard(self, conversation_id: str, seq: int, item_id: str) -> None:
        """Throw an agent's draft away."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                seen = parse_id(item_id, "item_id")
                await messaging.discard_draft(session, principal, parse_id(conversation_id), int(seq), seen)

    @rx.event
    @answers
    async def decide(self, call_id: str, is_approved: bool, note: str) -> None:
        """Approve what an agent asks for, or refuse it with a word to the agent."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await approvals.decide(session, principal, parse_id(call_id), is_approved=is_approved, note=str(note))

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.conversation_id:
            return
        ours = [news for news in batch if news.conversation == self.conversation_id]
        if any("conversation.merged" in news.kinds for news in ours):
            self._clear()
            return
        is_other = any(news.has_gap or "conversation.renumbered" in news.kinds for news in ours)
        if is_other:
            # They are kept by place.
            (await self.get_state(TranslationState)).texts = {}
        if is_other or any("resync" in news.kinds for news in batch):
            principal = await self._principal()
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await self._load(session, UUID(self.conversation_id))
            return
        self._push([{"item": item} for news in ours for item in news.items])
