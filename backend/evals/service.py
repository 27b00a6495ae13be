"""Prove agents: suites of cases, rounds that run them, comparisons, replays of real conversations.

A round runs against the draft or any version, as durable jobs that may be cancelled; nothing in it is real: nobody is
written to, no system is called, and inbox, figures and knowledge gaps know nothing of it. What moves is told to open
screens as `tests.changed` with the agent as `subject`. The modules of this package hold the work; callers come here.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.agents.schemas import TurnView
from backend.core.errors import Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.evals import comparing, queries, replays, rounds, suites
from backend.evals.checks import title as check_title
from backend.evals.definitions import KINDS, MOST_TURNS
from backend.evals.gathering import gather
from backend.evals.schemas import CaseView, ComparedCase, LineView, ReplayView, RoundView, RunView, SuiteView
from backend.evals.suites import remove_case, remove_suite, save_case, save_suite
from backend.models.evals import EvalCase, EvalRound, EvalRun, EvalSuite
from backend.vocab import CaseStatus, RoundKind

__all__ = [
    "KINDS",
    "MOST_TURNS",
    "SIZES",
    "agent_of",
    "cancel",
    "case",
    "case_row",
    "cases",
    "check_title",
    "compare",
    "gather",
    "list_runs",
    "remove_case",
    "remove_suite",
    "replay",
    "run",
    "run_case",
    "run_row",
    "run_suite",
    "save_case",
    "save_suite",
    "show_replay",
    "show_round",
    "show_rounds",
    "show_suites",
    "suite_row",
    "why",
]

SIZES = replays.SIZES
MOST_ROUNDS = 50


async def show_suites(session: AsyncSession, agent_id: UUID | None = None) -> list[SuiteView]:
    """Return an agent's suites and those of every agent with their cases; without an agent all there are.

    Raises `NotFound` for an agent that is none.
    """
    org_id = org_id_of(session)
    if agent_id is not None:
        await agents.get(session, agent_id)
    found = await queries.suites(session, org_id, agent_id)
    own = await queries.cases(session, org_id, [one.id for one in found])
    if agent_id is not None:
        own = suites.fitting(own, agent_id)
    last = await queries.last_runs(session, org_id, [one.id for one in own], agent_id)
    views = [case_row(one, last.get(one.id)) for one in own]
    return [suite_row(one, [row for row in views if row["suite_id"] == str(one.id)]) for one in found]


def suite_row(found: EvalSuite, own: Sequence[CaseView] = ()) -> SuiteView:
    """Return a suite in plain JSON."""
    return SuiteView(
        id=str(found.id),
        agent_id=str(found.agent_id or ""),
        name=found.name,
        description=found.description,
        is_shared=found.agent_id is None,
        is_gathered=found.is_gathered,
        cases=list(own),
        passed=sum(one["last"] == CaseStatus.PASSED for one in own),
        failed=sum(one["last"] in (CaseStatus.FAILED, CaseStatus.ERROR) for one in own),
        created_at=found.created_at.isoformat(),
        updated_at=found.updated_at.isoformat(),
    )


def case_row(found: EvalCase, last: tuple[UUID, str] | None = None) -> CaseView:
    """Return a case in plain JSON; `last` is its latest run as (id, status)."""
    return CaseView(
        id=str(found.id),
        suite_id=str(found.suite_id),
        agent_id=str(found.agent_id or ""),
        conversation_id=str(found.conversation_id or ""),
        name=found.name,
        description=found.description,
        definition=found.definition,
        last=last[1] if last else "",
        created_at=found.created_at.isoformat(),
        updated_at=found.updated_at.isoformat(),
    )


async def cases(session: AsyncSession, suite_id: UUID) -> list[CaseView]:
    """Return the cases of a suite. Raises `NotFound`."""
    around = await suites.suite(session, suite_id)
    return [case_row(one) for one in await queries.cases(session, around.org_id, [around.id])]


async def case(session: AsyncSession, case_id: UUID) -> CaseView:
    """Return one case. Raises `NotFound`."""
    return case_row(await suites.case(session, case_id))


async def run_suite(
    session: AsyncSession, principal: Principal, agent_id: UUID, suite_id: UUID, number: int = 0
) -> RoundView:
    """Begin to run a suite against version `number` of an agent, 0 being its draft.

    Raises `NotFound`, also for a suite of another agent, `Invalid` when no case fits, and `LimitReached`.
    """
    around = await suites.suite(session, suite_id)
    if around.agent_id not in (None, agent_id):
        raise NotFound("This suite belongs to another agent.")
    fitting = suites.fitting(await queries.cases(session, around.org_id, [around.id]), agent_id)
    made, _ = await rounds.start(session, principal, agent_id, fitting, number, around.name, around.id)
    return (await _round_rows(session, [made]))[0]


async def run_case(
    session: AsyncSession, principal: Principal, case_id: UUID, agent_id: UUID | None = None, number: int | None = 0
) -> tuple[RoundView, RunView]:
    """Begin to run one case against version `number` of its agent, 0 being the draft and None what is live.

    Without `agent_id` the case's own agent is meant, or its suite's. Raises `NotFound`, `LimitReached`, and `Invalid`
    (`no_agent`) when it has none.
    """
    wanted = await suites.case(session, case_id)
    around = await suites.suite(session, wanted.suite_id)
    own = wanted.agent_id or around.agent_id
    if agent_id is not None and own not in (None, agent_id):
        raise NotFound("This test belongs to another agent.")
    subject = agent_id or own
    if subject is None:
        raise Invalid("This test has no agent: say which one to run it against.", field="agent_id", code="no_agent")
    version = (await agents.get(session, subject)).version if number is None else number
    title = suites.public_name(wanted, around)
    made, begun = await rounds.start(session, principal, subject, [wanted], version, title, around.id)
    return (await _round_rows(session, [made]))[0], run_row(begun[0])


async def agent_of(session: AsyncSession, suite_id: UUID) -> UUID | None:
    """Return whose a suite is, None when it is every agent's. Raises `NotFound`."""
    return (await suites.suite(session, suite_id)).agent_id


