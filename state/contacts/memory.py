"""Hold what agents remember of the contact whose page is open, and change it wherever it is shown."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx

from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.memory import service as memory
from backend.memory.schemas import MemoryView
from backend.vocab import MemberRole
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState


class ContactMemoryState(SessionState):
    """The memory of one contact. Screens that show others' hear of a change by themselves."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"memory.changed", "resync"})

    memories: list[MemoryView] = []
    is_loaded: bool = False
    can_forget: bool = False
    _contact_id: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Show what is remembered of the contact of the address."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, ContactMemoryState)
        try:
            wanted = str(parse_id(self._address()))
        except Invalid:
            # The page says itself that there is no such contact.
            return
        if wanted != self._contact_id:
            self.memories, self.is_loaded = [], False
        self._contact_id = wanted
        self.can_forget = principal.member_role != MemberRole.SUPPORT
        await self._show(principal)

    @rx.event
    @answers
    async def correct(self, fact_id: str, content: str) -> None:
        """Put a fact right."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await memory.correct(session, principal, parse_id(fact_id), content)
        await self._show(principal)

    @rx.event
    @answers
    async def strike(self, fact_id: str) -> None:
        """Take a fact out for good."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await memory.strike(session, principal, parse_id(fact_id))
        await self._show(principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self._contact_id or self._address() != self._contact_id:
            hub.leave(self.router.session.client_token, ContactMemoryState)
            return
        if any("resync" in news.kinds or self._contact_id in news.subjects for news in batch):
            await self._show(await self._principal())

    async def _show(self, principal: Principal) -> None:
        """Show what is remembered, where a contact's page is open."""
        if not self._contact_id:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.memories = await memory.of_contact(session, parse_id(self._contact_id))
        self.is_loaded = True

    def _address(self) -> str:
        return str(self.router.url.path.rstrip("/").rpartition("/")[2])
