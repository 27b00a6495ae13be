"""Read what came of a skill: its runs, and of each the people it concerned."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx

from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.skills import service as skills
from backend.skills.schemas import PersonRow, RunRow
from backend.vocab import RunStatus
from state.agents.skills import SkillsState
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState


class SkillHistoryState(SessionState):
    """The dialog of a skill's history."""

    HEARS: ClassVar[frozenset[str]] = frozenset({skills.CHANGED, "resync"})

    is_open: bool = False
    is_loaded: bool = False
    name: str = ""
    status: str = ""
    runs: list[RunRow] = []
    has_more: bool = False
    run_id: str = ""
    people: list[PersonRow] = []
    are_people_cut: bool = False
    _skill_id: str = ""

    @rx.event
    @answers
    async def open(self, slug: str) -> None:
        """Show the runs of a skill."""
        principal = await self._principal()
        card = (await self.get_state(SkillsState))._card(slug)
        hub.subscribe(self.router.session.client_token, principal, SkillHistoryState)
        self.name, self._skill_id, self.status = card["name"], card["id"], ""
        self.runs, self.run_id, self.people = [], "", []
        self.is_open, self.is_loaded, self.has_more = True, False, False
        await self._read(principal)

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog; nobody's name stays in the tab's memory."""
        await self._principal()
        if not is_open:
            self.is_open, self.runs, self.people, self.run_id = False, [], [], ""

    @rx.event
    @answers
    async def set_status(self, status: str) -> None:
        """Show only runs that stand so."""
        principal = await self._principal()
        self.status = status if status in set(RunStatus) else ""
        self.run_id, self.people = "", []
        await self._read(principal)

    @rx.event
    @answers
    async def load_more(self) -> None:
        """Show older runs."""
        principal = await self._principal()
        if not self.runs or not self._skill_id:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                older, self.has_more = await skills.runs_of(
                    session, parse_id(self._skill_id), self.status, parse_id(self.runs[-1]["id"])
                )
        self.runs = [*self.runs, *older]

    @rx.event
    @answers
    async def show_run(self, run_id: str) -> None:
        """Show the people of a run, or hide them again."""
        principal = await self._principal()
        self.run_id, self.people = ("", []) if run_id == self.run_id else (run_id, [])
        await self._read_people(principal)

    @rx.event
    @answers
    async def cancel(self, run_id: str) -> None:
        """Take back what of a run has not left."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await skills.cancel_run(session, principal, parse_id(run_id))
        await self._read(principal)
        await self._read_people(principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        # Older runs that were loaded stay: only the newest page changes by itself.
        if self.is_open and len(self.runs) <= skills.RUNS_SHOWN:
            principal = await self._principal()
            await self._read(principal)
            await self._read_people(principal)

    async def _read(self, principal: Principal) -> None:
        if self._skill_id:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    self.runs, self.has_more = await skills.runs_of(session, parse_id(self._skill_id), self.status)
        self.is_loaded = True

    async def _read_people(self, principal: Principal) -> None:
        if not self.run_id:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.people = await skills.people_of(session, parse_id(self.run_id))
        self.are_people_cut = len(self.people) >= skills.PEOPLE_SHOWN
