"""Read suites, cases, rounds, runs and replayed turns."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.orm import defer
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.agents import AgentTurn
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem
from backend.models.evals import EvalCase, EvalRound, EvalRun, EvalSuite, ReplayedTurn
from backend.vocab import CaseStatus, RoundKind, RoundStatus

# What is long of a run, which nobody lists.
_LONG = (defer(EvalRun.lines), defer(EvalRun.state), defer(EvalRun.definition))  # type: ignore[arg-type]
FINISHED = (CaseStatus.PASSED, CaseStatus.FAILED, CaseStatus.ERROR, CaseStatus.CANCELLED)
OPEN = (CaseStatus.QUEUED, CaseStatus.RUNNING)


async def suites(session: AsyncSession, org_id: UUID, agent_id: UUID | None = None) -> Sequence[EvalSuite]:
    """Return an agent's suites and those of every agent, oldest first; without an agent all there are."""
    conditions = [col(EvalSuite.org_id) == org_id]
    if agent_id is not None:
        conditions.append(or_(col(EvalSuite.agent_id) == agent_id, col(EvalSuite.agent_id).is_(None)))
    query = select(EvalSuite).where(*conditions).order_by(col(EvalSuite.created_at), col(EvalSuite.id))
    return (await session.execute(query)).scalars().all()


