"""Take past conversations again with the draft, and list the decisions that change.

Each turn stands alone: the draft gets what was really said before it, and its tools answer what they really answered.
A decision counts as changed by the draft only when the live version, asked the same, does not change it too: what
was learned or unlearned since then is not the draft's doing.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.agents.schemas import TurnRecord
from backend.agents.service import Cast, Scene
from backend.core import clock
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, unit_of_work
from backend.evals import decisions, queries, rounds
from backend.evals.decisions import Decision
from backend.evals.schemas import ChangedDecision, ReplayView
from backend.models.agents import AgentTurn
from backend.models.evals import EvalRound, ReplayedTurn
from backend.numbers import e164
from backend.vocab import CaseStatus, MemberRole, RoundKind, RoundStatus, TurnStatus

# How many conversations a person may choose to replay.
SIZES = (5, 10, 25, 50)
TURNS_EACH = 6
MOST_ATTEMPTS = 3
MOST_SHOWN = 100
KEEP = 10
ASKED_LIMIT, REPLY_LIMIT = 300, 1600


async def start(session: AsyncSession, principal: Principal, agent_id: UUID, conversations: int) -> EvalRound:
    """Begin to replay an agent's newest conversations with its draft; the jobs do it.

    Raises `NotFound`, `Invalid`, `LimitReached`, and `Conflict` (`nothing_to_replay`) when it took part in none.
    """
    principal.require(MemberRole.EDITOR)
    if conversations not in SIZES:
        raise Invalid(f"Choose one of: {', '.join(map(str, SIZES))}.", field="conversations")
    await agents.get(session, agent_id)
    turns = await agents.past_turns(session, agent_id, conversations, TURNS_EACH)
    if not turns:
        raise Conflict("This agent has answered nobody yet, so there is nothing to try.", code="nothing_to_replay")
    await rounds.require_room(session, len(turns))
    for other in await queries.rounds(session, org_id_of(session), agent_id, RoundKind.REPLAY, 1):
        if other.status == RoundStatus.RUNNING:
            await rounds.cancel(session, principal, other.id)
    made = await rounds.begin(session, principal, agent_id, 0, RoundKind.REPLAY, "")
    session.add_all(
        ReplayedTurn(org_id=made.org_id, round_id=made.id, turn_id=one.id, conversation_id=one.conversation_id)
        for one in turns
    )
    await session.flush()
    await queries.prune(session, made.org_id, agent_id, RoundKind.REPLAY, KEEP, clock.now() - rounds.KEEP_FOR)
    await rounds.defer(session, made)
    await rounds.announce(session, made.org_id, agent_id)
    return made


async def latest(session: AsyncSession, agent_id: UUID) -> ReplayView | None:
    """Return the newest replay of an agent, or None. Raises `NotFound` for an agent that is none."""
    agent = await agents.get(session, agent_id)
    found = await queries.rounds(session, agent.org_id, agent_id, RoundKind.REPLAY, 1)
    if not found:
        return None
    made = found[0]
    counted = (await queries.counts(session, made.org_id, [made.id]))[made.id]
    waiting = sum(counted.get(status, 0) for status in queries.OPEN)
    total = sum(count for status, count in counted.items() if status != "cost")
    return ReplayView(
        id=str(made.id),
        status=made.status,
        conversations=await queries.talks(session, made.org_id, made.id),
        total=total,
        done=total - waiting,
        errors=counted.get(CaseStatus.ERROR, 0),
        same=counted.get(CaseStatus.PASSED, 0),
        is_stale=made.revision != agent.draft_revision,
        changed=[_changed(row) for row in await queries.changed(session, made.org_id, made.id, MOST_SHOWN)],
        cost_micros=counted.get("cost", 0),
        started_at=made.created_at.isoformat(),
    )


def _changed(row: Any) -> ChangedDecision:
    one, body, name, phone, at, was = row
    return ChangedDecision(
        conversation_id=str(one.conversation_id),
        contact=name or (e164.display(phone) if phone else ""),
        asked=" ".join(body.split())[:ASKED_LIMIT],
        at=at.isoformat(),
        changes=one.changes,
        was=was[:REPLY_LIMIT],
        reply=one.reply[:REPLY_LIMIT],
    )


@dataclass(frozen=True)
class _Taken:
    """What a turn came to when it was taken again."""

    decision: Decision
    reply: str
    cost_micros: int
    failure: str


async def take(org_id: UUID, replayed_id: UUID, cast: Cast) -> None:
    """Take one turn again and store what changes; runs in the organization scope of its caller."""
    async with unit_of_work() as session:
        row = await queries.replayed(session, org_id, replayed_id, for_update=True)
        if row is None or row.status not in queries.OPEN:
            return
        row.attempt, row.status = row.attempt + 1, CaseStatus.RUNNING
        session.add(row)
        attempt, error = row.attempt, ""
        try:
            scene = await agents.scene(session, row.turn_id)
        except NotFound as problem:
            scene, error = None, problem.message
        live = await agents.cast(session, cast.spec.id, cast.live_version)
    if attempt > MOST_ATTEMPTS:
        scene, error = None, "This was interrupted again and again."
    if scene is None:
        await _store(org_id, replayed_id, attempt, CaseStatus.ERROR, error=error)
        return
    before = _recorded(scene.turn)
    after = await _retaken(scene, cast)
    changes, spent = decisions.differences(before, after.decision), after.cost_micros
    if changes and not after.failure:
        control = await _retaken(scene, live)
        spent += control.cost_micros
        if not decisions.differences(control.decision, after.decision):
            changes = []
    status = CaseStatus.ERROR if after.failure else CaseStatus.FAILED if changes else CaseStatus.PASSED
    reply = after.reply if changes else ""
    await _store(org_id, replayed_id, attempt, status, changes, reply, after.failure, spent)


async def _retaken(scene: Scene, cast: Cast) -> _Taken:
    rehearsal = scene.rehearsal(cast)
    if not cast.is_open(rehearsal.channel, scene.at):
        return _Taken(decisions.SILENT, "", 0, "")
    record: TurnRecord = await rehearsal.say(scene.asked or "(empty message)")
    decided = decisions.decision(
        record.reply,
        is_handed_over=bool(record.hand_over_reason),
        is_waiting=record.is_waiting,
        is_unsure=record.is_unanswered,
        tools=record.tools,
        sources=record.sources,
    )
    return _Taken(decided, record.reply, record.cost_micros, record.failure)


def _recorded(turn: AgentTurn) -> Decision:
    if turn.status == TurnStatus.SKIPPED:
        return decisions.SILENT
    return decisions.decision(
        turn.reply,
        is_handed_over=turn.status == TurnStatus.HANDED_OFF,
        is_unsure=turn.is_unanswered,
        tools=turn.tools,
        sources=turn.sources,
    )


async def _store(
    org_id: UUID,
    replayed_id: UUID,
    attempt: int,
    status: CaseStatus,
    changes: list[dict[str, str]] | None = None,
    reply: str = "",
    error: str = "",
    cost_micros: int = 0,
) -> None:
    async with unit_of_work() as session:
        row = await queries.replayed(session, org_id, replayed_id, for_update=True)
        if row is None or row.status != CaseStatus.RUNNING or row.attempt != attempt:
            return
        row.status, row.changes, row.reply, row.error = status, changes or [], reply, error
        row.cost_micros, row.finished_at = cost_micros, clock.now()
        session.add(row)
        await session.flush()
        made = await queries.round_(session, org_id, row.round_id)
        await rounds.announce(session, org_id, made.agent_id if made else None)
