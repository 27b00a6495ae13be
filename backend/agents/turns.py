"""Read a turn back: why an agent said what it said."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import queries, replies
from backend.agents.schemas import AgentSpec, TurnRecord, TurnView
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.tenancy import org_id_of
from backend.models.agents import AgentTurn
from backend.vocab import TurnStatus


async def get(session: AsyncSession, turn_id: UUID) -> TurnView:
    """Return one turn in plain JSON for the why-panel. Raises `NotFound`."""
    found = await queries.turn(session, org_id_of(session), turn_id)
    if found is None:
        raise NotFound("This turn does not exist.")
    return view(found)


def view(turn: AgentTurn) -> TurnView:
    """Return a stored turn in plain JSON."""
    return TurnView(
        id=str(turn.id),
        conversation_id=str(turn.conversation_id),
        agent_id=str(turn.agent_id or ""),
        agent_name=turn.agent_name,
        agent_version=turn.agent_version,
        status=turn.status,
        reason=turn.reason,
        reply=turn.reply,
        is_unanswered=turn.is_unanswered,
        prompt=turn.prompt,
        model=turn.model,
        sources=turn.sources,  # type: ignore[typeddict-item]
        tools=turn.tools,  # type: ignore[typeddict-item]
        memory=turn.memory,  # type: ignore[typeddict-item]
        attempts=turn.attempts,  # type: ignore[typeddict-item]
        tokens_in=turn.tokens_in,
        tokens_out=turn.tokens_out,
        cost_micros=turn.cost_micros,
        retrieval_ms=turn.retrieval_ms,
        model_ms=turn.model_ms,
        total_ms=turn.total_ms,
        started_at=turn.created_at.isoformat(),
        finished_at=turn.finished_at.isoformat() if turn.finished_at else "",
    )


def tried(spec: AgentSpec, record: TurnRecord) -> TurnView:
    """Return a turn that was only tried, and stored nowhere, in plain JSON."""
    now = clock.now().isoformat()
    return TurnView(
        id="",
        conversation_id="",
        agent_id=str(spec.id),
        agent_name=spec.name,
        agent_version=spec.version,
        status=_status(record),
        reason=record.failure or record.hand_over_reason,
        reply=record.reply or (spec.asking.words or replies.waiting(spec.language) if record.is_waiting else ""),
        is_unanswered=record.is_unanswered,
        prompt=record.prompt,
        model=record.model,
        sources=record.sources,  # type: ignore[typeddict-item]
        tools=record.tools,  # type: ignore[typeddict-item]
        memory=record.memory,  # type: ignore[typeddict-item]
        attempts=record.attempts,
        tokens_in=record.tokens_in,
        tokens_out=record.tokens_out,
        cost_micros=record.cost_micros,
        retrieval_ms=record.retrieval_ms,
        model_ms=record.model_ms,
        total_ms=record.total_ms,
        started_at=now,
        finished_at=now,
    )


def _status(record: TurnRecord) -> TurnStatus:
    if record.is_waiting:
        return TurnStatus.WAITING
    return TurnStatus.HANDED_OFF if record.hand_over_reason else TurnStatus.ANSWERED
