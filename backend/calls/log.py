"""Write the log of a call: add what happened, and let the record and the timeline say what that comes to."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import privacy, projection, queries
from backend.calls.projection import ENDED, Kind, Standing
from backend.calls.schemas import LINE, PARTY_ASKED, READ_ALONG, item_data, title
from backend.conversations import service as conversations
from backend.core import clock, jobs, realtime
from backend.core.errors import Invalid, NotFound
from backend.core.tenancy import org_id_of
from backend.models.calls import CallRecord

# Ids of carriers and of the worker are short; what is longer is a mistake of its source.
LONGEST_ID = 200
# The source of what we know ourselves.
OURS = "magpipe"
# A key was pressed: the numbers people do not say aloud are typed.
KEY = "keypad.pressed"
# What tabs hear: a line was spoken, and anything else happened; the subject is the call.
SPOKEN, CHANGED = "call.spoken", "call.changed"
# Lines were translated.
TRANSLATED = "call.translated"
# Somebody waits for people, or no longer does.
RINGS = "call.rings"
# So long after the carrier says that a call is over, its last words may still be told.
LAST_WORDS = timedelta(seconds=5)
SETTLE, READ, COMPLETE = "calls.settle", "calls.read", "calls.complete"
TRANSLATE = "translation.call"


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
    if kind == LINE:
        data = await privacy.kept(session, call, data)
    elif kind == KEY:
        data = await privacy.kept_key(session, call, data)
    is_new = await queries.add_event(
        session, call, source=source, event_id=event_id, kind=kind, at=at, data=data, now=clock.now()
    )
    if is_new and kind in set(Kind):
        await _settle(session, call)
    if is_new:
        await tell_tabs(session, call, SPOKEN if kind in READ_ALONG else CHANGED)
    return is_new


async def announced(session: AsyncSession, call_id: UUID) -> None:
    """Note, once, that the other party is told of the recording before they are joined with the agent."""
    await write(session, call_id, OURS, "announced", "recording.announced", clock.now(), {})


async def tell_tabs(session: AsyncSession, call: CallRecord, what: str = CHANGED) -> None:
    """Tell open tabs that something of a call is new, once the transaction commits."""
    await realtime.announce(session, call.org_id, what, subject=str(call.id))


async def _settle(session: AsyncSession, call: CallRecord) -> None:
    """Write what the log comes to into the record, and show it in the timeline when anything changed."""
    events = await queries.standing_events(session, call.id)
    standing = projection.project(events)
    due = _due(call)
    was_live = call.status not in ENDED
    if not _put(call, standing):
        return
    session.add(call)
    await session.flush()
    await show(session, call)
    if was_live and call.status in ENDED and any(event.kind == Kind.PEOPLE_RUNG for event in events):
        await tell_tabs(session, call, RINGS)
    if was_live and call.status in ENDED and await queries.events(session, call.id, [PARTY_ASKED]):
        org_id, call_id = str(call.org_id), str(call.id)
        await jobs.defer(session, "calls.end_parties", urgency=jobs.Urgency.SOON, org_id=org_id, call_id=call_id)
    later = clock.now() + LAST_WORDS
    for name in sorted(_due(call) - due):
        urgency = jobs.Urgency.USUAL if name == SETTLE else jobs.Urgency.CAN_WAIT
        await jobs.defer(session, name, at=later, urgency=urgency, org_id=str(call.org_id), call_id=str(call.id))


def _due(call: CallRecord) -> set[str]:
    """Return what is to be done about a call that is over; that somebody answered may be told after its end."""
    if call.status not in ENDED:
        return set()
    if call.answered_at is not None:
        return {SETTLE, READ, *([TRANSLATE] if call.agent_id else [])}
    return {SETTLE, COMPLETE} if call.reserved_micros else {COMPLETE}


async def show(session: AsyncSession, call: CallRecord) -> None:
    """Bring the call's line of the timeline up to date."""
    data = item_data(call, await queries.agent_name(session, call))
    await conversations.update_item(session, call.id, status=call.status, body=title(call), data=data)


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
