"""Publish an agent's draft, list its versions, compare any two, and bring one back."""

from typing import Any, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import Conflict
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.agents import texts
from state.agents.open_agent import AgentState
from state.agents.proposal import Line, numbered
from state.agents.replay import ReplayState
from state.errors import answers
from state.session import SessionState

PAGE = 50
DRAFT = "0"


class Change(TypedDict):
    """A field that differs, its values in a line each, or its lines when it is long."""

    field: str
    before: str
    after: str
    lines: list[Line]


class Version(TypedDict):
    """One published version. `published_at` is ISO 8601 in UTC; `restored_from` is 0 unless it brought another back."""

    number: int
    note: str
    publisher: str
    published_at: str
    restored_from: int
    is_live: bool


def shown(changes: Any) -> list[Change]:
    """Return differences as they are shown."""
    return [
        Change(
            field=one["field"],
            before="" if one["lines"] else texts.shown(one["before"]),
            after="" if one["lines"] else texts.shown(one["after"]),
            lines=numbered(one["lines"]),
        )
        for one in changes
    ]


class PublishState(SessionState):
    """The dialog that publishes the draft, with what publishing would change."""

    is_open: bool = False
    changes: list[Change] = []
    error: str = ""
    _revision: int = 0

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Show what the draft changes, or close the dialog."""
        principal = await self._principal()
        self.is_open, self.error = is_open, ""
        if is_open:
            await self._look(principal)
            await (await self.get_state(ReplayState))._open(principal)

    @rx.event
    @answers
    async def publish(self, form: dict[str, Any]) -> Any:
        """Let the draft answer customers from now on, unless it changed since it was looked at."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    agent = await agents.publish(
                        session, principal, parse_id(opened.id), str(form.get("note", "")), self._revision
                    )
        except Conflict as conflict:
            await self._look(principal)
            self.error = conflict.message
            return None
        self.is_open, self.changes = False, []
        opened._take(agent)
        await opened._refresh_part()
        return rx.toast(f"Version {agent.version} answers your customers now.")

    @rx.event
    @answers
    async def discard(self) -> Any:
        """Take back every unpublished change."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                agent = await agents.discard_draft(session, principal, parse_id(opened.id))
        self.is_open, self.changes = False, []
        opened._take(agent)
        opened.drawing += 1
        await opened._refresh_part()
        return rx.toast("The unpublished changes are gone.")

    async def _look(self, principal: Principal) -> None:
        opened = await self.get_state(AgentState)
        agent_id = parse_id(opened.id)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                agent = await agents.get(session, agent_id)
                self.changes = shown(await agents.compare(session, agent_id, agent.version, 0))
        self._revision = agent.draft_revision


class HistoryState(SessionState):
    """The versions of an agent."""

    versions: list[Version] = []
    has_more: bool = False
    is_loaded: bool = False
    # What is compared: numbers as text, "0" for the draft.
    older: str = ""
    newer: str = ""
    choices: list[dict[str, str]] = []
    changes: list[Change] = []
    doomed: int = 0

    async def _open(self, principal: Principal, agent_id: str) -> None:
        await self._show(principal)
        live = next((str(one["number"]) for one in self.versions if one["is_live"]), "")
        before = next((str(one["number"]) for one in self.versions if not one["is_live"]), live)
        opened = await self.get_state(AgentState)
        self.older, self.newer = (live, DRAFT) if opened.changed else (before, live)
        await self._compare(principal)

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Show older versions."""
        principal = await self._principal()
        if self.versions:
            await self._show(principal, self.versions[-1]["number"])

    @rx.event
    @answers
    async def choose(self, side: str, number: str) -> None:
        """Take another version to compare on one side."""
        principal = await self._principal()
        if not (number.isascii() and number.isdigit()) or len(number) > 9:
            return
        if side == "older":
            self.older = number
        elif side == "newer":
            self.newer = number
        await self._compare(principal)

    @rx.event
    @answers
    async def ask_roll_back(self, number: int) -> None:
        """Ask whether an old version shall answer again."""
        await self._principal()
        self.doomed = number

    @rx.event
    @answers
    async def close_roll_back(self, is_open: bool) -> None:
        """Leave the live version live."""
        await self._principal()
        if not is_open:
            self.doomed = 0

    @rx.event
    @answers
    async def roll_back(self) -> Any:
        """Publish the version that was asked about under the next number."""
        principal = await self._principal()
        number, self.doomed = self.doomed, 0
        opened = await self.get_state(AgentState)
        if number < 1:
            return None
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                agent = await agents.roll_back(session, principal, parse_id(opened.id), number)
        opened._take(agent)
        await self._open(principal, opened.id)
        return rx.toast(f"Version {number} answers again, as version {agent.version}.")

    async def _show(self, principal: Principal, before: int = 0) -> None:
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                rows = await agents.version_rows(session, parse_id(opened.id), PAGE, before)
        found = [Version(**row) for row in rows]
        self.versions = [*self.versions, *found] if before else found
        self.has_more, self.is_loaded = len(rows) == PAGE, True
        self.choices = [{"value": DRAFT, "label": "Draft"}] + [
            {"value": str(one["number"]), "label": f"Version {one['number']}"} for one in self.versions
        ]

    async def _compare(self, principal: Principal) -> None:
        opened = await self.get_state(AgentState)
        if not self.older or not self.newer:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.changes = shown(
                    await agents.compare(session, parse_id(opened.id), int(self.older), int(self.newer))
                )
