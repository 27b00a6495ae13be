"""Put a caller through: have the carrier join them with a telephone instead of the agent, and take them back.

Who is rung and does not answer is no end of the call: the caller goes back to the agent, who knows.
"""

from uuid import UUID

from backend.calls import deciding, log, queries, records, ringing, room_calls, routing, waits
from backend.calls.cxml import Answer
from backend.calls.projection import Kind
from backend.calls.schemas import CallBrief
from backend.core import clock
from backend.core.errors import Invalid, NotFound, Unavailable, VendorError
from backend.core.ids import new_id, parse_id
from backend.core.logging import log as logger
from backend.core.tenancy import org_scope, unit_of_work
from backend.vendors import livekit, signalwire
from backend.vendors import signalwire_forms as forms
from backend.vocab import THE_TEAM

KIND = "call.transfer"
_MOVED = "The agent put the caller through to the team."


async def put_through(call_id: UUID, number: str, reason: str) -> None:
    """Have the carrier ring a telephone for the caller of a call, or browsers of the team for `THE_TEAM`.

    Raises `NotFound`, `Unavailable` where nobody of the team is on duty or the call is in a room of LiveKit's, and
    `VendorError` when the carrier does not do it or does not say that it does.
    """
    found = await records.brief(call_id)
    attempt = new_id().hex
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            call = await records.get(session, call_id)
            told = {"to": number, "reason": reason}
            await log.write(session, call_id, log.OURS, _event(attempt), "transfer.started", clock.now(), told)
            rung = None
            if number == THE_TEAM:
                if livekit.is_room(call.vendor_call_id):
                    raise Unavailable("Browsers of the team ring for calls over the carrier's stream alone.")
                rung = await ringing.begin(session, call, found.ring_team_id, found.ring_s)
    if number == THE_TEAM and rung is None:
        raise Unavailable("Nobody of the team is on duty.")
    if not call.vendor_call_id:
        raise VendorError("The carrier has not told its name of this call yet.", vendor=signalwire.VENDOR)
    is_room = livekit.is_room(call.vendor_call_id)
    try:
        if is_room:
            await room_calls.put_through(call, number)
        else:
            await signalwire.redirect(call.vendor_call_id, routing.address("transfer-cxml", call_id, leg=attempt))
    except VendorError as error:
        with org_scope(found.org_id):
            async with unit_of_work() as session:
                told = {"to": number, "reason": error.message}
                event_id = f"{_event(attempt)}:failed"
                await log.write(session, call_id, log.OURS, event_id, "transfer.failed", clock.now(), told)
        if rung is not None:
            await ringing.gave_up(call_id, rung.id, error.message)
        raise
    if is_room:
        # No carrier tells of this one: LiveKit answers once the telephone was taken.
        with org_scope(found.org_id):
            async with unit_of_work() as session:
                now = clock.now()
                for kind, told in ((Kind.PERSON_JOINED, {}), (Kind.TRANSFERRED, {"reason": _MOVED})):
                    await log.write(session, call_id, log.OURS, f"{_event(attempt)}:{kind}", kind, now, told)


async def instructions(path_with_query: str, signature: str, body: bytes) -> bytes:
    """Return the carrier's instructions for a caller who is put through.

    Raises `MalformedWebhook`, `NotAllowed`. What cannot be found or done is said to the caller.
    """
    form = await forms.read(KIND, path_with_query, signature, body)
    forms.require(form, "CallSid")
    marks = forms.marks(path_with_query)
    try:
        found = await records.brief(parse_id(marks["call"]))
        with org_scope(found.org_id):
            async with unit_of_work() as session:
                started = await queries.event(session, found.call_id, log.OURS, _event(marks["leg"]))
                wait = await waits.latest(session, found.call_id)
        if started is None:
            raise NotFound("Nobody was to be put through.")
        number = str(started.data["to"])
    except (Invalid, NotFound):
        return Answer().say(deciding.NOT_REACHED).hang_up().xml
    except Exception as error:
        logger.error("call.not_put_through", error=repr(error), exc_info=True)
        return Answer().say(deciding.NOT_REACHED).hang_up().xml
    if number == THE_TEAM and wait is not None:
        return routing.to_people(Answer(), found.call_id, wait.id, routing.TEAM_LEG).xml
    leg = routing.TRANSFER_LEG
    return routing.to_person(Answer(), found.call_id, number, caller_id=found.service_number, leg=leg).xml


async def back(found: CallBrief, dial_sid: str) -> Answer:
    """Keep that nobody answered whom a caller was put through to, once, and bring them back to the agent."""
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            told = {"reason": "Nobody answered whom the caller was put through to."}
            event_id = f"returned:{dial_sid[:64]}"
            await log.write(session, found.call_id, log.OURS, event_id, Kind.RETURNED, clock.now(), told)
    return routing.to_agent(Answer(), found.call_id, found.service_number, found.settings)


def _event(attempt: str) -> str:
    return f"transfer:{attempt}"
