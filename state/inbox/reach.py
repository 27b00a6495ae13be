"""Reach a person who looks elsewhere: a sound and a note of the desktop for what is theirs, as they chose."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.inbox import service as inbox
from backend.vocab import Direction
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState


class Ring(TypedDict):
    """Something to tell: `n` counts up, so that the same words are told twice when they come twice."""

    n: int
    title: str
    body: str
    conversation: str


class ReachState(SessionState):
    """A person's preferences, and the last thing to tell them; `load` belongs to every signed-in page."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"item.added", "person.mentioned"})

    has_sound: bool = False
    has_desktop: bool = False
    has_mail: bool = False
    is_away: bool = False
    ring: Ring = {"n": 0, "title": "", "body": "", "conversation": ""}
    _viewer: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the preferences; whoever wants neither sound nor notes is told nothing."""
        await self._read(await self._principal())

    async def _read(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self._take(principal, await inbox.preferences(session, principal))

    def _take(self, principal: Principal, said: Any) -> None:
        self._viewer = str(principal.user_id)
        self.has_sound, self.has_desktop = said["has_sound"], said["has_desktop"]
        self.has_mail, self.is_away = said["has_mail"], said["is_away"]
        token = self.router.session.client_token
        if self.has_sound or self.has_desktop:
            hub.subscribe(token, principal, ReachState)
        else:
            hub.leave(token, ReachState)

    @rx.event
    @answers
    async def set_preference(self, name: str, is_on: bool) -> None:
        """Switch the sound, the notes of the desktop, mails of mentions, or being away."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self._take(principal, await inbox.set_preference(session, principal, name, is_on))

    async def _hear(self, batch: Sequence[News]) -> None:
        for news in batch:
            row = news.row_for(self._viewer)
            if row is None or not row["unread"]:
                continue
            is_named = "person.mentioned" in news.kinds and self._viewer in news.subjects
            is_mine = row["assignee_id"] in ("", self._viewer) and row["direction"] == Direction.INBOUND
            if not (is_named or (is_mine and "item.added" in news.kinds)):
                continue
            who = row["name"] or row["phone_display"] or "Somebody"
            title = f"You were mentioned: {who}" if is_named else who
            self.ring = {"n": self.ring["n"] + 1, "title": title, "body": row["preview"], "conversation": row["id"]}
