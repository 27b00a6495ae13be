"""Play one case: the customer's lines, the agent's turns, and what became of the checks.

What was said is stored after every turn, so whoever takes a case over goes on where it stood. Nothing else is stored,
sent or called anywhere: the agent plays in a rehearsal.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.agents.schemas import AgentSpec, Customer, Line, TurnRecord
from backend.agents.service import Cast, Rehearsal
from backend.core import clock
from backend.core.errors import Invalid, Unavailable
from backend.core.tenancy import unit_of_work
from backend.details import definitions as details
from backend.details.schemas import Found
from backend.evals import checks, judging, personas, queries, rounds
from backend.evals.patterns import TooSlow
from backend.evals.schemas import CheckResult, Proceedings, ToolUse
from backend.functions.schemas import Outcome
from backend.models.evals import EvalRun
from backend.vocab import CaseStatus, Channel, Ending, RoundStatus, TurnStatus

MOST_ATTEMPTS = 3
# A dollar buys twenty turns of the dearest listed model with long prompts ten times over.
COST_LIMIT_MICROS = 1_000_000
CUSTOMER, AGENT = "customer", "agent"


@dataclass
class _Play:
    """A case that is ours to play, and how far it came."""

    org_id: UUID
    run_id: UUID
    attempt: int
    definition: dict[str, Any]
    lines: list[dict[str, Any]]
    state: dict[str, Any]
    ending: str = ""
    error: str = ""
    checks: list[CheckResult] = field(default_factory=list)


class _Lost(Exception):
    """Somebody cancelled the case, or took it over."""


async def play(org_id: UUID, run_id: UUID, cast: Cast) -> None:
    """Play one case of a round to its end, once; who comes second stops, and a cancelled case is left.

    Runs in the organization scope of its caller.
    """
    async with unit_of_work() as session:
        run = await queries.run(session, org_id, run_id, for_update=True)
        playing = _claimed(run)
        if run is None or playing is None:
            return
        session.add(run)
        await session.flush()
        await rounds.announce(session, org_id, cast.spec.id)
    try:
        if not playing.error:
            await _to_the_end(playing, cast)
        if not playing.error:
            await _judge(playing)
    except Unavailable as error:
        playing.error = error.message
    except _Lost:
        return
    async with unit_of_work() as session:
        await _store(session, playing, is_over=True)


def _claimed(run: EvalRun | None) -> _Play | None:
    """Take a case that is not finished; one that broke its process again and again is not tried once more."""
    if run is None or run.status not in queries.OPEN:
        return None
    run.attempt += 1
    run.status, run.started_at = CaseStatus.RUNNING, run.started_at or clock.now()
    playing = _Play(run.org_id, run.id, run.attempt, run.definition, list(run.lines), dict(run.state), run.ending)
    if run.attempt > MOST_ATTEMPTS:
        playing.error = "This was interrupted again and again."
    return playing


async def _to_the_end(playing: _Play, cast: Cast) -> None:
    rehearsal = _staged(playing, cast)
    if not playing.definition["opening"] and not _has_persona(playing.definition):
        playing.error = "Nobody writes in this case: give it lines, or a persona with a goal."
        return
    while not playing.ending and not playing.error:
        text = await _next(playing)
        if not text:
            return
        playing.lines.append({"who": CUSTOMER, "text": text, "is_scripted": _is_scripted(playing)})
        if rehearsal.at is not None and not cast.is_open(rehearsal.channel, rehearsal.at):
            playing.ending = Ending.SILENT
        else:
            _take(playing, cast.spec, await rehearsal.say(text))
            playing.state |= _kept(rehearsal)
        async with unit_of_work() as session:
            if not await _store(session, playing):
                raise _Lost


def _has_persona(definition: Mapping[str, Any]) -> bool:
    return bool(definition["persona"] or definition["goal"])


def _told(playing: _Play) -> int:
    return sum(line["who"] == CUSTOMER for line in playing.lines)


def _is_scripted(playing: _Play) -> bool:
    return _told(playing) < len(playing.definition["opening"])


async def _next(playing: _Play) -> str:
    """Return the customer's next line, or nothing and how it ended."""
    told, opening = _told(playing), playing.definition["opening"]
    if told < len(opening):
        return str(opening[told])
    if not _has_persona(playing.definition):
        playing.ending = Ending.SCRIPT_OVER
        return ""
    if told >= max(playing.definition["max_turns"], len(opening)):
        playing.ending = Ending.OUT_OF_TURNS
        return ""
    said = await personas.next_line(
        playing.definition["persona"],
        playing.definition["goal"],
        [(line["who"] == CUSTOMER, line["text"]) for line in playing.lines],
    )
    playing.state["aside_micros"] = playing.state.get("aside_micros", 0) + said.cost_micros
    playing.ending = said.ending
    return said.text


