"""Write the log of a call: add what happened, and let the record and the timeline say what that comes to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import projection, queries
from backend.calls.projection import Kind, Standing
from backend.calls.schemas import item_data
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import Invalid, NotFound
from backend.core.tenancy import org_id_of
from backend.models.calls import CallRecord

# Ids of carriers and of the worker are short; what is longer is a mistake of its source.
LONGEST_ID = 200
# The source of what we know ourselves.
OURS = "magpipe"


async def write(
    session: AsyncSession, call_id: UUID, source: str, event_id: str, kind: str, at: datetime, data: Mapping[str, Any]
) -> bool:
    """Add one event to a call's log and bring its record up to date; False when the source told it before.

    Raises `NotFound` for a call of nobody here, `Invalid` for an event without source, id or kind.
    """
    if not (0 < len(source) <= LONGEST_ID and 0 < len(event_id) <= LONGEST_ID and 0 < len(kind) <= LONGEST_ID):
        raise Invalid("An event of a call has a source, an id of its own and a kind.", field="event_id")
    call = await queries.locked(session, org_id_of(session), call_id)
    if call is None:
        raise NotFound("This call does not exist.", code="call_not_found")
    is_new = await queries.add_event(
        session, call, source=source, event_id=event_id, kind=kind, at=at, data=data, now=clock.now()
    )
    if is_new and kind in set(Kind):
        await _settle(session, call)
    return is_new


async def _settle(session: AsyncSession, call: CallRecord) -> None:
    """Write what the log comes to into the record, and show it in the timeline when anything changed."""
    standing = projection.project(await queries.standing_events(session, call.id))
    if not _put(call, standing):
        return
    session.add(call)
    await session.flush()
    await conversations.update_item(
        session, call.id, status=call.status, data=item_data(call, await queries.agent_name(session, call))
    )


def _put(call: CallRecord, standing: Standing) -> bool:
    values = {
        "status": standing.status,
        "disposition": standing.disposition,
        "disposition_reason": standing.reason,
        "started_at": standing.started_at or call.started_at,
        "answered_at": standing.answered_at,
        "ended_at": standing.ended_at,
        "duration_s": standing.duration_s,
    }
    changed = {name: value for name, value in values.items() if getattr(call, name) != value}
    for name, value in changed.items():
        setattr(call, name, value)
    return bool(changed)
