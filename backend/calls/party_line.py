"""Ring the telephone of somebody who is added to a call: tell them what it is, join them, and charge their line.

A telephone is rung once, whatever the carrier answers; what became of it is told by its own status.
"""

from uuid import UUID

from backend.billing import service as billing
from backend.calls import conference, log, queries, records, routing, statuses, tickets
from backend.calls.cxml import Answer
from backend.calls.schemas import PARTY_CHARGED, PARTY_RUNG, PARTY_TRIED, CallBrief
from backend.core import clock
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, MagpipeError, NotFound, VendorError
from backend.core.ids import parse_id
from backend.core.logging import log as logger
from backend.core.tenancy import org_scope, unit_of_work
from backend.models.calls import CallEvent
from backend.numbers import e164
from backend.vendors import signalwire
from backend.vendors import signalwire_forms as forms
from backend.vocab import CallStatus

KIND = "call.party"
RINGS_S = 30
_GONE = "The call is over. Goodbye."
_WHO = "{business}: {by} adds you to a call with {other}."
_WHY = {
    CallStatus.BUSY: "The line was busy.",
    CallStatus.NO_ANSWER: "Nobody answered.",
    CallStatus.FAILED: "The number could not be reached.",
    CallStatus.CANCELED: "The ringing was stopped.",
    CallStatus.COMPLETED: "They put the phone down.",
}
_NOT_PLACED = "The carrier could not be reached."


async def ring(org_id: UUID, call_id: UUID, party: str) -> None:
    """Ring the telephone of somebody who was added, once; running it again rings nobody."""
    with org_scope(org_id):
        found = await records.brief(call_id)
        async with unit_of_work() as session:
            await queries.locked(session, org_id, call_id)
            to = str((await conference.asked(session, call_id, party)).data["to"])
            is_wanted = any(
                one["id"] == party and one["stage"] == conference.Stage.RINGING
                for one in await conference.parties(session, call_id)
            )
            told = {"party": party}
            if found.has_ended or not is_wanted:
                return
            if not await log.write(session, call_id, log.OURS, f"party:{party}:tried", PARTY_TRIED, clock.now(), told):
                return
        try:
            sid = await signalwire.dial(
                sender=found.service_number,
                recipient=to,
                url=routing.address("conference-cxml", call_id, leg=party),
                status_callback=routing.address("conference-status", call_id, leg=party),
                ring_s=RINGS_S,
            )
        except VendorError as error:
            await conference.left(call_id, party, error.message or _NOT_PLACED)
            return
        async with unit_of_work() as session:
            await log.write(
                session, call_id, log.OURS, f"party:{party}:rung", PARTY_RUNG, clock.now(), {**told, "sid": sid}
            )
            is_over = await queries.event(session, call_id, log.OURS, f"party:{party}:left")
        if is_over is not None:
            # They were taken out before the carrier had answered.
            await _hang_up(sid)


async def stop(org_id: UUID, call_id: UUID, party: str) -> None:
    """Put the telephone of somebody down who is in a call no more; running it again changes nothing."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            rung = await queries.event(session, call_id, log.OURS, f"party:{party}:rung")
            charged = await queries.event(session, call_id, log.OURS, f"party:{party}:charged")
    if rung is not None and charged is None:
        await _hang_up(str(rung.data["sid"]))


async def instructions(path_with_query: str, signature: str, body: bytes) -> bytes:
    """Return what the telephone of somebody hears who is added. Raises `MalformedWebhook`, `NotAllowed`."""
    form = await forms.read(KIND, path_with_query, signature, body)
    forms.require(form, "CallSid")
    marks = forms.marks(path_with_query)
    try:
        found, asked = await _asked(marks)
        await _require_wanted(found, marks["leg"])
    except MagpipeError:
        return Answer().say(_GONE).hang_up().xml
    other = found.contact_name or e164.display(found.caller_number)
    told = Answer().say(_WHO.format(business=found.business_name, by=asked.data["by"], other=other))
    given = {
        "call_id": str(found.call_id),
        "party": marks["leg"],
        "ticket": tickets.issue(found.call_id, marks["leg"]),
    }
    # The address is as that of the line they join, so that a proxy sends both to one process.
    return told.stream(f"{settings().voice_person_url}/{found.call_id}", given).hang_up().xml


async def told(path_with_query: str, signature: str, body: bytes) -> None:
    """Take what became of a telephone that was rung, and charge its line. Raises `MalformedWebhook`, `NotAllowed`."""
    form = await forms.read(KIND, path_with_query, signature, body)
    forms.require(form, "CallSid", "CallStatus")
    marks = forms.marks(path_with_query)
    end = statuses.end_of(form["CallStatus"])
    if end is None:
        return
    try:
        found, _ = await _asked(marks)
    except (Invalid, NotFound):
        return
    await conference.left(found.call_id, marks["leg"], _WHY[end])
    if end == CallStatus.COMPLETED:
        await _charge(found, marks["leg"], statuses.seconds(form.get("CallDuration", "")))


async def admit(call_id: UUID, party: str, ticket: str) -> None:
    """Let the stream of somebody in who was added, once. Raises `NotAllowed`, `NotFound`, `Conflict`."""
    tickets.check(call_id, ticket, party)
    found = await records.brief(call_id)
    await _require_wanted(found, party)
    if not await records.append(call_id, log.OURS, f"stream:{ticket}", "stream.opened", clock.now()):
        raise Conflict("This stream's ticket was used.", code="ticket_used")


async def _asked(marks: dict[str, str]) -> tuple[CallBrief, CallEvent]:
    found = await records.brief(parse_id(marks["call"]))
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            return found, await conference.asked(session, found.call_id, marks["leg"])


async def _require_wanted(found: CallBrief, party: str) -> None:
    stand = (await conference.stands(found.call_id)).get(party)
    if found.has_ended or stand is None or not stand.is_wanted:
        raise Conflict(_GONE, code="party_gone")


async def _charge(found: CallBrief, party: str, lasted_s: int) -> None:
    """Charge the line of somebody who was added, once: telephony, for as long as it was open."""
    price = {billing.TELEPHONY: found.per_minute[billing.TELEPHONY]}
    costs = billing.of_call(price, lasted_s, 0)
    total = sum(costs.values())
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            # The balance is locked before the call, here as where calls are settled.
            await billing.left(session)
            call = await queries.locked(session, found.org_id, found.call_id)
            if call is None:
                return
            told = {"party": party, "duration_s": lasted_s, "micros": total}
            event_id = f"party:{party}:charged"
            if not await log.write(session, found.call_id, log.OURS, event_id, PARTY_CHARGED, clock.now(), told):
                return
            if total:
                await billing.charge(session, f"call:{found.call_id}:{party}", "call", total, found.call_id, costs)
            if call.settled_at is not None:
                call.cost_micros += total
                call.costs = {**call.costs, billing.TELEPHONY: call.costs.get(billing.TELEPHONY, 0) + total}
                session.add(call)
                await session.flush()
                await log.tell_tabs(session, call)


async def _hang_up(sid: str) -> None:
    try:
        await signalwire.hang_up(sid)
    except VendorError as error:
        if error.is_retryable:
            raise
        logger.warning("call.party_not_stopped", sid=sid, code=error.code)