async def cancel(session: AsyncSession, principal: Principal, round_id: UUID) -> RoundView:
    """Stop a round; what is finished stays. Raises `NotFound`, and `Conflict` when it is over."""
    return (await _round_rows(session, [await rounds.cancel(session, principal, round_id)]))[0]


async def show_rounds(session: AsyncSession, agent_id: UUID) -> list[RoundView]:
    """Return an agent's newest rounds of tests. Raises `NotFound`."""
    await agents.get(session, agent_id)
    found = await queries.rounds(session, org_id_of(session), agent_id, RoundKind.TESTS, MOST_ROUNDS)
    return await _round_rows(session, found)


async def show_round(session: AsyncSession, round_id: UUID) -> tuple[RoundView, list[RunView]]:
    """Return a round and its runs, without what was said. Raises `NotFound`."""
    found = await _round(session, round_id)
    rows = await queries.runs(session, found.org_id, round_id)
    return (await _round_rows(session, [found]))[0], [run_row(one) for one in rows]


async def run(session: AsyncSession, run_id: UUID) -> RunView:
    """Return one run with everything that was said. Raises `NotFound`."""
    return run_row(await _run(session, run_id), with_lines=True)


async def why(session: AsyncSession, run_id: UUID, place: int) -> TurnView:
    """Return why the agent said a line of a run, by its place from 1. Raises `NotFound`."""
    lines = (await _run(session, run_id)).lines
    turn = lines[place - 1].get("turn") if 0 < place <= len(lines) else None
    if turn is None:
        raise NotFound("The agent did not say this line.")
    found: TurnView = turn
    return found


async def list_runs(
    session: AsyncSession,
    *,
    case_id: UUID | None = None,
    suite_id: UUID | None = None,
    status: str = "",
    limit: int = 50,
) -> list[RunView]:
    """Return the newest runs that fit, without what was said."""
    found = await queries.list_runs(
        session, org_id_of(session), case_id=case_id, suite_id=suite_id, status=status, limit=limit
    )
    return [run_row(one) for one in found]


