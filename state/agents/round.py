"""Show a round of tests while it runs and after: its cases, one of them line by line, and another round beside it."""

from typing import Any, TypedDict

import reflex as rx

from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.evals import service as evals
from backend.evals.schemas import ComparedCase, RoundView, RunView
from state.address import with_filters
from state.agents.explaining import Explaining, dollars
from state.errors import answers
from state.session import SessionState

BEFORE, AFTER = "before", "after"


class RunRow(TypedDict):
    """One case of the round; `change` and `before` say how it ended in the round it is compared with."""

    key: str
    run_id: str
    before_run_id: str
    name: str
    status: str
    before: str
    change: str
    failed: int
    seconds: str


class CheckRow(TypedDict):
    """One check of the open case; `flipped` says how it ended in the other round, if otherwise."""

    title: str
    verdict: str
    evidence: str
    line: int
    flipped: str


class LineRow(TypedDict):
    """One line of the conversation."""

    place: int
    who: str
    text: str
    tools: str
    seconds: str
    has_why: bool
    is_marked: bool


class RoundHead(TypedDict):
    """The round itself, ready to read."""

    id: str
    suite_id: str
    title: str
    against: int
    status: str
    total: int
    done: int
    passed: int
    failed: int
    errors: int
    cost: str
    started_by: str
    started_at: str


class Side(TypedDict):
    """How a case went in one round: its end in a word, what it cost, and why it could not be run."""

    status: str
    ending: str
    error: str
    turns: int
    cost: str
    seconds: str


NO_ROUND = RoundHead(
    id="", suite_id="", title="", against=0, status="", total=0, done=0, passed=0, failed=0, errors=0, cost="",
    started_by="", started_at="",
)  # fmt: skip
NO_SIDE = Side(status="", ending="", error="", turns=0, cost="", seconds="")


class RoundState(Explaining, SessionState):
    """The round that is open in the Tests part of an agent's page."""

    round: RoundHead = NO_ROUND
    runs: list[RunRow] = []
    is_loaded: bool = False
    is_missing: bool = False
    others: list[dict[str, str]] = []
    other_id: str = ""
    better: int = 0
    worse: int = 0
    run_key: str = ""
    run_name: str = ""
    side: Side = NO_SIDE
    checks: list[CheckRow] = []
    lines: list[LineRow] = []
    other_side: Side = NO_SIDE
    other_lines: list[LineRow] = []
    is_why_open: bool = False
    _agent_id: str = ""

    async def _open(self, principal: Principal, agent_id: str, round_id: str, run_id: str, other_id: str) -> None:
        if self.round["id"] != round_id:
            self.round, self.runs, self.is_loaded, self.run_key = NO_ROUND, [], False, ""
        self._agent_id, self.is_missing, self.is_why_open = agent_id, False, False
        self.other_id = other_id
        try:
            await self._show(principal, round_id)
        except (NotFound, Invalid):
            self.is_missing = self.is_loaded = True
            return
        wanted = next((one for one in self.runs if one["run_id"] == run_id), None)
        if wanted is not None:
            await self._choose(principal, wanted["key"])

    @rx.event
    @answers
    async def choose(self, key: str) -> None:
        """Open one case of the round, or with an empty key none."""
        principal = await self._principal()
        await self._choose(principal, key)

    @rx.event
    @answers
    async def compare(self, other_id: str) -> Any:
        """Set another round beside this one, in the address too; with an empty id none."""
        principal = await self._principal()
        self.other_id = other_id
        await self._show(principal, self.round["id"])
        await self._choose(principal, self.run_key)
        row = next((one for one in self.runs if one["key"] == self.run_key), None)
        shown = {"tab": "tests", "round": self.round["id"], "run": row["run_id"] if row else "", "with": self.other_id}
        return rx.redirect(with_filters(f"/agents/{self._agent_id}", shown, tuple(shown)), replace=True)

    @rx.event
    @answers
    async def cancel(self) -> None:
        """Stop the round."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await evals.cancel(session, principal, parse_id(self.round["id"], "round"))
        await self._refresh(principal)

    @rx.event
    @answers
    async def run_again(self) -> Any:
        """Run the suite of this round once more, against the same version."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                made = await evals.run_suite(
                    session,
                    principal,
                    parse_id(self._agent_id, "agent"),
                    parse_id(self.round["suite_id"], "suite"),
                    self.round["against"],
                )
        return rx.redirect(f"/agents/{self._agent_id}?tab=tests&round={made['id']}")

    @rx.event
    @answers
    async def explain(self, side: str, place: int) -> None:
        """Show why the agent said a line of the open case, here or in the other round."""
        principal = await self._principal()
        row = next((one for one in self.runs if one["key"] == self.run_key), None)
        run_id = (row["before_run_id"] if side == BEFORE else row["run_id"]) if row else ""
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                turn = await evals.why(session, parse_id(run_id, "run"), place)
        self._explain(turn)
        self.is_why_open = True

    @rx.event
    @answers
    async def close_why(self, is_open: bool) -> None:
        """Close the explanation."""
        await self._principal()
        if not is_open:
            self.is_why_open = False
            self._forget()

    async def _refresh(self, principal: Principal) -> None:
        if not self.round["id"] or self.is_missing:
            return
        await self._show(principal, self.round["id"])
        if self.run_key:
            await self._choose(principal, self.run_key)

    async def _show(self, principal: Principal, round_id: str) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                head, runs = await evals.show_round(session, parse_id(round_id, "round"))
                rounds = await evals.show_rounds(session, parse_id(self._agent_id, "agent"))
                others = [
                    one for one in rounds if one["id"] != head["id"] and one["suite_id"] == head["suite_id"] != ""
                ]
                compared: list[ComparedCase] = []
                if any(one["id"] == self.other_id for one in others):
                    compared = await evals.compare(session, parse_id(self.other_id), parse_id(round_id))
                else:
                    self.other_id = ""
        if head["agent_id"] != self._agent_id:
            raise NotFound("This run does not exist.")
        self.round = _head(head)
        self.others = [{"value": one["id"], "label": _label(one), "at": one["started_at"]} for one in others]
        self.runs = _compared(compared, runs) if self.other_id else [_row(one) for one in runs]
        self.better = sum(one["change"] == "better" for one in self.runs)
        self.worse = sum(one["change"] == "worse" for one in self.runs)
        self.is_loaded = True

    async def _choose(self, principal: Principal, key: str) -> None:
        row = next((one for one in self.runs if one["key"] == key), None)
        self.run_key, self.run_name = (row["key"], row["name"]) if row else ("", "")
        if row is None:
            return
        run = await _read(principal, row["run_id"])
        before = await _read(principal, row["before_run_id"])
        former = {one["title"]: one["verdict"] for one in before["checks"]} if before else {}
        shown = run or before
        assert shown is not None
        self.side, self.lines = (_side(run), _lines(run)) if run else (NO_SIDE, [])
        self.other_side, self.other_lines = (_side(before), _lines(before)) if before else (NO_SIDE, [])
        self.checks = [
            CheckRow(
                title=one["title"],
                verdict=one["verdict"],
                evidence=one["evidence"],
                line=one["line"],
                flipped=former[one["title"]] if former.get(one["title"], one["verdict"]) != one["verdict"] else "",
            )
            for one in shown["checks"]
        ]


