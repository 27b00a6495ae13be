"""Let a person call a telephone from their browser: where the page connects, how the call stands, whom they called."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.calls import service as calls
from backend.core.config import settings
from backend.core.errors import MagpipeError, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

RECENT = 8


class Standing(TypedDict):
    """How the call of this tab stands, as its record says."""

    call: str
    status: str
    reason: str


class Recent(TypedDict):
    """Somebody who was on the line, and how to call them again."""

    id: str
    name: str
    number: str
    display: str
    direction: str
    is_missed: bool
    at: str


class DeskState(SessionState):
    """The call this tab holds; it is drawn on every page, so that going elsewhere does not end it."""

    HEARS: ClassVar[frozenset[str]] = frozenset({calls.CHANGED, "resync"})

    # Where the page calls, and with what pass (good once, for a minute); `n` grows with each call.
    opening: dict[str, Any] = {"n": 0, "url": "", "pass": "", "call": "", "name": "", "conversation": "", "problem": ""}
    standing: Standing = {"call": "", "status": "", "reason": ""}

    @rx.event
    @answers
    async def dial(self, phone_number: str, caller_id: str) -> None:
        """Have a telephone rung for the person at this tab; why it is not, the page says itself."""
        principal = await self._principal()
        found: dict[str, Any] = dict.fromkeys(("pass", "call", "name", "conversation", "problem"), "")
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    placed = await calls.place_own(session, principal, phone_number, caller_id)
                    line = await calls.line(session, placed.id)
        except MagpipeError as error:
            found["problem"] = error.message
        else:
            found |= {"call": line["id"], "name": line["contact_name"] or line["number_display"]}
            found |= {"conversation": line["conversation_id"]}
            found["pass"] = calls.browser_pass(principal, calls.Door.DESK, placed.id)
            self.standing = Standing(call=line["id"], status=line["status"], reason="")
            hub.subscribe(self.router.session.client_token, principal, DeskState)
        url = f"{settings().voice_browser_url}/{found['call']}"
        self.opening = {**found, "url": url, "n": self.opening["n"] + 1}

    @rx.event
    @answers
    async def hang_up(self, call_id: str) -> None:
        """End a call whose line the page could not open or has left; one that ended stays as it is."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await calls.terminate(session, principal, call_id)

    async def _hear(self, batch: Sequence[News]) -> None:
        wanted = self.standing["call"]
        if not any(wanted in news.subjects or "resync" in news.kinds for news in batch):
            return
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    line = await calls.line(session, parse_id(wanted, "call_id"))
        except NotFound:
            return
        self.standing = Standing(call=wanted, status=line["status"], reason=line["reason"])
        if not line["is_live"]:
            hub.leave(self.router.session.client_token, DeskState)


class RecentsState(SessionState):
    """Whom the team spoke with last, beside the keys of `/phone`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({calls.CHANGED, "resync"})

    rows: list[Recent] = []

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the last calls."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, RecentsState)
        await self._show(principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        if self.router.url.path.rstrip("/") != "/phone":
            hub.leave(self.router.session.client_token, RecentsState)
            return
        await self._show(await self._principal())

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                page = await calls.lines(session, calls.CallListFilter(), limit=RECENT)
        self.rows = [
            Recent(
                id=line["id"],
                name=line["contact_name"],
                number=line["number"],
                display=line["number_display"],
                direction=line["direction"],
                is_missed=line["is_missed"],
                at=line["started_at"],
            )
            for line in page.rows
        ]