async def suite(session: AsyncSession, org_id: UUID, suite_id: UUID, *, for_update: bool = False) -> EvalSuite | None:
    """Return one suite, or None."""
    query = select(EvalSuite).where(col(EvalSuite.id) == suite_id, col(EvalSuite.org_id) == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def gathered(session: AsyncSession, org_id: UUID, agent_id: UUID) -> EvalSuite | None:
    """Return the suite that an agent's real conversations go into, or None."""
    query = select(EvalSuite).where(
        col(EvalSuite.org_id) == org_id, col(EvalSuite.agent_id) == agent_id, col(EvalSuite.is_gathered)
    )
    return (await session.execute(query.limit(1))).scalars().first()


async def cases(session: AsyncSession, org_id: UUID, suite_ids: Sequence[UUID]) -> Sequence[EvalCase]:
    """Return the cases of suites, oldest first."""
    query = (
        select(EvalCase)
        .where(col(EvalCase.org_id) == org_id, col(EvalCase.suite_id).in_(suite_ids))
        .order_by(col(EvalCase.created_at), col(EvalCase.id))
    )
    return (await session.execute(query)).scalars().all()


async def case(session: AsyncSession, org_id: UUID, case_id: UUID, *, for_update: bool = False) -> EvalCase | None:
    """Return one case, or None."""
    query = select(EvalCase).where(col(EvalCase.id) == case_id, col(EvalCase.org_id) == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def last_runs(
    session: AsyncSession, org_id: UUID, case_ids: Sequence[UUID], agent_id: UUID | None
) -> dict[UUID, tuple[UUID, str]]:
    """Return the newest run of each case, against one agent where it is given, as (id, status)."""
    conditions = [col(EvalRun.org_id) == org_id, col(EvalRun.case_id).in_(case_ids)]
    query = select(col(EvalRun.case_id), col(EvalRun.id), col(EvalRun.status))
    if agent_id is not None:
        query = query.join(EvalRound, col(EvalRound.id) == col(EvalRun.round_id))
        conditions.append(col(EvalRound.agent_id) == agent_id)
    query = (
        query.where(*conditions).distinct(col(EvalRun.case_id)).order_by(col(EvalRun.case_id), col(EvalRun.id).desc())
    )
    return {row[0]: (row[1], row[2]) for row in await session.execute(query)}


async def round_(session: AsyncSession, org_id: UUID, round_id: UUID, *, for_update: bool = False) -> EvalRound | None:
    """Return one round, or None."""
    query = select(EvalRound).where(col(EvalRound.id) == round_id, col(EvalRound.org_id) == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def rounds(
    session: AsyncSession, org_id: UUID, agent_id: UUID, kind: RoundKind, limit: int
) -> Sequence[EvalRound]:
    """Return an agent's newest rounds of a kind."""
    query = (
        select(EvalRound)
        .where(col(EvalRound.org_id) == org_id, col(EvalRound.agent_id) == agent_id, col(EvalRound.kind) == kind)
        .order_by(col(EvalRound.id).desc())
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def prune(
    session: AsyncSession, org_id: UUID, agent_id: UUID, kind: RoundKind, keep: int, before: datetime
) -> None:
    """Delete an agent's rounds of a kind that are over and began before a moment, but for the newest `keep`."""
    newest = (
        select(col(EvalRound.id))
        .where(col(EvalRound.org_id) == org_id, col(EvalRound.agent_id) == agent_id, col(EvalRound.kind) == kind)
        .order_by(col(EvalRound.id).desc())
        .limit(keep)
    )
    await session.execute(
        delete(EvalRound).where(
            col(EvalRound.org_id) == org_id,
            col(EvalRound.agent_id) == agent_id,
            col(EvalRound.kind) == kind,
            col(EvalRound.status) != RoundStatus.RUNNING,
            col(EvalRound.created_at) < before,
            col(EvalRound.id).not_in(newest),
        )
    )


async def counts(session: AsyncSession, org_id: UUID, round_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Return how many runs of each round stand where, and under `cost` what they cost in micro-dollars."""
    found: dict[UUID, dict[str, int]] = {one: {} for one in round_ids}
    for table in (EvalRun, ReplayedTurn):
        query = (
            select(table.round_id, table.status, func.count(), func.coalesce(func.sum(table.cost_micros), 0))  # type: ignore[call-overload]
            .where(col(table.org_id) == org_id, col(table.round_id).in_(round_ids))
            .group_by(table.round_id, table.status)
        )
        for round_id, status, number, cost in await session.execute(query):
            rows = found[round_id]
            rows[status] = rows.get(status, 0) + int(number)
            rows["cost"] = rows.get("cost", 0) + int(cost)
    return found


async def runs(session: AsyncSession, org_id: UUID, round_id: UUID) -> Sequence[EvalRun]:
    """Return the runs of a round in order, without what was said."""
    query = (
        select(EvalRun)
        .options(*_LONG)
        .where(col(EvalRun.org_id) == org_id, col(EvalRun.round_id) == round_id)
        .order_by(col(EvalRun.position))
    )
    return (await session.execute(query)).scalars().all()


async def run(session: AsyncSession, org_id: UUID, run_id: UUID, *, for_update: bool = False) -> EvalRun | None:
    """Return one run, or None."""
    query = select(EvalRun).where(col(EvalRun.id) == run_id, col(EvalRun.org_id) == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def list_runs(
    session: AsyncSession,
    org_id: UUID,
    *,
    case_id: UUID | None = None,
    suite_id: UUID | None = None,
    status: str = "",
    limit: int = 50,
) -> Sequence[EvalRun]:
    """Return the newest runs that fit, without what was said."""
    conditions = [col(EvalRun.org_id) == org_id]
    if case_id is not None:
        conditions.append(col(EvalRun.case_id) == case_id)
    if suite_id is not None:
        conditions.append(col(EvalRun.suite_id) == suite_id)
    if status:
        conditions.append(col(EvalRun.status) == status)
    query = select(EvalRun).options(*_LONG).where(*conditions).order_by(col(EvalRun.id).desc()).limit(limit)
    return (await session.execute(query)).scalars().all()


async def open_runs(session: AsyncSession, org_id: UUID, round_id: UUID, limit: int) -> Sequence[UUID]:
    """Return the runs of a round that are not finished, in order."""
    query = (
        select(col(EvalRun.id))
        .where(col(EvalRun.org_id) == org_id, col(EvalRun.round_id) == round_id, col(EvalRun.status).in_(OPEN))
        .order_by(col(EvalRun.position))
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def open_replays(session: AsyncSession, org_id: UUID, round_id: UUID, limit: int) -> Sequence[UUID]:
    """Return the turns of a replay that are not finished."""
    query = (
        select(col(ReplayedTurn.id))
        .where(
            col(ReplayedTurn.org_id) == org_id,
            col(ReplayedTurn.round_id) == round_id,
            col(ReplayedTurn.status).in_(OPEN),
        )
        .order_by(col(ReplayedTurn.id))
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def replayed(
    session: AsyncSession, org_id: UUID, replayed_id: UUID, *, for_update: bool = False
) -> ReplayedTurn | None:
    """Return one turn of a replay, or None."""
    query = select(ReplayedTurn).where(col(ReplayedTurn.id) == replayed_id, col(ReplayedTurn.org_id) == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def changed(session: AsyncSession, org_id: UUID, round_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """Return (turn of the replay, message, contact's name, number) of what a replay changes, in order."""
    query = (
        select(
            ReplayedTurn,
            col(ConversationItem.body),
            col(Contact.name),
            col(Contact.phone_number),
            col(AgentTurn.created_at),
            col(AgentTurn.reply),
        )
        .join(AgentTurn, col(AgentTurn.id) == col(ReplayedTurn.turn_id))
        .join(ConversationItem, col(ConversationItem.record_id) == col(AgentTurn.trigger_message_id))
        .join(Conversation, col(Conversation.id) == col(ReplayedTurn.conversation_id))
        .join(Contact, col(Contact.id) == col(Conversation.contact_id))
        .where(
            col(ReplayedTurn.org_id) == org_id,
            col(ReplayedTurn.round_id) == round_id,
            col(ReplayedTurn.status) == CaseStatus.FAILED,
        )
        .order_by(col(ReplayedTurn.id))
        .limit(limit)
    )
    return (await session.execute(query)).all()


async def talks(session: AsyncSession, org_id: UUID, round_id: UUID) -> int:
    """Return how many conversations a replay looks at."""
    query = select(func.count(func.distinct(col(ReplayedTurn.conversation_id)))).where(
        col(ReplayedTurn.org_id) == org_id, col(ReplayedTurn.round_id) == round_id
    )
    return int((await session.execute(query)).scalar_one())


async def finish_open(session: AsyncSession, org_id: UUID, round_id: UUID, values: Mapping[str, Any]) -> None:
    """Set what a round has not finished to `values`."""
    for table in (EvalRun, ReplayedTurn):
        await session.execute(
            update(table)
            .where(col(table.org_id) == org_id, col(table.round_id) == round_id, col(table.status).in_(OPEN))
            .values(**values)
        )


async def begun_since(session: AsyncSession, org_id: UUID, moment: datetime) -> int:
    """Return how many cases and turns were begun since a moment."""
    total = 0
    for table in (EvalRun, ReplayedTurn):
        query = select(func.count()).where(col(table.org_id) == org_id, col(table.created_at) >= moment)
        total += int((await session.execute(query)).scalar_one())
    return total


async def newest_items(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, limit: int
) -> Sequence[ConversationItem]:
    """Return the newest rows of a timeline, newest first."""
    query = (
        select(ConversationItem)
        .where(col(ConversationItem.org_id) == org_id, col(ConversationItem.conversation_id) == conversation_id)
        .order_by(col(ConversationItem.seq).desc())
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def turns_of(session: AsyncSession, org_id: UUID, message_ids: Sequence[UUID]) -> Sequence[AgentTurn]:
    """Return the turns that messages set off, oldest first."""
    query = (
        select(AgentTurn)
        .where(col(AgentTurn.org_id) == org_id, col(AgentTurn.trigger_message_id).in_(message_ids))
        .order_by(col(AgentTurn.created_at), col(AgentTurn.id))
    )
    return (await session.execute(query)).scalars().all()