def _take(playing: _Play, spec: AgentSpec, record: TurnRecord) -> None:
    turn = agents.tried(spec, record)
    playing.lines.append({"who": AGENT, "text": record.reply, "is_scripted": False, "turn": turn})
    spent = sum(line["turn"]["cost_micros"] for line in playing.lines if "turn" in line)
    if record.failure and not record.is_withheld:
        playing.error = record.failure
    elif record.hand_over_reason:
        # From here on people answer.
        playing.ending = Ending.HANDED_OVER
    elif spent + playing.state.get("aside_micros", 0) > COST_LIMIT_MICROS:
        playing.error = f"This costs more than ${COST_LIMIT_MICROS / 1_000_000:g}, so it was stopped."


def _staged(playing: _Play, cast: Cast) -> Rehearsal:
    """Return the rehearsal as it stood after the last stored turn."""
    definition, facts, state = playing.definition, playing.definition["facts"], playing.state
    stored = state.get("found")
    found = [Found(*one) for one in stored] if stored is not None else _seeded(cast.spec, facts["details"])
    results = definition["results"]
    return Rehearsal(
        cast.spec,
        channel=Channel(definition["channel"]),
        customer=Customer(state.get("name", facts["name"]), facts["phone"]),
        found={one.name: one for one in found},
        notes=tuple(f"Known of this customer: {one}" for one in facts["known"]),
        lines=[Line("user" if line["who"] == CUSTOMER else "assistant", line["text"]) for line in playing.lines],
        answers=lambda name, arguments: _declared(results, name, arguments),
        at=pinned(definition["clock"], cast.spec.timezone),
    )


def _kept(rehearsal: Rehearsal) -> dict[str, Any]:
    found = [[one.name, one.var_type, one.value, one.is_confirmed] for one in rehearsal.found.values()]
    return {"name": rehearsal.customer.name, "found": found}


def pinned(moment: str, timezone: str) -> datetime | None:
    """Return the moment a case happens at; one without a zone is a time on the agent's own wall."""
    if not moment:
        return None
    at = datetime.fromisoformat(moment)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(timezone or "UTC"))).astimezone(UTC)


def _seeded(spec: AgentSpec, given: Mapping[str, str]) -> list[Found]:
    known = {one["name"]: one for one in spec.details}
    found = []
    for name, value in given.items():
        kind = known.get(name)
        try:
            read = details.value_of(kind, value) if kind else value
        except Invalid:
            read = value
        found.append(Found(name, kind["var_type"] if kind else "text", read))
    return found


def _declared(results: Sequence[Mapping[str, Any]], name: str, arguments: Mapping[str, Any]) -> Outcome | None:
    """Return what the case says a call comes to: the first result of that tool whose arguments fit."""
    for one in results:
        if one["tool"] == name and _fits(one["arguments"], arguments):
            return Outcome(None, one["status"], one["result"] or "Done.")
    return None


def _fits(wanted: Sequence[Mapping[str, Any]], arguments: Mapping[str, Any]) -> bool:
    try:
        return all(one["name"] in arguments and checks.fits(one, "value", arguments[one["name"]]) for one in wanted)
    except TooSlow:
        return False


