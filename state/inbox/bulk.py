"""Change the conversations a person selected, or all that match, and take it back."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.inbox import service as inbox
from backend.inbox.schemas import BulkRow
from state.errors import answers
from state.hub import News, hub
from state.inbox.conversation_list import ConversationListState
from state.session import SessionState

NOTHING: BulkRow = {"token": "", "action": "", "status": "", "total": 0, "done": 0}
UNDO_MS = 8000
_DONE = {
    "close": "closed",
    "reopen": "reopened",
    "snooze": "snoozed",
    "assign": "assigned",
    "assign_team": "given to the team",
    "tag": "tagged",
    "untag": "untagged",
    "read": "marked read",
    "unread": "marked unread",
}


class BulkState(SessionState):
    """The last work on many conversations."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"bulk.changed", "resync"})

    work: BulkRow = NOTHING

    @rx.event
    @answers
    async def change(self, action: str, value: str, ids: list[str], is_all: bool) -> Any:
        """Change the conversations named, or with `is_all` every one that the list's filter matches."""
        principal = await self._principal()
        listed = await self.get_state(ConversationListState)
        if is_all and listed._viewer != str(principal.user_id):
            raise Invalid("Load the list first.", field="ids")
        chosen = [parse_id(one, "ids") for one in ids[: inbox.AT_ONCE + 1]] if not is_all else []
        if not chosen and not is_all:
            raise Invalid("Select conversations first.", field="ids")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.work = await inbox.change_many(
                    session, principal, action, value, ids=chosen, matching=listed._wanted if is_all else None
                )
        hub.subscribe(self.router.session.client_token, principal, BulkState)
        return self._said() if self.work["status"] == "done" else None

    @rx.event
    @answers
    async def undo(self, token: str) -> Any:
        """Take the last work back, where nobody changed it since."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.work = await inbox.undo_many(session, principal, parse_id(token, "token"))
        return rx.toast("Taken back") if self.work["status"] == "undone" else None

    def _said(self) -> Any:
        total = self.work["total"]
        words = f"{total:,} conversation{'' if total == 1 else 's'} {_DONE[self.work['action']]}"
        undo = BulkState.undo(self.work["token"])
        return rx.toast(words, duration=UNDO_MS, action={"label": "Undo", "on_click": undo})

    async def _hear(self, batch: Sequence[News]) -> None:
        if self.work["status"] not in ("running", "undoing"):
            return
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                try:
                    self.work = await inbox.progress(session, principal, parse_id(self.work["token"]))
                except NotFound:
                    self.work = NOTHING
