"""Hold the list of agents as a person filtered it; the filters live in the page's address."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Conflict, Invalid
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import service as numbers
from backend.vocab import MemberRole
from state.address import with_filters
from state.agents.rows import AgentCard, arrange, card, served_by
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.removal import Removal
from state.session import SessionState

FILTERS = ("q", "type", "status", "sort")
# A list is a window of at most this many rows (STYLE, UI); the search reaches the others.
WINDOW = 100
# The filter that shows the bin.
DELETED = "deleted"


class AgentListState(Loading, Removal, SessionState):
    """The cards of `/agents`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"agents.changed", "numbers.changed", "resync"})

    cards: list[AgentCard] = []
    total: int = 0
    binned: int = 0
    can_edit: bool = False
    q: str = ""
    type: str = ""
    status: str = ""
    sort: str = ""
    # Grows when the filters are cleared, so that the search field drops what was typed.
    drawing: int = 0
    # An agent that could not be switched on, and what it lacks.
    lacking_id: str = ""
    lacks: str = ""
    import_error: str = ""
    is_importing: bool = False

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the agents that fit the address."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, AgentListState)
        wanted = self.router.url.query_parameters
        self.q, self.type = wanted.get("q", ""), wanted.get("type", "")
        self.status, self.sort = wanted.get("status", ""), wanted.get("sort", "")
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def filter_by(self, name: str, value: str) -> Any:
        """Put one filter into the address, which shows the list anew."""
        await self._principal()
        if name not in FILTERS:
            raise Invalid("The list cannot be filtered by this.", field="name")
        # Kept at once: a second change may come before the address of the first is shown.
        setattr(self, name, value)
        kept = {each: getattr(self, each) for each in FILTERS}
        return rx.redirect(with_filters("/agents", kept, FILTERS), replace=True)

    @rx.event
    @answers
    async def clear_filters(self) -> Any:
        """Show every agent."""
        await self._principal()
        self.q, self.type, self.status, self.sort = "", "", "", ""
        self.drawing += 1
        return rx.redirect("/agents", replace=True)

    @rx.event
    @answers
    async def set_active(self, agent_id: str, is_active: bool) -> None:
        """Have an agent answer, or stop it."""
        principal = await self._principal()
        self.lacking_id = self.lacks = ""
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await agents.set_active(session, principal, parse_id(agent_id), is_active)
        except Conflict as conflict:
            self.lacking_id, self.lacks = agent_id, conflict.message
        await self._show(principal)

    @rx.event
    @answers
    async def close_lacking(self, is_open: bool) -> None:
        """Leave the agent that lacks something switched off."""
        await self._principal()
        if not is_open:
            self.lacking_id = ""

    @rx.event
    @answers
    async def export_file(self, agent_id: str) -> Any:
        """Hand the person the file of an agent."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                name, content = await agents.export_file(session, principal, parse_id(agent_id))
        return rx.download(data=content, filename=name)

    @rx.event
    @answers
    async def set_importing(self, is_open: bool) -> None:
        """Open the dialog that reads an agent's file, or close it."""
        await self._principal()
        self.is_importing, self.import_error = is_open, ""

    @rx.event
    @answers
    async def import_file(self, text: str) -> Any:
        """Make an agent from a file and open it, or say which field or line is wrong."""
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    made = await agents.import_file(session, principal, text)
        except (Invalid, Conflict) as error:
            self.import_error = error.message
            return None
        self.is_importing = False
        return rx.redirect(f"/agents/{made.id}")

    @rx.event
    @answers
    async def refuse_file(self, reason: str) -> None:
        """Say why the browser did not read a file."""
        await self._principal()
        self.import_error = reason[:200]

    @rx.event
    @answers
    async def restore(self, agent_id: str) -> Any:
        """Bring a deleted agent back."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                back = await agents.restore(session, principal, parse_id(agent_id))
        await self._show(principal)
        return rx.toast(f"{back.name} is back.")

    @rx.event
    @answers
    async def duplicate(self, agent_id: str) -> Any:
        """Make a copy of an agent and open it."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                copy = await agents.duplicate(session, principal, parse_id(agent_id))
        return rx.redirect(f"/agents/{copy.id}")

    @rx.event
    @answers
    async def ask_delete(self, agent_id: str) -> None:
        """Ask whether an agent shall be deleted, by its name."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                agent = await agents.get(session, parse_id(agent_id))
        self.doomed_id, self.doomed_name = str(agent.id), agent.name

    @rx.event
    @answers
    async def delete(self) -> Any:
        """Delete the agent the person was asked about, with a way back."""
        principal = await self._principal()
        doomed = self._doomed()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await agents.delete(session, principal, parse_id(doomed))
        await self._show(principal)
        undo = {"label": "Undo", "on_click": AgentListState.restore(doomed)}
        return rx.toast(f"{self.doomed_name} is deleted.", action=undo)

    async def _hear(self, batch: Sequence[News]) -> None:
        await self._show(await self._principal())

    async def _show(self, principal: Any) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await agents.list_all(session)
                binned = await agents.list_deleted(session)
                served = served_by(await numbers.list_all(session))
                today = await agents.today(session)
        shown = binned if self.status == DELETED else found
        every = [card(agent, served.get(str(agent.id), ()), today.get(str(agent.id))) for agent in shown]
        wanted = {"q": self.q, "type": self.type, "status": self.status, "sort": self.sort}
        self.cards = arrange(every, wanted)[:WINDOW]
        self.total, self.binned = len(found), len(binned)
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        self.is_loaded = True
