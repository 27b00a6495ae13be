"""Connect the calendar agents book in; its key goes in and never comes out."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from backend.agents import service as agents
from backend.calendars import service as calendars
from backend.calendars.schemas import KindRow
from backend.core.errors import MagpipeError
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import MemberRole
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.session import SessionState


class CalendarState(Loading, SessionState):
    """The calendar of the Connections section."""

    HEARS: ClassVar[frozenset[str]] = frozenset({calendars.CHANGED, "resync"})

    is_connected: bool = False
    account: str = ""
    timezone: str = ""
    kinds: list[KindRow] = []
    error: str = ""
    checked_at: str = ""
    used_by: str = ""
    """Names of agents that book, for whoever disconnects."""
    errors: dict[str, str] = {"api_key": ""}
    may_edit: bool = False
    is_working: bool = False
    is_replacing: bool = False
    is_leaving: bool = False

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the account."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, CalendarState)
        self.is_leaving = self.is_replacing = self.is_working = False
        self.errors = {"api_key": ""}
        await self._load(self._show())

    @rx.event(background=True)
    @answers
    async def connect(self, form: dict[str, Any]) -> None:
        """Keep an account's key, once it opens the account."""
        async with self:
            principal = await self._principal()
            if self.is_working:
                return
            self.is_working, self.errors = True, {"api_key": ""}
        fault = ""
        try:
            await calendars.connect(principal, str(form.get("api_key", "")))
        except MagpipeError as error:
            fault = error.message
        finally:
            async with self:
                self.is_working, self.errors = False, {"api_key": fault}
        if not fault:
            async with self:
                self.is_replacing = False
                await self._show()

    @rx.event(background=True)
    @answers
    async def look(self) -> None:
        """Look at the account again."""
        async with self:
            principal = await self._principal()
            if self.is_working:
                return
            self.is_working = True
        try:
            await calendars.look(principal)
        finally:
            async with self:
                self.is_working = False
                await self._show()

    @rx.event
    @answers
    async def set_replacing(self, is_replacing: bool) -> None:
        """Ask for another key, or leave the one there is."""
        await self._principal()
        self.is_replacing, self.errors = is_replacing, {"api_key": ""}

    @rx.event
    @answers
    async def ask_to_leave(self, is_open: bool) -> None:
        """Ask whether the calendar shall be disconnected."""
        await self._principal()
        self.is_leaving = is_open

    @rx.event
    @answers
    async def disconnect(self) -> None:
        """Forget the account and its key."""
        principal = await self._principal()
        self.is_leaving = False
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await calendars.disconnect(session, principal)
        await self._show()

    async def _hear(self, batch: Sequence[News]) -> None:
        await self._show()

    async def _show(self) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await calendars.view(session)
                booking = [one.name for one in await agents.list_all(session) if agents.draft(one)["appointments"]]
        self.is_connected, self.account, self.timezone = found["is_connected"], found["account"], found["timezone"]
        self.kinds, self.error, self.checked_at = found["kinds"], found["error"], found["checked_at"]
        self.used_by = ", ".join(booking)
        self.may_edit = principal.member_role != MemberRole.SUPPORT
        self.is_loaded = True
