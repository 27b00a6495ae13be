"""Read calls for API callers: a page of them by what they are, and one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import queries, records, transcript
from backend.core.tenancy import org_id_of
from backend.models.calls import CallRecord
from backend.vocab import Direction

# So many lines of a call are given out; one of an hour has a few hundred.
MOST_LINES = 1000
_SPEAKERS = {"caller": "Caller", "agent": "Agent"}


class CallRow(TypedDict):
    """A call for API callers. Times are ISO 8601 in UTC, `duration` is in seconds; what is not known is null."""

    id: str
    agent_id: str | None
    agent_name: str | None
    from_number: str
    to_number: str
    direction: str
    status: str
    disposition: str | None
    disposition_reason: str | None
    duration: int
    started_at: str
    answered_at: str | None
    ended_at: str | None
    created_at: str


@dataclass(frozen=True)
class CallFilter:
    """Which calls are wanted; what is empty narrows nothing. `phone_number` is either end's, in E.164."""

    direction: str = ""
    status: str = ""
    agent_id: UUID | None = None
    phone_number: str = ""
    since: datetime | None = None
    until: datetime | None = None


async def page(session: AsyncSession, wanted: CallFilter, limit: int, offset: int) -> tuple[list[CallRow], int]:
    """Return one page of calls, newest first, and how many match."""
    conditions: dict[str, Any] = {
        "direction": wanted.direction,
        "status": wanted.status,
        "agent_id": wanted.agent_id,
    }
    found, total = await queries.page(
        session,
        org_id_of(session),
        {name: value for name, value in conditions.items() if value},
        phone_number=wanted.phone_number,
        since=wanted.since,
        until=wanted.until,
        limit=limit,
        offset=offset,
    )
    return [_row(call, name) for call, name in found], total


async def one(session: AsyncSession, call_id: UUID) -> dict[str, Any]:
    """Return a call with why it was made, what was said and what it brought. Raises `NotFound`.

    `transcript` is null where no words are kept; `extracted_data` is what the agent found out in it.
    """
    call = await records.get(session, call_id)
    lines = await transcript.everything_said(session, call_id, MOST_LINES)
    said = "\n\n".join(f"{_SPEAKERS.get(line['who'], 'Team')}: {line['text']}" for line in lines)
    kept = {name: value for name, value in call.caller_data.items() if not name.startswith("_")}
    return {
        **_row(call, await queries.agent_name(session, call)),
        "purpose": call.purpose,
        "goal": call.goal,
        "template_id": str(call.template_id) if call.template_id else None,
        "dynamic_variables": call.variables,
        "metadata": kept,
        "transcript": said or None,
        "call_summary": call.summary or None,
        "outcome": call.outcome or None,
        "sentiment": call.sentiment or None,
        "action_items": list(call.action_items),
        "extracted_data": call.collected,
        "cost": f"{call.cost_micros / 1_000_000:.4f}" if call.settled_at else None,
    }


def _row(call: CallRecord, agent_name: str | None) -> CallRow:
    ends = (call.caller_number, call.service_number)
    from_number, to_number = ends if call.direction == Direction.INBOUND else ends[::-1]
    return CallRow(
        id=str(call.id),
        agent_id=str(call.agent_id) if call.agent_id else None,
        agent_name=agent_name or None,
        from_number=from_number,
        to_number=to_number,
        direction=call.direction,
        status=call.status,
        disposition=call.disposition or None,
        disposition_reason=call.disposition_reason or None,
        duration=call.duration_s,
        started_at=call.started_at.isoformat(),
        answered_at=call.answered_at.isoformat() if call.answered_at else None,
        ended_at=call.ended_at.isoformat() if call.ended_at else None,
        created_at=call.created_at.isoformat(),
    )