def proceedings(playing: _Play) -> Proceedings:
    """Return what happened, from the stored lines."""
    turns = [(place, line["turn"], line["text"]) for place, line in enumerate(playing.lines, 1) if "turn" in line]
    handed = next(((place, turn) for place, turn, _ in turns if turn["status"] == TurnStatus.HANDED_OFF), None)
    last = len(playing.lines)
    is_open = bool(last) and playing.lines[-1]["who"] == CUSTOMER
    return Proceedings(
        said=tuple((place, text) for place, _, text in turns),
        tools=tuple(
            ToolUse(place, use["name"], use["arguments"], use["status"])
            for place, turn, _ in turns
            for use in turn["tools"]
        ),
        found={one[0]: Found(*one) for one in playing.state.get("found", [])},
        sources=tuple(
            (place, f"{source['title']}: {source['quote']}") for place, turn, _ in turns for source in turn["sources"]
        ),
        unsure_at=tuple(place for place, turn, _ in turns if turn["is_unanswered"]),
        unanswered_at=(last,) if is_open and playing.ending != Ending.SILENT else (),
        handed_over_at=handed[0] if handed else 0,
        hand_over_reason=handed[1]["reason"] if handed else "",
        ending=playing.ending,
        turns=len(turns),
        cost_micros=sum(turn["cost_micros"] for _, turn, _ in turns),
        slowest_ms=max((turn["total_ms"] for _, turn, _ in turns), default=0),
        total_ms=sum(turn["total_ms"] for _, turn, _ in turns),
    )


async def _judge(playing: _Play) -> None:
    what, wanted = proceedings(playing), playing.definition["checks"]
    is_to_be_silent = any(one["kind"] == "ended" and one["ending"] == Ending.SILENT for one in wanted)
    # Patterns may take their time, which is not the event loop's.
    plain = await asyncio.to_thread(
        lambda: [None if one["kind"] == "judge" else checks.decided(one, what) for one in wanted]
    )
    questions = [one["question"] for one in wanted if one["kind"] == "judge"]
    verdicts: list[judging.Verdict] = []
    if questions:
        said = [("Customer" if line["who"] == CUSTOMER else "Agent", line["text"]) for line in playing.lines]
        verdicts, spent = await judging.judge(questions, said)
        playing.state["aside_micros"] = playing.state.get("aside_micros", 0) + spent
    left = iter(verdicts)
    decided = []
    for one, result in zip(wanted, plain, strict=True):
        if result is None:
            verdict = next(left)
            result = checks.judged(one, verdict.answer, verdict.because)
        decided.append(result)
    playing.checks = decided if is_to_be_silent else [checks.answered(what), *decided]


async def _store(session: AsyncSession, playing: _Play, *, is_over: bool = False) -> bool:
    """Store how far a case came; tell whether it is still ours to play."""
    run = await queries.run(session, playing.org_id, playing.run_id, for_update=True)
    if run is None or run.status != CaseStatus.RUNNING or run.attempt != playing.attempt:
        return False
    around = await queries.round_(session, playing.org_id, run.round_id)
    if around is None or around.status != RoundStatus.RUNNING:
        return False
    what = proceedings(playing)
    run.lines, run.state, run.ending, run.error = playing.lines, playing.state, playing.ending, playing.error
    run.turns, run.cost_micros, run.total_ms = what.turns, what.cost_micros, what.total_ms
    run.cost_micros += playing.state.get("aside_micros", 0)
    if is_over:
        run.checks = [dict(one) for one in playing.checks]
        is_good = all(one["verdict"] == "pass" for one in playing.checks)
        run.status = CaseStatus.ERROR if playing.error else CaseStatus.PASSED if is_good else CaseStatus.FAILED
        run.finished_at = clock.now()
    session.add(run)
    await session.flush()
    await rounds.announce(session, playing.org_id, around.agent_id)
    return True