async def compare(session: AsyncSession, before_id: UUID, after_id: UUID) -> list[ComparedCase]:
    """Return what became better and worse from one round to another. Raises `NotFound`."""
    before, after = await _round(session, before_id), await _round(session, after_id)
    return comparing.compared(
        await queries.runs(session, before.org_id, before.id), await queries.runs(session, after.org_id, after.id)
    )


async def replay(session: AsyncSession, principal: Principal, agent_id: UUID, conversations: int) -> str:
    """Begin to replay an agent's newest conversations with its draft and return the replay's id.

    Raises `NotFound`, `Invalid`, `LimitReached`, and `Conflict` (`nothing_to_replay`).
    """
    return str((await replays.start(session, principal, agent_id, conversations)).id)


async def show_replay(session: AsyncSession, agent_id: UUID) -> ReplayView | None:
    """Return the newest replay of an agent, or None. Raises `NotFound`."""
    return await replays.latest(session, agent_id)


def run_row(found: EvalRun, *, with_lines: bool = False) -> RunView:
    """Return a run in plain JSON, with what was said if wanted."""
    return RunView(
        id=str(found.id),
        round_id=str(found.round_id),
        case_id=str(found.case_id or ""),
        name=found.name,
        status=found.status,
        ending=found.ending,
        error=found.error,
        checks=found.checks,  # type: ignore[typeddict-item]
        lines=[_line(place, one) for place, one in enumerate(found.lines, 1)] if with_lines else [],
        turns=found.turns,
        cost_micros=found.cost_micros,
        total_ms=found.total_ms,
        started_at=found.started_at.isoformat() if found.started_at else "",
        finished_at=found.finished_at.isoformat() if found.finished_at else "",
        created_at=found.created_at.isoformat(),
    )


def _line(place: int, line: dict[str, Any]) -> LineView:
    turn = line.get("turn")
    return LineView(
        place=place,
        who=line["who"],
        text=line["text"],
        is_scripted=line["is_scripted"],
        has_why=turn is not None,
        tools=[use["name"] for use in turn["tools"]] if turn else [],
        ms=turn["total_ms"] if turn else 0,
    )


async def _round(session: AsyncSession, round_id: UUID) -> EvalRound:
    found = await queries.round_(session, org_id_of(session), round_id)
    if found is None or found.kind != RoundKind.TESTS:
        raise NotFound("This run does not exist.")
    return found


async def _run(session: AsyncSession, run_id: UUID) -> EvalRun:
    found = await queries.run(session, org_id_of(session), run_id)
    if found is None:
        raise NotFound("This run does not exist.")
    return found


async def _round_rows(session: AsyncSession, found: Sequence[EvalRound]) -> list[RoundView]:
    if not found:
        return []
    counted = await queries.counts(session, org_id_of(session), [one.id for one in found])
    return [_round_row(one, counted[one.id]) for one in found]


def _round_row(one: EvalRound, counted: dict[str, int]) -> RoundView:
    waiting = sum(counted.get(status, 0) for status in queries.OPEN)
    total = sum(count for status, count in counted.items() if status != "cost")
    return RoundView(
        id=str(one.id),
        agent_id=str(one.agent_id),
        suite_id=str(one.suite_id or ""),
        title=one.title,
        version=one.version,
        live_version=one.live_version,
        is_draft=one.version == 0,
        status=one.status,
        total=total,
        done=total - waiting,
        passed=counted.get(CaseStatus.PASSED, 0),
        failed=counted.get(CaseStatus.FAILED, 0),
        errors=counted.get(CaseStatus.ERROR, 0),
        cost_micros=counted.get("cost", 0),
        started_by=one.started_by_name,
        started_at=one.created_at.isoformat(),
        finished_at=one.finished_at.isoformat() if one.finished_at else "",
    )
