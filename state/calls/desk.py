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
from state.calls.ringing import RingingState
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

RECENT = 8
# `problem` stands at the keys of the page, `gone` with the call that rang.
_OPENING = ("pass", "call", "name", "conversation", "party", "problem", "gone")


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
    opening: dict[str, Any] = {"n": 0, "url": "", **dict.fromkeys(_OPENING, "")}
    standing: Standing = {"call": "", "status": "", "reason": ""}
    parties: list[calls.Party] = []
    """Who was added to it."""
    colleagues: list[calls.Colleague] = []
    """Whose browsers may ring to join it."""

    @rx.event
    @answers
    async def dial(self, phone_number: str, caller_id: str) -> None:
        """Have a telephone rung for the person at this tab; why it is not, the page says itself."""
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    placed = await calls.place_own(session, principal, phone_number, caller_id)
                    line = await calls.line(session, placed.id)
        except MagpipeError as error:
            self._open(problem=error.message)
        else:
            self._begin(principal, calls.Door.DESK, line)

    @rx.event
    @answers
    async def answer(self, wait: str) -> Any:
        """Take a caller who waits, for the person at this tab; who was faster, or that the caller is gone, is told."""
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    taken = await calls.take_waiting(session, principal, wait)
                    line = await calls.line(session, taken.id)
        except MagpipeError as error:
            self._open(gone=error.message)
            return rx.toast(error.message)
        self._begin(principal, calls.Door.ANSWER, line)
        return None

    @rx.event
    @answers
    async def join(self, call_id: str, party: str) -> Any:
        """Have the person at this tab join a call to which a colleague adds them; that it is over is told."""
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    wanted = parse_id(call_id, "call_id")
                    await calls.accept_invitation(session, principal, wanted, party)
                    line = await calls.line(session, wanted)
        except MagpipeError as error:
            self._open(gone=error.message)
            return rx.toast(error.message)
        self._begin(principal, calls.Door.JOIN, line, party)
        return None

    def _begin(self, principal: Principal, door: calls.Door, line: Any, party: str = "") -> None:
        self.standing, self.parties = Standing(call=line["id"], status=line["status"], reason=""), []
        hub.subscribe(self.router.session.client_token, principal, DeskState)
        self._open(
            call=line["id"],
            name=line["contact_name"] or line["number_display"],
            conversation=line["conversation_id"],
            party=party,
            **{"pass": calls.browser_pass(principal, door, parse_id(party or line["id"]))},
        )

    def _open(self, **found: str) -> None:
        url = f"{settings().voice_browser_url}/{found.get('call', '')}"
        self.opening = {**dict.fromkeys(_OPENING, ""), **found, "url": url, "n": self.opening["n"] + 1}

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
                    self.parties = await calls.parties(session, parse_id(wanted, "call_id"))
                    self.colleagues = await calls.colleagues(session, principal)
        except NotFound:
            return
        self.standing = Standing(call=wanted, status=line["status"], reason=line["reason"])
        if not line["is_live"]:
            hub.leave(self.router.session.client_token, DeskState)
            # Whoever waited meanwhile rings here again.
            await (await self.get_state(RingingState))._show(principal)


class RecentsState(SessionState):
    """Whom the team spoke with last, beside the keys of `/phone`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({calls.CHANGED, "resync"})

    rows: list[Recent] = []
    is_loaded: bool = False

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
        self.is_loaded = True
