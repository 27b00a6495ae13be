"""Keep the list of what agents answer from: all of the organization's, or what one agent reads."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx

from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import SourceRow
from backend.vocab import MemberRole
from state.errors import answers
from state.hub import News, hub
from state.removal import Removal
from state.session import SessionState


class KnowledgeState(Removal, SessionState):
    """The list of sources. `agent_id` is empty on the page of all of them."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"knowledge.changed", "resync"})

    sources: list[SourceRow] = []
    agent_id: str = ""
    is_loaded: bool = False
    has_failed: bool = False
    reference: str = ""
    can_edit: bool = False

    @rx.event
    @answers
    async def load(self) -> None:
        """Show every source of the organization."""
        principal = await self._principal()
        self.has_failed, self.reference = not self.is_loaded, ""
        await self._open(principal, "")
        self.has_failed = False

    async def _open(self, principal: Principal, agent_id: str) -> None:
        hub.subscribe(self.router.session.client_token, principal, KnowledgeState)
        if agent_id != self.agent_id:
            self.sources, self.is_loaded = [], False
        self.agent_id, self.doomed_id = agent_id, ""
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        await self._show(principal)

    @rx.event
    @answers
    async def ask_remove(self, source_id: str) -> None:
        """Ask whether a source shall be removed, by its title."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                source = await knowledge.get(session, parse_id(source_id))
        self.doomed_id, self.doomed_name = source["id"], source["title"]

    @rx.event
    @answers
    async def remove(self) -> object:
        """Remove the source the person was asked about; its own page leads back to the list."""
        principal = await self._principal()
        doomed = self._doomed()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await knowledge.remove(session, principal, parse_id(doomed))
        await self._show(principal)
        return rx.redirect("/knowledge") if self.router.url.path.rstrip("/").endswith(doomed) else None

    @rx.event
    @answers
    async def read_again(self, source_id: str) -> None:
        """Have a text tried once more, or an address read again."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await knowledge.index_again(session, principal, parse_id(source_id))
        await self._show(principal)

    @rx.event
    @answers
    async def set_paused(self, source_id: str, is_paused: bool) -> None:
        """Rest the reading of an address, or go on."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await knowledge.set_paused(session, principal, parse_id(source_id), is_paused)
        await self._show(principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        path = self.router.url.path
        if not (path.startswith("/knowledge") or (self.agent_id and self.agent_id in path)):
            hub.leave(self.router.session.client_token, KnowledgeState)
            return
        await self._show(await self._principal())

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                if self.agent_id:
                    self.sources = await knowledge.list_for_agent(session, parse_id(self.agent_id))
                else:
                    self.sources = await knowledge.list_all(session)
        self.is_loaded = True
