"""Hold the agent a tab has open: its draft, which part is shown, and what other editors did to it meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import MemberRole
from state.agents import texts
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

TABS = (
    "configure", "prompt", "knowledge", "memory", "functions", "skills", "alerts", "deployment", "schedule",
    "notifications", "test", "tests", "analytics",
)  # fmt: skip
# The history of versions has an address of its own and is reached from the head.
HISTORY = "versions"
# Addresses people kept from before.
FORMER = {"setup": "configure", "instructions": "prompt", "numbers": "deployment", "hours": "schedule"}


class Collision(TypedDict):
    """A field that somebody else changed first, with both values in words; `field` is empty when there is none."""

    field: str
    changed_by: str
    theirs: str
    yours: str


NO_COLLISION = Collision(field="", changed_by="", theirs="", yours="")


class AgentState(SessionState):
    """The head of `/agents/[agent_id]`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"agents.changed", "resync"})

    id: str = ""
    name: str = ""
    agent_type: str = ""
    version: int = 0
    is_active: bool = False
    changed: int = 0
    can_edit: bool = False
    tab: str = "configure"
    tabs: list[str] = list(TABS)
    is_loaded: bool = False
    is_missing: bool = False
    has_failed: bool = False
    reference: str = ""
    # What the agent lacks to be switched on; said once the person tried.
    lacks: str = ""
    collision: Collision = NO_COLLISION
    # A former name that the instructions still hold after it was changed, and the new one.
    mention: dict[str, str] = {"old": "", "new": ""}
    # Grows when what is typed shall make room for what is stored.
    drawing: int = 0
    _values: dict[str, Any] = {}
    _revision: int = 0
    _wanted: dict[str, Any] = {}

    @rx.event
    @answers
    async def load(self) -> Any:
        """Show the agent of the address, and the part it names."""
        principal = await self._principal()
        address = self.router.url
        agent_id = address.path.rstrip("/").rpartition("/")[2]
        if agent_id != self.id:
            self.id, self.is_loaded, self.is_missing, self.lacks = "", False, False, ""
            self.collision, self.mention = NO_COLLISION, {"old": "", "new": ""}
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
        asked = address.query_parameters.get("tab", "")
        asked = FORMER.get(asked, asked)
        self.tab = asked if asked in (*TABS, HISTORY) else "configure"
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
        """Have the agent answer, or stop it; say what is missing when nobody could reach it."""
        principal = await self._principal()
        self.lacks = ""
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    agent = await agents.set_active(session, principal, parse_id(self.id), is_active)
        except Conflict as conflict:
            self.lacks = conflict.message
            return
        self._take(agent)

    @rx.event
    @answers
    async def keep_mine(self) -> None:
        """Store this person's value over the other editor's, now that they have seen both."""
        principal = await self._principal()
        if not self.collision["field"]:
            return
        wanted, self.collision = self._wanted, NO_COLLISION
        self._take(await self._stored(principal, wanted, None))
        await self._refresh_part()

    @rx.event
    @answers
    async def keep_theirs(self) -> None:
        """Leave what the other editor wrote."""
        await self._principal()
        self.collision = NO_COLLISION
        self.drawing += 1

    @rx.event
    @answers
    async def forget_mention(self) -> None:
        """Leave the former name where it stands in the instructions."""
        await self._principal()
        self.mention = {"old": "", "new": ""}

    async def _hear(self, batch: Sequence[News]) -> None:
        """Show what other editors changed; what this person is typing stays as it is."""
        if not self.id or not any("resync" in news.kinds or self.id in news.subjects for news in batch):
            return
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    agent = await agents.get(session, parse_id(self.id))
        except NotFound:
            self.is_missing = True
            return
        if agent.draft_revision == self._revision and agent.version == self.version:
            self.is_active = agent.is_active
            return
        self._take(agent)
        await self._refresh_part()

    async def _refresh_part(self) -> None:
        from state.agents import parts

        for part in (parts.OF_TAB.get(self.tab), *parts.BESIDE.get(self.tab, ())):
            if part is not None and hasattr(part, "_take"):
                (await self.get_state(part))._take(self._values)

    def _take(self, agent: Any) -> None:
        self._values = agents.draft(agent)
        self.id, self.name, self.agent_type = str(agent.id), self._values["name"], self._values["agent_type"]
        self.version, self.is_active, self.changed = agent.version, agent.is_active, len(agent.draft)
        self._revision = agent.draft_revision

    async def _stored(self, principal: Principal, changes: Mapping[str, Any], bases: Mapping[str, Any] | None) -> Any:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                return await agents.edit(session, principal, parse_id(self.id), changes, bases)

    def _own(self, field: str) -> Any:
        """Return a field of the open agent's draft. Raises `NotFound` when none is open."""
        if not self.id or self.is_missing:
            raise NotFound("This agent does not exist.")
        return self._values[field]

    async def _change(self, principal: Principal, changes: Mapping[str, Any], bases: Mapping[str, Any]) -> bool:
        """Store changes of the draft and tell whether they were; a collision is shown with both values.

        `bases` says for each field what the person began from. Raises `Invalid`.
        """
        former = dict(self._values)
        try:
            agent = await self._stored(principal, changes, bases)
        except Conflict as conflict:
            field = conflict.field or ""
            self._wanted = dict(changes)
            self.collision = Collision(
                field=field,
                changed_by=str(conflict.details.get("changed_by", "")),
                theirs=texts.shown(conflict.details.get("theirs")),
                yours=texts.shown(conflict.details.get("yours")),
            )
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    self._take(await agents.get(session, parse_id(self.id)))
            await self._refresh_part()
            return False
        if self.collision["field"] in changes:
            self.collision = NO_COLLISION
        self._take(agent)
        self._look_for_mentions(former, changes)
        return True

    def _look_for_mentions(self, former: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        """Offer to change a name that somebody wrote into the instructions; they never change by themselves."""
        for field in ("name", "organization_name", "owner_name", "agent_role"):
            old, new = str(former.get(field) or ""), str(self._values[field])
            if field in changes and len(old) > 2 and new and old != new and old in self._values["system_prompt"]:
                self.mention = {"old": old, "new": new}
