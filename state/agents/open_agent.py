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
    has_failed: bool = False
    reference: str = ""
    is_stale: bool = False
    changed_by: str = ""
    # Grows when a person asks for the latest, so that fields drop what was typed over it.
    drawing: int = 0
    _known: dict[str, Any] = {}

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
        self.has_failed, self.reference = False, ""
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    agent = await agents.get(session, parse_id(agent_id))
        except (NotFound, Invalid):
            self.is_missing = self.is_loaded = True
            return None
        except Exception:
            # What was shown before stays, under a toast.
            self.has_failed = not self.is_loaded
            raise
        self.tabs = tabs_of(agent.agent_type)
        asked = address.query_parameters.get("tab", "setup")
        self.tab = asked if asked in self.tabs else "setup"
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        self._take(agent)
        self.is_loaded = True
        return AgentState.load_tab

    @rx.event
    @answers
    async def show_latest(self) -> Any:
        """Show the agent as it is stored, in place of what this tab shows."""
        await self._principal()
        self.drawing += 1
        return AgentState.load

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
        self._known = {field: getattr(agent, field) for field in agents.FIELDS}

    async def _change(self, principal: Principal, **changes: Any) -> Any:
        """Store changes of the open agent and return it.

        A field that nobody changed since this tab read it is stored, whatever happened to the others; the page then
        offers the latest. Raises `Conflict` when another editor changed the same field first, and `Invalid`.
        """
        agent_id = parse_id(self.id)
        with org_scope(principal.org_id):
            try:
                async with unit_of_work() as session:
                    agent = await agents.update(session, principal, agent_id, expected_version=self.version, **changes)
            except Conflict as conflict:
                self.is_stale, self.changed_by = True, str(conflict.details.get("changed_by", ""))
                async with unit_of_work() as session:
                    latest = await agents.get(session, agent_id)
                    if any(getattr(latest, field) != self._known[field] for field in changes):
                        raise
                    agent = await agents.update(
                        session, principal, agent_id, expected_version=latest.version, **changes
                    )
                # The version stays: what this tab shows of the other fields is still the older one.
                self._known.update({field: getattr(agent, field) for field in changes})
                return agent
        self._take(agent)
        return agent
