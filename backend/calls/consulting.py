"""Ask somebody by telephone whether they take a caller: they hear who calls and why, and press 1, or do not.

The caller waits with the voice process meanwhile. Who accepts is joined with them there, as anybody of the team is who
speaks from a browser; whatever else happens is told to that process, which has the agent go on. So there is no moment
at which the caller is with nobody: where the process dies, the carrier asks what follows, as for every call.
"""

from uuid import UUID

from backend.calls import log, queries, records, requests, routing, statuses, tickets
from backend.calls.cxml import Answer
from backend.calls.projection import Kind
from backend.calls.schemas import CallBrief
from backend.core import clock
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, NotFound, VendorError
from backend.core.ids import parse_id
from backend.core.logging import log as logger
from backend.core.tenancy import org_scope, unit_of_work
from backend.models.calls import CallEvent
from backend.numbers import e164
from backend.vendors import signalwire
from backend.vendors import signalwire_forms as forms
from backend.vocab import CallStatus

KIND = "call.consult"
STARTED, ACCEPTED, OVER, ENDED = "transfer.started", "transfer.accepted", "transfer.failed", "transfer.ended"
# So long a telephone rings: about four rings, before most voicemails answer.
RINGS_S = 22
# So long somebody may take to press a key, each of the two times they are asked.
_DECIDES_S = 8
_GONE = "The caller is no longer on the line. Goodbye."
_WHO = "{business}: a caller, {caller}. {reason}"
_CHOOSE = "To speak with them, press 1. To decline, press 2."
_WHY = {
    CallStatus.BUSY: "The line was busy.",
    CallStatus.NO_ANSWER: "Nobody answered.",
    CallStatus.FAILED: "The number could not be reached.",
    CallStatus.CANCELED: "The ringing was stopped.",
}
_DECLINED, _STOPPED, _PUT_DOWN = "They declined.", "Nobody took the caller in time.", "They put the phone down."


async def ring(call_id: UUID, attempt: str, number: str, reason: str) -> str:
    """Ring a telephone for the caller of a call, and return the carrier's id of that; `attempt` names it in the log.

    Raises `NotFound`, and `VendorError` when the carrier does not ring.
    """
    found = await records.brief(call_id)
    told = {"to": number, "reason": reason, "attempt": attempt}
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            await log.write(session, call_id, log.OURS, f"consult:{attempt}", STARTED, clock.now(), told)
    try:
        return await signalwire.dial(
            sender=found.service_number,
            recipient=number,
            url=routing.address("warm-transfer-cxml", call_id, leg=attempt),
            status_callback=routing.address("warm-transfer-status", call_id, leg=attempt),
            ring_s=RINGS_S,
        )
    except VendorError as error:
        await _over(found, attempt, error.message)
        raise


async def stop(call_id: UUID, attempt: str, sid: str) -> None:
    """Ring no longer for a caller who is there no more, or waited too long. Raises `NotFound`."""
    await _over(await records.brief(call_id), attempt, _STOPPED)
    try:
        await signalwire.hang_up(sid)
    except VendorError as error:
        logger.warning("call.consult_not_stopped", sid=sid, code=error.code)


async def failure(call_id: UUID, attempt: str) -> str:
    """Return why nobody takes the caller, in words; empty while somebody still may, or does. Raises `NotFound`."""
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            found = await queries.event(session, call_id, log.OURS, f"consult:{attempt}:over")
    return str(found.data["reason"]) if found else ""


