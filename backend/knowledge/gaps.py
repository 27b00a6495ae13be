"""Keep the questions agents could not answer, those that ask the same together, until somebody answers them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock, realtime
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.knowledge import embedding, writing
from backend.knowledge.schemas import GapRow
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.conversations import ConversationItem
from backend.models.knowledge import KnowledgeGap
from backend.vocab import GapStatus, MemberRole

# Older questions are of another time: prices, hours and people have changed since.
LOOK_BACK = timedelta(days=90)
MOST_GROUPS, MOST_VARIANTS = 50, 5
QUESTION_LIMIT = 500
# Questions at least so alike ask the same (MiniLM puts rewordings of one question above .6, measured).
SAME_QUESTION = 0.6


async def ungathered(session: AsyncSession, since: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Return (organization, turn) of questions without an answer that are not gathered yet; needs platform scope."""
    found = await session.execute(
        select(AgentTurn.org_id, AgentTurn.id)
        .where(
            col(AgentTurn.is_unanswered),
            AgentTurn.created_at >= since,
            col(AgentTurn.finished_at).is_not(None),
            ~select(KnowledgeGap.id).where(KnowledgeGap.turn_id == AgentTurn.id).exists(),
        )
        .order_by(col(AgentTurn.created_at), col(AgentTurn.id))
        .limit(limit)
    )
    return [(org_id, turn_id) for org_id, turn_id in found.all()]


async def question_of(session: AsyncSession, turn_id: UUID) -> str:
    """Return what the customer asked before a turn; nothing when the model failed and not the knowledge."""
    found = await session.execute(
        select(AgentTurn, ConversationItem.body)
        .join(ConversationItem, col(ConversationItem.record_id) == col(AgentTurn.trigger_message_id))
        .where(AgentTurn.id == turn_id)
    )
    row = found.first()
    if row is None or not row[0].attempts or row[0].attempts[-1].get("error"):
        return ""
    return " ".join(row[1].split())[:QUESTION_LIMIT]


async def note(session: AsyncSession, turn_id: UUID, question: str, vector: Sequence[float] | None) -> None:
    """Put a question with those that ask the same. One without words is kept as dismissed, so that it is done."""
    org_id = org_id_of(session)
    turn = (await session.exec(select(AgentTurn).where(AgentTurn.id == turn_id))).first()
    known = await session.execute(select(KnowledgeGap.id).where(KnowledgeGap.turn_id == turn_id))
    if turn is None or known.first() is not None:
        return
    group_id, status = new_id(), GapStatus.OPEN if question else GapStatus.DISMISSED
    if vector is not None:
        column = getattr(KnowledgeGap, embedding.space().column)
        distance = column.cosine_distance(list(vector))
        alike = await session.execute(
            select(KnowledgeGap.group_id, KnowledgeGap.status)
            .where(
                KnowledgeGap.org_id == org_id,
                KnowledgeGap.agent_id == turn.agent_id,
                # An answer that did not help begins a new group.
                KnowledgeGap.status != GapStatus.ANSWERED,
                column.is_not(None),
                distance <= 1 - SAME_QUESTION,
            )
            .order_by(distance)
            .limit(1)
        )
        if (nearest := alike.first()) is not None:
            group_id, status = nearest[0], GapStatus(nearest[1])
    gap = KnowledgeGap(
        org_id=org_id,
        agent_id=turn.agent_id,
        turn_id=turn_id,
        group_id=group_id,
        question=question,
        status=status,
        asked_at=turn.created_at,
    )
    if vector is not None:
        setattr(gap, embedding.space().column, list(vector))
    session.add(gap)
    await session.flush()
    await realtime.announce(session, org_id, "knowledge.gap")


async def open_gaps(session: AsyncSession) -> list[GapRow]:
    """Return the open groups of questions, those asked most first."""
    org_id = org_id_of(session)
    grouped = (
        await session.execute(
            select_columns(
                col(KnowledgeGap.group_id),
                func.count().label("number"),
                func.max(KnowledgeGap.asked_at),
                func.array_agg(aggregate_order_by(col(KnowledgeGap.question), col(KnowledgeGap.asked_at).desc())),
                col(KnowledgeGap.agent_id),
                func.coalesce(col(AgentConfig.name), ""),
            )
            .outerjoin(AgentConfig, col(AgentConfig.id) == col(KnowledgeGap.agent_id))
            .where(
                col(KnowledgeGap.org_id) == org_id,
                col(KnowledgeGap.status) == GapStatus.OPEN,
                col(KnowledgeGap.asked_at) >= clock.now() - LOOK_BACK,
            )
            .group_by(col(KnowledgeGap.group_id), col(KnowledgeGap.agent_id), col(AgentConfig.name))
            .order_by(func.count().desc(), func.max(KnowledgeGap.asked_at).desc())
            .limit(MOST_GROUPS)
        )
    ).all()
    rows: list[GapRow] = []
    for group_id, number, asked_at, questions, agent_id, agent_name in grouped:
        first, *others = dict.fromkeys(questions)
        rows.append(
            GapRow(
                id=str(group_id),
                question=first,
                variants=others[:MOST_VARIANTS],
                count=number,
                asked_at=asked_at.isoformat(),
                agent_id=str(agent_id or ""),
                agent_name=agent_name,
            )
        )
    return rows


async def answer_gap(
    session: AsyncSession, principal: Principal, group_id: UUID, question: str, answer: str, agent_id: UUID | None
) -> None:
    """Write the answer that was missing, for one agent or all. Raises `Invalid`, `NotFound`."""
    await _settle(session, principal, group_id, GapStatus.ANSWERED)
    await writing.add_answer(session, principal, question, answer, agent_id)


async def dismiss_gap(session: AsyncSession, principal: Principal, group_id: UUID) -> None:
    """Put away questions that need no answer, and those that will ask the same. Raises `NotFound`."""
    await _settle(session, principal, group_id, GapStatus.DISMISSED)


async def reopen_gap(session: AsyncSession, principal: Principal, group_id: UUID) -> None:
    """Bring back questions that were put away. Raises `NotFound`."""
    await _settle(session, principal, group_id, GapStatus.OPEN)


async def _settle(session: AsyncSession, principal: Principal, group_id: UUID, status: GapStatus) -> None:
    principal.require(MemberRole.EDITOR)
    org_id = org_id_of(session)
    changed = await session.execute(
        update(KnowledgeGap)
        .where(col(KnowledgeGap.org_id) == org_id, col(KnowledgeGap.group_id) == group_id)
        .values(status=status, updated_at=clock.now())
        .returning(col(KnowledgeGap.id))
    )
    if changed.first() is None:
        raise NotFound("This question does not exist any more.")
    await audit.record(session, principal, f"ui:knowledge:gap_{status}", group_id, {})
    await realtime.announce(session, org_id, "knowledge.gap")
