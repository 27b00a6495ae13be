"""Count the conversations in which a person has something unread, for the badge of every page."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx

from backend.conversations import service as conversations
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.errors import answers
from state.hub import LIST_KINDS, News, hub
from state.session import SessionState


class UnreadState(SessionState):
    """The badge. `load` belongs to the `on_load` of every signed-in page; at `conversations.UNREAD_CAP` it says 99+."""

    HEARS: ClassVar[frozenset[str]] = LIST_KINDS

    count: int = 0
    _ids: set[str] = set()
    _viewer: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Count once when a page opens; later changes arrive by themselves."""
        principal = await self._principal()
        is_new = hub.subscribe(self.router.session.client_token, principal, UnreadState)
        if is_new or self._viewer != str(principal.user_id):
            await self._count(principal)

    async def _count(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await conversations.unread_ids(session, principal.user_id)
        self._viewer, self._ids = str(principal.user_id), set(found)
        self.count = len(self._ids)

    async def _hear(self, batch: Sequence[News]) -> None:
        was_full = len(self._ids) >= conversations.UNREAD_CAP
        ids = set(self._ids)
        for news in batch:
            if not news.conversation:
                continue
            if news.unread_by.get(self._viewer):
                ids.add(news.conversation)
            else:
                ids.discard(news.conversation)
        # More may be unread than were counted: only a new count knows what remains below the cap.
        if any("resync" in news.kinds for news in batch) or (was_full and len(ids) < conversations.UNREAD_CAP):
            await self._count(await self._principal())
            return
        if ids != self._ids:
            self._ids, self.count = ids, min(len(ids), conversations.UNREAD_CAP)