async def instructions(path_with_query: str, signature: str, body: bytes) -> bytes:
    """Return what a telephone hears that is rung for a caller. Raises `MalformedWebhook`, `NotAllowed`."""
    form = await forms.read(KIND, path_with_query, signature, body)
    forms.require(form, "CallSid")
    marks = forms.marks(path_with_query)
    try:
        found = await records.brief(parse_id(marks["call"]))
        asked = await _started(found, marks["leg"])
    except (Invalid, NotFound):
        return Answer().say(_GONE).hang_up().xml
    if found.has_ended or await failure(found.call_id, marks["leg"]):
        return Answer().say(_GONE).hang_up().xml
    if "Digits" not in form:
        caller = found.contact_name or e164.display(found.caller_number)
        # Models write a reason without its full stop; read aloud, it would run into what to press.
        reason = str(asked.data["reason"])
        reason = reason if reason.endswith((".", "!", "?")) else f"{reason}."
        words = _WHO.format(business=found.business_name, caller=caller, reason=reason)
        action = routing.address("warm-transfer-cxml", found.call_id, leg=marks["leg"])
        told = Answer().gather(f"{words} {_CHOOSE}", action=action, waits_s=_DECIDES_S)
        return told.gather(_CHOOSE, action=action, waits_s=_DECIDES_S).hang_up().xml
    if form["Digits"].strip() != "1":
        await _over(found, marks["leg"], _DECLINED)
        return Answer().hang_up().xml
    if not await _accept(found, marks["leg"]):
        return Answer().say(_GONE).hang_up().xml
    given = {
        "call_id": str(found.call_id),
        "attempt": marks["leg"],
        "ticket": tickets.issue(found.call_id, marks["leg"]),
    }
    # What follows when the stream ends, or nobody is there to take it.
    return Answer().stream(settings().voice_person_url, given).hang_up().xml


async def told(path_with_query: str, signature: str, body: bytes) -> None:
    """Take what became of a telephone that was rung. Raises `MalformedWebhook`, `NotAllowed`."""
    form = await forms.read(KIND, path_with_query, signature, body)
    forms.require(form, "CallSid", "CallStatus")
    marks = forms.marks(path_with_query)
    end = statuses.end_of(form["CallStatus"])
    if end is None:
        return
    try:
        found = await records.brief(parse_id(marks["call"]))
        await _started(found, marks["leg"])
    except (Invalid, NotFound):
        return
    await _over(found, marks["leg"], _WHY.get(end, _DECLINED))


async def admit(call_id: UUID, attempt: str, ticket: str) -> str:
    """Let the stream of somebody in who took a caller, once, and return their number as people read it.

    Raises `NotAllowed`, `NotFound`, `Conflict` for a caller who has gone.
    """
    tickets.check(call_id, ticket, attempt)
    found = await records.brief(call_id)
    asked = await _started(found, attempt)
    if found.has_ended:
        raise Conflict("This call has ended.", code="call_ended")
    if not await records.append(call_id, log.OURS, f"stream:{ticket}", "stream.opened", clock.now()):
        raise Conflict("This stream's ticket was used.", code="ticket_used")
    return e164.display(str(asked.data["to"]))


async def joined(call_id: UUID, attempt: str, name: str) -> None:
    """Keep that somebody who was rung speaks with the caller. Raises `NotFound`."""
    told_of = {"reason": f"{name} took the caller."}
    for kind in (Kind.PERSON_JOINED, Kind.TRANSFERRED):
        await records.append(call_id, log.OURS, f"consult:{attempt}:{kind}", kind, clock.now(), told_of)


async def _started(found: CallBrief, attempt: str) -> CallEvent:
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            event = await queries.event(session, found.call_id, log.OURS, f"consult:{attempt}")
    if event is None:
        raise NotFound("Nobody is rung for this call.")
    return event


async def _accept(found: CallBrief, attempt: str) -> bool:
    """Keep that somebody takes the caller; False where that was over before."""
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            await queries.locked(session, found.org_id, found.call_id)
            if await queries.event(session, found.call_id, log.OURS, f"consult:{attempt}:over"):
                return False
            event_id, told_of = f"consult:{attempt}:accepted", {"attempt": attempt}
            await log.write(session, found.call_id, log.OURS, event_id, ACCEPTED, clock.now(), told_of)
    return True


async def _over(found: CallBrief, attempt: str, reason: str) -> None:
    """Keep that nobody takes the caller by this attempt, and tell the process that holds the call; the first counts."""
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            await queries.locked(session, found.org_id, found.call_id)
            was_taken = await queries.event(session, found.call_id, log.OURS, f"consult:{attempt}:accepted")
            told_of = {"attempt": attempt, "reason": _PUT_DOWN if was_taken else reason}
            event_id, kind = f"consult:{attempt}:over", ENDED if was_taken else OVER
            await log.write(session, found.call_id, log.OURS, event_id, kind, clock.now(), told_of)
            await requests.ring_worker(session, found.org_id, found.call_id)
