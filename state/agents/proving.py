"""List an agent's tests: suites with their cases and how each ended last, and the rounds that were run."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.evals import service as evals
from backend.evals.schemas import CaseView, RoundView, SuiteView
from state.agents.case_editor import CaseEditorState
from state.agents.open_agent import AgentState
from state.agents.round import RoundState
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.removal import Removal
from state.session import SessionState

DRAFT = "0"
# Older versions are reached by running them once more from the API; a list longer than this is not read.
MOST_TARGETS = 20


class CaseRow(TypedDict):
    """One case of the list; `about` says in a few words who writes."""

    id: str
    name: str
    about: str
    checks: int
    last: str
    is_from_conversation: bool


class SuiteRow(TypedDict):
    """One suite of the list with its cases."""

    id: str
    name: str
    description: str
    is_shared: bool
    cases: list[CaseRow]
    passed: int
    failed: int


class RoundRow(TypedDict):
    """One round of the list; `against` is the number of a version, or 0 for the draft."""

    id: str
    title: str
    against: int
    status: str
    total: int
    done: int
    passed: int
    failed: int
    started_by: str
    started_at: str


class ProvingState(Loading, Removal, SessionState):
    """The Tests part of an agent's page."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"tests.changed", "resync"})

    view: str = "list"
    """`list`, or `round` while one is open."""
    suites: list[SuiteRow] = []
    rounds: list[RoundRow] = []
    targets: list[dict[str, str]] = []
    target: str = DRAFT
    # The dialog of a suite: its id, empty for a new one.
    is_naming: bool = False
    suite_id: str = ""
    suite_name: str = ""
    suite_about: str = ""
    is_shared: bool = False
    errors: dict[str, str] = {"name": "", "description": ""}
    is_doomed_suite: bool = False
    _agent_id: str = ""

    async def _open(self, principal: Principal, agent_id: str) -> None:
        hub.subscribe(self.router.session.client_token, principal, ProvingState)
        if self._agent_id != agent_id:
            self.suites, self.rounds, self.is_loaded, self.target = [], [], False, DRAFT
            self._agent_id = agent_id
        self.is_naming, self.doomed_id = False, ""
        asked = self.router.url.query_parameters
        self.view = "round" if asked.get("round") else "list"
        await self._load(self._show(principal))
        if self.view == "round":
            opened = await self.get_state(RoundState)
            await opened._open(principal, agent_id, asked.get("round", ""), asked.get("run", ""), asked.get("with", ""))
        elif asked.get("case"):
            await (await self.get_state(CaseEditorState))._edit(principal, asked["case"])

    @rx.event
    @answers
    async def choose_target(self, number: str) -> None:
        """Choose whether the draft is tested, or which version."""
        await self._principal()
        if any(one["value"] == number for one in self.targets):
            self.target = number

    @rx.event
    @answers
    async def run_suite(self, suite_id: str) -> Any:
        """Run a suite against the chosen version, and show it running."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                made = await evals.run_suite(
                    session, principal, self._subject(), parse_id(suite_id, "suite"), int(self.target)
                )
        return rx.redirect(self._address(made["id"]))

    @rx.event
    @answers
    async def run_case(self, case_id: str) -> Any:
        """Run one case against the chosen version, and show it running."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                made, _ = await evals.run_case(
                    session, principal, parse_id(case_id, "case"), self._subject(), int(self.target)
                )
        return rx.redirect(self._address(made["id"]))

    @rx.event
    @answers
    async def name_suite(self, suite_id: str) -> None:
        """Open the dialog of a suite; with an empty id of a new one."""
        await self._principal()
        found = next((one for one in self.suites if one["id"] == suite_id), None)
        self.suite_id = found["id"] if found else ""
        self.suite_name = found["name"] if found else ""
        self.suite_about = found["description"] if found else ""
        self.is_shared, self.errors = False, {"name": "", "description": ""}
        self.is_naming = True

    @rx.event
    @answers
    async def close_naming(self, is_open: bool) -> None:
        """Close the dialog of a suite."""
        await self._principal()
        if not is_open:
            self.is_naming = False

    @rx.event
    @answers
    async def set_shared(self, is_shared: bool) -> None:
        """Choose whether the new suite is for every agent, or for this one alone."""
        await self._principal()
        self.is_shared = is_shared

    @rx.event
    @answers
    async def save_suite(self, form: dict[str, Any]) -> None:
        """Make the suite, or change its name and description."""
        principal = await self._principal()
        self.errors = {"name": "", "description": ""}
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await evals.save_suite(
                    session,
                    principal,
                    suite_id=parse_id(self.suite_id, "suite") if self.suite_id else None,
                    agent_id=None if self.suite_id or self.is_shared else self._subject(),
                    name=str(form.get("suite_name", "")),
                    description=str(form.get("suite_about", "")),
                )
        self.is_naming = False
        await self._show(principal)

    @rx.event
    @answers
    async def ask_remove(self, kind: str, subject_id: str) -> None:
        """Ask whether a suite or a case shall go, by its name."""
        await self._principal()
        cases = [(one["id"], one["name"]) for suite in self.suites for one in suite["cases"]]
        known = [(one["id"], one["name"]) for one in self.suites] if kind == "suite" else cases
        name = next((name for found, name in known if found == subject_id), None)
        if name is not None:
            self.doomed_id, self.doomed_name, self.is_doomed_suite = subject_id, name, kind == "suite"

    @rx.event
    @answers
    async def remove(self) -> None:
        """Delete the suite or case the person was asked about."""
        principal = await self._principal()
        doomed = self._doomed()
        remove = evals.remove_suite if self.is_doomed_suite else evals.remove_case
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await remove(session, principal, parse_id(doomed))
        await self._show(principal)

    def _subject(self) -> Any:
        if not self._agent_id:
            raise NotFound("This agent does not exist.")
        return parse_id(self._agent_id)

    def _address(self, round_id: str) -> str:
        return f"/agents/{self._agent_id}?tab=tests&round={round_id}"

    async def _hear(self, batch: Sequence[News]) -> None:
        opened = await self.get_state(AgentState)
        about = {"", self._agent_id}
        is_mine = any("resync" in news.kinds or not news.subjects or news.subjects & about for news in batch)
        if not is_mine or opened.id != self._agent_id or opened.tab != "tests":
            return
        principal = await self._principal()
        await self._show(principal)
        if self.view == "round":
            await (await self.get_state(RoundState))._refresh(principal)

    async def _show(self, principal: Principal) -> None:
        agent_id = self._subject()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                suites = await evals.show_suites(session, agent_id)
                rounds = await evals.show_rounds(session, agent_id)
                versions = await agents.version_rows(session, agent_id, MOST_TARGETS)
        self.suites = [_suite(one) for one in suites]
        self.rounds = [round_row(one) for one in rounds]
        self.targets = [{"value": DRAFT, "label": "The draft"}] + [
            {"value": str(one["number"]), "label": f"Version {one['number']}" + (" (live)" if one["is_live"] else "")}
            for one in versions
        ]
        self.is_loaded = True


def _suite(one: SuiteView) -> SuiteRow:
    return SuiteRow(
        id=one["id"],
        name=one["name"],
        description=one["description"],
        is_shared=one["is_shared"],
        cases=[_case(case) for case in one["cases"]],
        passed=one["passed"],
        failed=one["failed"],
    )


def _case(one: CaseView) -> CaseRow:
    known = one["definition"]
    opening = known.get("opening") or []
    about = opening[0] if opening else known.get("goal") or known.get("persona") or ""
    return CaseRow(
        id=one["id"],
        name=one["name"],
        about=" ".join(str(about).split())[:160],
        checks=len(known.get("checks") or []),
        last=one["last"],
        is_from_conversation=bool(one["conversation_id"]),
    )


def round_row(one: RoundView) -> RoundRow:
    """Return a round as lists show it."""
    return RoundRow(
        id=one["id"],
        title=one["title"],
        against=one["version"],
        status=one["status"],
        total=one["total"],
        done=one["done"],
        passed=one["passed"],
        failed=one["failed"] + one["errors"],
        started_by=one["started_by"],
        started_at=one["started_at"],
    )
