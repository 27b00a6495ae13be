"""List what an agent listens for, switch it, delete it, and read what came of it."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from backend.alerts import service as alerts
from backend.alerts.schemas import AlertRow, MatchRow
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.agents.open_agent import AgentState
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.removal import Removal
from state.session import SessionState


class AlertsState(Loading, Removal, SessionState):
    """The alerts of the open agent."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"alerts.changed", "resync"})

    rows: list[AlertRow] = []
    new_secret: str = ""
    """What webhooks are signed with from now on; shown once."""
    _agent_id: str = ""

    async def _open(self, principal: Principal, agent_id: str) -> None:
        hub.subscribe(self.router.session.client_token, principal, AlertsState)
        if agent_id != self._agent_id:
            self.is_loaded, self.rows = False, []
        self._agent_id, self.doomed_id, self.new_secret = agent_id, "", ""
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def set_active(self, alert_id: str, is_active: bool) -> None:
        """Have an alert listen, or stop it."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await alerts.set_active(session, principal, parse_id(alert_id), is_active)
        await self._show(principal)

    @rx.event
    @answers
    async def ask_delete(self, alert_id: str) -> None:
        """Ask whether an alert shall go, by its name."""
        await self._principal()
        found = next((one for one in self.rows if one["id"] == alert_id), None)
        self.doomed_id, self.doomed_name = (found["id"], found["name"]) if found else ("", "")

    @rx.event
    @answers
    async def delete(self) -> None:
        """Delete the alert the person was asked about, with its history."""
        principal = await self._principal()
        doomed = self._doomed()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await alerts.delete(session, principal, parse_id(doomed))
        await self._show(principal)

    @rx.event
    @answers
    async def forget_secret(self, is_open: bool) -> None:
        """Take the new signing secret off the page."""
        await self._principal()
        if not is_open:
            self.new_secret = ""

    async def _show(self, principal: Principal) -> None:
        if not self._agent_id:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.rows = await alerts.alerts(session, principal, UUID(self._agent_id))
        self.is_loaded, self.has_failed = True, False

    async def _hear(self, batch: Sequence[News]) -> None:
        if any("resync" in news.kinds or self._agent_id in news.subjects for news in batch):
            await self._show(await self._principal())


class AlertLogState(SessionState):
    """The history of one alert, in a dialog."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"alerts.changed", "resync"})

    is_open: bool = False
    alert_id: str = ""
    name: str = ""
    rows: list[MatchRow] = []
    has_more: bool = False
    is_loaded: bool = False

    @rx.event
    @answers
    async def open(self, alert_id: str) -> None:
        """Show what an alert matched, newest first."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, AlertLogState)
        self.rows, self.has_more, self.is_loaded = [], False, False
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await alerts.alert(session, principal, parse_id(alert_id))
        self.alert_id, self.name, self.is_open = found["id"], found["name"], True
        await self._show(principal)

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog."""
        await self._principal()
        if not is_open:
            self.is_open, self.alert_id = False, ""

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Add older matches, up to a hundred in all."""
        principal = await self._principal()
        if self.alert_id and self.rows and len(self.rows) < 3 * alerts.MOST_MATCHES:
            older = await self._read(principal, parse_id(self.rows[-1]["id"]))
            self.rows = [*self.rows, *older]
            self.has_more = len(older) == alerts.MOST_MATCHES and len(self.rows) < 3 * alerts.MOST_MATCHES

    @rx.event
    @answers
    async def retry(self, match_id: str) -> None:
        """Do again what failed."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                fresh = await alerts.retry(session, principal, parse_id(match_id))
        self.rows = [fresh if one["id"] == fresh["id"] else one for one in self.rows]

    async def _read(self, principal: Principal, before: UUID | None = None) -> list[MatchRow]:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                return await alerts.matches(session, parse_id(self.alert_id), before)

    async def _show(self, principal: Principal) -> None:
        newest = await self._read(principal)
        known = {one["id"] for one in newest}
        # What was loaded below stays while the newest change.
        older = [one for one in self.rows if one["id"] not in known and newest and one["id"] < newest[-1]["id"]]
        self.rows = [*newest, *older]
        self.has_more = len(newest) == alerts.MOST_MATCHES and not older
        self.is_loaded = True

    async def _hear(self, batch: Sequence[News]) -> Any:
        opened = await self.get_state(AgentState)
        is_ours = any("resync" in news.kinds or opened.id in news.subjects for news in batch)
        if self.is_open and self.alert_id and is_ours:
            await self._show(await self._principal())
