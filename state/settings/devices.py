"""List where a person is signed in, and end what they do not recognize."""

import reflex as rx

from backend.core.tenancy import platform_scope, unit_of_work
from backend.sessions import service as sessions
from backend.sessions.schemas import SessionRow
from state.errors import answers
from state.loading import Loading
from state.session import SessionState

WHY = "a person's own sessions"


class DevicesState(Loading, SessionState):
    """The Devices section."""

    rows: list[SessionRow] = []

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the live sessions."""
        await self._person()
        await self._load(self._show())

    @rx.event
    @answers
    async def end(self, session_id: str) -> None:
        """End one session; its tabs lose their connection at once."""
        person = await self._person()
        with platform_scope(WHY):
            async with unit_of_work() as session:
                await sessions.revoke(session, person, session_id)
        await self._show()

    @rx.event
    @answers
    async def end_others(self) -> None:
        """End every session but this one."""
        person = await self._person()
        with platform_scope(WHY):
            async with unit_of_work() as session:
                await sessions.revoke_others(session, person.user_id, keep=person.session_id)
        await self._show()

    async def _show(self) -> None:
        person = await self._person()
        with platform_scope(WHY):
            async with unit_of_work() as session:
                self.rows = await sessions.list_for(session, person)
        self.is_loaded = True
