"""Call out of a room of LiveKit's: a job opens the room, a voice process that has time enters it and rings from there.

So nobody's telephone rings whom no agent would answer, and the agent is there when it is picked up. The room is named
after our call, whose id travels in everything: the room's metadata, the telephone's attributes, the headers of its
INVITE. A telephone is rung once, by whoever claims the call first.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import log, privacy, queries, records, routing, tickets
from backend.calls.projection import ENDED, Kind
from backend.calls.schemas import CallBrief
from backend.core import clock, jobs
from backend.core.config import settings
from backend.core.errors import Conflict, NotFound, VendorError
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.calls import CallRecord
from backend.vendors import livekit

# About six rings; most voicemails answer after four to five.
RINGS_S = 30
# A voice process that has room answers LiveKit within a second; its ticket is good for two minutes.
TAKEN_WITHIN = timedelta(seconds=60)
# A room that nobody is in any more.
_EMPTY_S = 90
DIAL = "call.dial"
_NOBODY = "No voice process had room for this call. Call again later, or start more of them."


@dataclass(frozen=True)
class Dialling:
    """A telephone to be rung from a room, now."""

    call: CallBrief
    rings_s: int
    lasts_s: int


def name_of(call_id: UUID) -> str:
    """Return what the room of a call that goes out is called."""
    return f"call-{call_id}"


def line_of(call_id: UUID) -> str:
    """Return who the telephone of a call is in its room."""
    return f"sip_{call_id}"


async def is_used(call: CallRecord) -> bool:
    """Return whether a call of ours is rung from a room.

    It is where LiveKit knows a trunk to ring by and an agent calls; not where a recording has to be announced first,
    which is said by the carrier before it joins the two.
    """
    if livekit.is_room(call.vendor_call_id):
        return True
    config = settings()
    if not (config.livekit_url and config.livekit_trunk_host) or call.agent_id is None or call.vendor_call_id:
        return False
    return not privacy.announcement((await records.brief(call.id)).settings)


async def open_room(session: AsyncSession, call: CallRecord) -> None:
    """Open the room of a locked call, and look a while later whether anybody rang from there.

    Raises `VendorError`. Effects: a durable job.
    """
    ticket = tickets.issue(call.id)
    given = {routing.CALL_ATTRIBUTE: str(call.id), routing.TICKET_ATTRIBUTE: ticket, DIAL: "yes"}
    call.vendor_call_id = await livekit.open_room(
        name_of(call.id),
        metadata=json.dumps({"call_id": str(call.id)}),
        agent=routing.ROOM_AGENT,
        given=json.dumps(given),
        empty_s=_EMPTY_S,
    )
    session.add(call)
    await session.flush()
    later = clock.now() + TAKEN_WITHIN
    await jobs.defer(session, "calls.dial", at=later, org_id=str(call.org_id), call_id=str(call.id))


async def look_after(session: AsyncSession, call: CallRecord) -> None:
    """Fail a locked call whose room no voice process has taken for too long; one that was taken goes on."""
    if call.attempted_at is None and clock.now() >= call.created_at + TAKEN_WITHIN:
        told = {"status": "failed", "reason": _NOBODY}
        await log.write(session, call.id, log.OURS, "failed", Kind.ENDED, clock.now(), told)


async def claim(call_id: UUID, ticket: str, room: str) -> Dialling:
    """Return the telephone to ring in the room of a call, to the first who asks; `room` is its id.

    Raises `NotAllowed` for a ticket that is not ours, `NotFound`, `Conflict` for a call that ended or was rung.
    """
    tickets.check(call_id, ticket)
    found = await records.brief(call_id)
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            call = await queries.locked(session, org_id_of(session), call_id)
            if call is None:
                raise NotFound("This call does not exist.", code="call_not_found")
            if call.status in ENDED or call.attempted_at is not None:
                raise Conflict("This call has ended, or somebody rings already.", code="call_ended")
            # Whoever opened the room may have died before they wrote down what it is.
            call.attempted_at, call.vendor_call_id = clock.now(), room
            session.add(call)
            await log.write(session, call_id, log.OURS, "ringing", Kind.RINGING, clock.now(), {})
    return Dialling(found, RINGS_S, routing.limit_s(found.settings))


async def hang_up(call: CallRecord) -> None:
    """End a call of a room, whether it waits, rings or is answered; runs in the organization scope of its caller.

    Raises a retryable `VendorError`.
    """
    async with unit_of_work() as session:
        found = await queries.locked(session, call.org_id, call.id)
        if found is not None and found.attempted_at is None:
            # From now on nobody can claim it, so that nothing rings that nobody waits for.
            await log.write(session, call.id, log.OURS, "canceled", Kind.ENDED, clock.now(), {"status": "canceled"})
    await livekit.close_room(name_of(call.id))


async def put_through(call: CallRecord, number: str) -> None:
    """Have the person on the line joined with a telephone. Raises `VendorError` when that is not done."""
    await livekit.put_through(name_of(call.id), line_of(call.id), number)


async def has_ended(call_id: UUID) -> bool:
    """Return whether nobody is on the line of a call any more. Raises a retryable `VendorError`."""
    try:
        return not await livekit.has_telephone(name_of(call_id))
    except VendorError as error:
        if error.is_retryable:
            raise
        return True
