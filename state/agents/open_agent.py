"""Hold the agent a tab has open: who it is, which part is shown, and whether someone else changed it meanwhile."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import AgentType, MemberRole
from state.agents.rows import SLOTS
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

TABS = ("setup", "instructions", "knowledge", "numbers", "hours", "test")


def tabs_of(agent_type: str) -> list[str]:
    """Return the parts that apply to a type: numbers where it takes a slot, hours where it answers texts."""
    absent = set()
    if agent_type not in SLOTS:
        absent.add("numbers")
    if agent_type not in (AgentType.TEXT, AgentType.INBOUND_VOICE):
        absent.add("hours")
    return [tab for tab in TABS if tab not in absent]


class AgentState(SessionState):
    """The head of `/agents/[agent_id]`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"agents.changed", "resync"})

    id: str = ""
    name: str = ""
    agent_type: str = ""
    version: int = 0
    is_active: bool = False
    can_edit: bool = False
    tab: str = "setup"
    tabs: list[str] = []
    is_loaded: bool = False
    is_missing: bool = False
    is_stale: bool = False
    changed_by: str = ""

    @rx.event
    @answers
    async def load(self) -> Any:
        """Show the agent of the address, and the part it names."""
        principal = await self._principal()
        address = self.router.url
        agent_id = address.path.rstrip("/").rpartition("/")[2]
        if agent_id != self.id:
            self.id, self.is_loaded, self.is_missing = "", False, False
        hub.subscribe(self.router.session.client_token, principal, AgentState)
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    agent = await agents.get(session, parse_id(agent_id))
        except (NotFound, Invalid):
            self.is_missing = self.is_loaded = True
            return None
        self.tabs = tabs_of(agent.agent_type)
        asked = address.query_parameters.get("tab", "setup")
        self.tab = asked if asked in self.tabs else "setup"
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        self._take(agent)
        self.is_loaded = True
        return AgentState.load_tab

    @rx.event
    @answers
    async def load_tab(self) -> None:
        """Read what the open part shows."""
        from state.agents import parts

        principal = await self._principal()
        if self.id and (part := parts.OF_TAB.get(self.tab)):
            await (await self.get_state(part))._open(principal, self.id)

    @rx.event
    @answers
    async def set_active(self, is_active: bool) -> None:
        """Have the agent answer, or stop it."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                agent = await agents.set_active(session, principal, parse_id(self.id), is_active)
        self._take(agent)

    async def _hear(self, batch: Sequence[News]) -> None:
        """Say that someone else changed the agent; what this person is typing stays as it is."""
        principal = await self._principal()
        if not self.id:
            return
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    agent = await agents.get(session, parse_id(self.id))
        except NotFound:
            self.is_missing = True
            return
        self.is_active = agent.is_active
        if agent.version > self.version:
            self.is_stale = True

    def _take(self, agent: Any) -> None:
        self.id, self.name, self.agent_type = str(agent.id), agent.name, agent.agent_type
        self.version, self.is_active = agent.version, agent.is_active
        self.is_stale, self.changed_by = False, ""

    async def _change(self, principal: Principal, **changes: Any) -> Any:
        """Store changes of the open agent over the version this tab knows and return the agent.

        Raises `Conflict` when another editor was first (the page then offers the latest), and `Invalid`.
        """
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    agent = await agents.update(
                        session, principal, parse_id(self.id), expected_version=self.version, **changes
                    )
        except Conflict as conflict:
            self.is_stale, self.changed_by = True, str(conflict.details.get("changed_by", ""))
            raise
        self._take(agent)
        return agent
