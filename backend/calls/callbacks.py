"""Take what the carrier tells of calls later: how they move on, how a leg ended, what was recorded.

Each is verified, stored under the carrier's own id, and written into the call's log by a job, in any order and any
number of times. Only the end of a leg has to be answered at once, because the caller is still on the line.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import (
    deciding,
    following,
    log,
    moving,
    outgoing,
    own_phone,
    queries,
    recorded,
    records,
    requests,
    routing,
    statuses,
    voicemail,
)
from backend.calls.cxml import Answer
from backend.calls.projection import CARRIER, MACHINE_RECORDS, Kind
from backend.calls.records import AgentLine
from backend.core import clock, jobs, realtime, telemetry
from backend.core.errors import NotFound, Unavailable
from backend.core.logging import log as logger
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.platform import InboundEvent
from backend.vendors import signalwire_forms as forms
from backend.vendors.signalwire_forms import SOURCE
from backend.vocab import CallStatus
from backend.webhooks import service as webhooks

STATUS, LEG, RECORDING, PICKUP = "call.status", "call.leg", "call.recording", "call.pickup"
# A status may overtake the very webhook that made its call; after a minute there is none to wait for.
OVERTAKES_WITHIN = timedelta(minutes=1)


async def accept_status(path_with_query: str, signature: str, body: bytes) -> None:
    """Store that a call moved on. Raises `MalformedWebhook`, `NotAllowed`."""
    form = await forms.read(STATUS, path_with_query, signature, body)
    forms.require(form, "CallSid", "CallStatus")
    forms.require_sid(form, "CallSid")
    forms.require_status(form, "CallStatus")
    await _store(STATUS, f"{form['CallSid']}:{form['CallStatus'].casefold()}", form, path_with_query)


async def accept_pickup(path_with_query: str, signature: str, body: bytes) -> None:
    """Store who the carrier believes to have picked up. Raises `MalformedWebhook`, `NotAllowed`."""
    form = await forms.read(PICKUP, path_with_query, signature, body)
    forms.require(form, "CallSid", "AnsweredBy")
    forms.require_sid(form, "CallSid")
    await _store(PICKUP, f"{form['CallSid']}:{form['AnsweredBy'][:32].casefold()}", form, path_with_query)


async def accept_recording(path_with_query: str, signature: str, body: bytes) -> None:
    """Store that a recording is there, or that there is none. Raises `MalformedWebhook`, `NotAllowed`."""
    form = await forms.read(RECORDING, path_with_query, signature, body)
    forms.require(form, "CallSid", "RecordingSid")
    forms.require_sid(form, "CallSid")
    forms.require_sid(form, "RecordingSid")
    status = form.get("RecordingStatus", "")[:32].casefold()
    await _store(RECORDING, f"{form['RecordingSid']}:{status}", form, path_with_query)


async def leg_ended(path_with_query: str, signature: str, body: bytes) -> bytes:
    """Store how the leg to the agent or a person ended, and return what the caller hears next.

    When the agent could not be reached, the caller goes to the agent's transfer number, else hears an apology. Raises
    `MalformedWebhook`, `NotAllowed`.
    """
    form = await forms.read(LEG, path_with_query, signature, body)
    forms.require(form, "CallSid")
    forms.require_sid(form, "CallSid")
    marks = forms.marks(path_with_query)
    leg = marks["leg"]
    await _store(LEG, f"{form['CallSid']}:{leg}:{form.get('DialCallSid', '')[:64]}", form, path_with_query)
    try:
        return (await _next(marks["call"], leg, form)).xml
    except Exception as error:
        logger.error("call.leg_not_answered", error=repr(error), exc_info=True)
        return Answer().say(deciding.NOT_REACHED).hang_up().xml


async def _next(call: str, leg: str, form: dict[str, str]) -> Answer:
    if form.get("CallStatus", "").casefold() == "completed":
        return Answer().hang_up()
    try:
        brief = await records.brief(UUID(call))
    except (ValueError, NotFound):
        return Answer().say(deciding.NOT_REACHED).hang_up()
    if leg == routing.CALLEE_LEG:
        return own_phone.after(form)
    if brief.person_id is not None:
        return Answer().hang_up()
    if leg == routing.VOICEMAIL_LEG:
        return Answer().say(voicemail.THANKS).hang_up()
    if leg in (routing.PEOPLE_LEG, routing.TEAM_LEG):
        return await following.after_people(brief, leg)
    # A media stream has no status of its own: what became of it, the agent told the log.
    line = await records.agent_line(brief) if "DialCallStatus" not in form else None
    if line == AgentLine.ENDED or statuses.end_of(form.get("DialCallStatus", "")) == CallStatus.COMPLETED:
        return Answer().hang_up()
    if line == AgentLine.LOST:
        await records.note_lost(brief)
    sorry = deciding.BROKE_OFF if line == AgentLine.LOST else deciding.NOT_REACHED
    if leg == routing.TRANSFER_LEG:
        return await moving.back(brief, form.get("DialCallSid", ""))
    if leg == routing.AGENT_LEG and brief.has_team:
        return await following.to_team(brief) or await following.to_voicemail(brief)
    to = str(brief.settings.get("transfer_phone_number") or "")
    if leg == routing.AGENT_LEG and to and to not in (brief.caller_number, brief.service_number):
        return routing.to_person(Answer(), brief.call_id, to, caller_id=brief.service_number)
    return Answer().say(sorry).hang_up()


async def _store(kind: str, external_id: str, form: dict[str, str], path_with_query: str) -> None:
    marks = {f"_{name}": value for name, value in forms.marks(path_with_query).items()}
    event = InboundEvent(source=SOURCE, kind=kind, external_id=external_id[:200], payload={**form, **marks})
    with platform_scope("store a webhook of the carrier"):
        async with unit_of_work() as session:
            is_new = await webhooks.store(session, event)
            if is_new:
                await jobs.defer(
                    session,
                    "calls.apply",
                    lock=f"call:{form['CallSid']}",
                    urgency=jobs.Urgency.SOON,
                    event_id=str(event.id),
                )
    telemetry.webhooks.add(1, {"source": SOURCE, "kind": kind, "outcome": "stored" if is_new else "duplicate"})


async def apply(event_id: UUID) -> None:
    """Write a stored webhook into its call's log; running it again changes nothing.

    Raises `Unavailable`, to be run again, while the webhook that makes its call may still be on its way.
    """
    with platform_scope("find which call a webhook is of"):
        async with unit_of_work() as session:
            event = await webhooks.get(session, event_id)
            if event is None or event.processed_at is not None:
                return
            owned = await _call_of(session, event.payload)
    outcome = "unknown_call"
    if owned is not None:
        with org_scope(owned[0]):
            async with unit_of_work() as session:
                is_ours = event.payload.get("_leg") != routing.CALLEE_LEG
                if event.kind == STATUS and event.payload.get("_call") and is_ours:
                    await outgoing.recognise(session, owned[1], event.payload["CallSid"])
                told = _told(event.kind, event.payload, event.received_at)
                for kind, at, data in told:
                    await log.write(session, owned[1], CARRIER, f"{event.external_id}:{kind}", kind, at, data)
                if event.kind == RECORDING and event.payload.get("RecordingStatus", "").casefold() == "completed":
                    lasted = timedelta(seconds=statuses.seconds(event.payload.get("RecordingDuration", "")))
                    began_at = event.received_at - lasted
                    await recorded.have_brought(session, *owned, event.payload["RecordingSid"], began_at)
                if event.kind == PICKUP and told:
                    # Whoever holds the call for the agent looks what became of it.
                    await realtime.announce(session, owned[0], requests.ASKED, subject=str(owned[1]))
        if event.kind == RECORDING and event.payload.get("_leg") == routing.VOICEMAIL_LEG:
            is_done = event.payload.get("RecordingStatus", "").casefold() == "completed"
            if is_done and statuses.seconds(event.payload.get("RecordingDuration", "")) >= voicemail.SHORTEST_S:
                await voicemail.left(*owned, event.payload["RecordingSid"])
        outcome = "applied" if told else "ignored"
    elif clock.now() - event.received_at < OVERTAKES_WITHIN:
        raise Unavailable("This call is not known yet.")
    with platform_scope("mark a webhook as handled"):
        async with unit_of_work() as session:
            await webhooks.finish(session, event_id, outcome, clock.now())


async def _call_of(session: AsyncSession, payload: Mapping[str, str]) -> tuple[UUID, UUID] | None:
    try:
        call_id = UUID(payload.get("_call", ""))
    except ValueError:
        return await queries.by_vendor_id(session, payload["CallSid"])
    org_id = await queries.org_of(session, call_id)
    return (org_id, call_id) if org_id else None


def _told(kind: str, form: dict[str, str], received_at: datetime) -> list[tuple[str, datetime, dict[str, object]]]:
    """Return what a webhook says of its call, as (kind, when, data)."""
    if kind == RECORDING:
        data = {
            "sid": form["RecordingSid"],
            "url": form.get("RecordingUrl", ""),
            "status": form.get("RecordingStatus", ""),
            "duration_s": statuses.seconds(form.get("RecordingDuration", "")),
            "channels": form.get("RecordingChannels", ""),
        }
        return [("recording.told", received_at, data)]
    if kind == LEG:
        return _leg_told(form, received_at)
    if kind == PICKUP:
        return _pickup_told(form["AnsweredBy"].strip().casefold(), received_at)
    at = statuses.moment(form.get("Timestamp", ""), received_at)
    if form.get("_leg") == routing.OWN_LEG:
        return own_phone.told_of_own(form, at)
    if form.get("_leg") == routing.CALLEE_LEG:
        return own_phone.told_of_callee(form, at)
    found = statuses.kind_of(form["CallStatus"])
    if found is None:
        return []
    if found != Kind.ENDED:
        return [(found, at, {"sid": form["CallSid"]})]
    end: dict[str, object] = {
        "status": statuses.end_of(form["CallStatus"]),
        "duration_s": statuses.seconds(form.get("CallDuration", "")),
        "reason": statuses.reason(form.get("SipResultCode", "")),
    }
    return [(found, at, end)]


def _pickup_told(who: str, received_at: datetime) -> list[tuple[str, datetime, dict[str, object]]]:
    # The carrier's words: human, machine, machine_start, machine_end_beep, …_silence, …_other, fax, unknown.
    if not who.startswith(("machine", "fax")):
        return []
    told: list[tuple[str, datetime, dict[str, object]]] = [
        (Kind.MACHINE_FOUND, received_at, {"result": "voicemail", "by": who[:32]})
    ]
    # Whatever ended a greeting, the machine records from there.
    return [*told, (MACHINE_RECORDS, received_at, {})] if who.startswith("machine_end") else told


def _leg_told(form: dict[str, str], received_at: datetime) -> list[tuple[str, datetime, dict[str, object]]]:
    end = statuses.end_of(form.get("DialCallStatus", ""))
    if end is None:
        return []
    lasted = timedelta(seconds=statuses.seconds(form.get("DialCallDuration", "")))
    is_taken = end == CallStatus.COMPLETED
    if form.get("_leg") == routing.CALLEE_LEG:
        asked = {"CallStatus": form["DialCallStatus"], "CallDuration": form.get("DialCallDuration", "")}
        return own_phone.told_of_callee(asked, received_at)
    if form.get("_leg") == routing.TRANSFER_LEG:
        if not is_taken:
            return []
        return [
            (Kind.PERSON_JOINED, received_at - lasted, {}),
            (Kind.TRANSFERRED, received_at - lasted, {"reason": "The agent put the caller through to the team."}),
        ]
    if form.get("_leg") == routing.PERSON_LEG:
        reason = "" if is_taken else "The person it was forwarded to did not take it."
        told: list[tuple[str, datetime, dict[str, object]]] = [
            (Kind.FORWARD_ENDED, received_at, {"status": end, "reason": reason})
        ]
        return [(Kind.PERSON_JOINED, received_at - lasted, {}), *told] if is_taken else told
    return (
        [(Kind.AGENT_JOINED, received_at - lasted, {})]
        if is_taken
        else [("agent.missed", received_at, {"status": end})]
    )