async def _read(principal: Principal, run_id: str) -> RunView | None:
    if not run_id:
        return None
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            return await evals.run(session, parse_id(run_id, "run"))


def _head(one: RoundView) -> RoundHead:
    return RoundHead(
        id=one["id"],
        suite_id=one["suite_id"],
        title=one["title"],
        against=one["version"],
        status=one["status"],
        total=one["total"],
        done=one["done"],
        passed=one["passed"],
        failed=one["failed"],
        errors=one["errors"],
        cost=dollars(one["cost_micros"]),
        started_by=one["started_by"],
        started_at=one["started_at"],
    )


def _label(one: RoundView) -> str:
    against = f"Version {one['version']}" if one["version"] else "Draft"
    return f"{against}, {one['passed']} of {one['total']} passed"


def _row(one: RunView) -> RunRow:
    return RunRow(
        key=one["id"],
        run_id=one["id"],
        before_run_id="",
        name=one["name"],
        status=one["status"],
        before="",
        change="",
        failed=sum(check["verdict"] != "pass" for check in one["checks"]),
        seconds=_seconds(one["total_ms"]),
    )


def _compared(cases: list[ComparedCase], runs: list[RunView]) -> list[RunRow]:
    known = {one["id"]: _row(one) for one in runs}
    found = []
    for one in cases:
        row = known.get(one["after_run_id"])
        base = row or RunRow(
            key=one["before_run_id"], run_id="", before_run_id="", name=one["name"], status="", before="", change="",
            failed=0, seconds="",
        )  # fmt: skip
        found.append(
            RunRow(
                **{
                    **base,
                    "before_run_id": one["before_run_id"],
                    "before": one["before"],
                    "change": one["change"],
                }
            )
        )
    return found


def _side(one: RunView) -> Side:
    return Side(
        status=one["status"],
        ending=one["ending"],
        error=one["error"],
        turns=one["turns"],
        cost=dollars(one["cost_micros"]),
        seconds=_seconds(one["total_ms"]),
    )


def _lines(one: RunView) -> list[LineRow]:
    marked = {check["line"] for check in one["checks"] if check["verdict"] != "pass"}
    return [
        LineRow(
            place=line["place"],
            who=line["who"],
            text=line["text"],
            tools=", ".join(line["tools"]),
            seconds=_seconds(line["ms"]),
            has_why=line["has_why"],
            is_marked=line["place"] in marked,
        )
        for line in one["lines"]
    ]


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f} s" if ms else ""
