"""Call somebody: ask whether we may, keep the call, and let a job ring them once, whatever the carrier's answer.

A telephone that rang cannot be unrung, so a call whose dialling nobody confirmed is never dialled again: either the
carrier asks what to do with it, or reports of it, and is recognised by our id; or it is failed after a while.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.billing import service as billing
from backend.calls import log, privacy, queries, records, room_calls, routing, settling
from backend.calls.cxml import Answer
from backend.calls.projection import CARRIER, ENDED, Kind
from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock, jobs
from backend.core.errors import Invalid, NotFound, PaymentRequired, Unavailable, VendorError
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.models.calls import CallRecord
from backend.models.numbers import ServiceNumber
from backend.numbers import e164
from backend.numbers import service as numbers
from backend.templates import service as templates
from backend.vendors import livekit, signalwire
from backend.vendors import signalwire_forms as forms
from backend.vocab import AgentType, AuthorKind, Channel, Direction

KIND = "call.answered_out"
# About six rings; most voicemails answer after four to five.
RINGS_S = 30
# So long a carrier that never answered our request may still ring, ask what to do, or report.
SETTLE = timedelta(seconds=90)
# A call that could not be placed for so long would surprise whoever it reaches.
STALE = timedelta(minutes=5)
_VOICE = (AgentType.OUTBOUND_VOICE, AgentType.INBOUND_VOICE)
_FAILED = {
    "20003": "The carrier refused our credentials. Ask an operator to check the SignalWire keys.",
    "21211": "This is not a phone number the carrier can call.",
    "21212": "Our number is not one the carrier can call from.",
    "21215": "Calls to this country are not allowed for this carrier account.",
}
_NOT_PLACED = "The carrier could not be reached for several minutes. Call again later."
_NOT_PAID = "The balance does not cover this call. Add credits, then call again."
_UNCONFIRMED = "The carrier never confirmed this call, so it may or may not have rung. Ask before calling again."


@dataclass(frozen=True)
class CallOrder:
    """A call somebody wants made: whom, from which of our numbers, and what the agent is to know of it."""

    phone_number: str
    caller_id: str
    agent_id: UUID | None = None
    purpose: str = ""
    goal: str = ""
    template_id: UUID | None = None
    """Says why and what for where `purpose` and `goal` do not; the places in any of them are filled."""
    prompt_override: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    caller_data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """Who calls whom by an order that can be carried out."""

    number: ServiceNumber
    recipient: str
    agent: AgentConfig


async def check(session: AsyncSession, order: CallOrder) -> Checked:
    """Return who would call whom by an order, and do nothing.

    Raises `NotFound` (the number or the agent is not the organization's), `Invalid` that names the field,
    `PaymentRequired`.
    """
    number, recipient = await ends(session, order.phone_number, order.caller_id)
    agent = await _agent(session, order, number)
    if not await billing.may_reply(session):
        raise PaymentRequired("The balance does not cover calls. Add credits first.")
    return Checked(number, recipient, agent)


async def ends(session: AsyncSession, phone_number: str, caller_id: str) -> tuple[ServiceNumber, str]:
    """Return the number of ours a call comes from, and whom it goes to. Raises `NotFound`, `Invalid`."""
    number = await numbers.get_owned(session, e164.normalize(caller_id, field="caller_id"))
    if not number.is_active:
        raise Invalid(f"{e164.display(number.phone_number)} is switched off. Switch it on first.", field="caller_id")
    recipient = e164.normalize(phone_number, number.country)
    if recipient == number.phone_number:
        raise Invalid("A number cannot call itself.", field="phone_number")
    return number, recipient


async def begin(
    session: AsyncSession,
    principal: Principal,
    number: ServiceNumber,
    recipient: str,
    agent: AgentConfig | None,
    **told: Any,
) -> CallRecord:
    """Keep a call that goes out, of an agent or without one of the person themselves, if its recipient may be called.

    `told` are the record's own fields about what the agent is to know. Raises `Refused`.
    """
    contact = await contacts.ensure_by_phone(session, recipient)
    await compliance.require_may_contact(
        session, contact, Channel.CALL, Purpose.SERVICE, sender=number.phone_number, recipient=recipient
    )
    conversation = await conversations.for_contact(session, contact.id)
    call = CallRecord(
        org_id=org_id_of(session),
        conversation_id=conversation.id,
        contact_id=contact.id,
        number_id=number.id,
        agent_id=agent.id if agent else None,
        agent_version=agent.version if agent else 0,
        started_by_user_id=principal.user_id,
        direction=Direction.OUTBOUND,
        caller_number=recipient,
        service_number=number.phone_number,
        **told,
    )
    author = None if agent else Author(AuthorKind.MEMBER, principal.name, principal.user_id)
    await records.begin(session, call, conversation, contact, agent, author)
    await log.write(session, call.id, log.OURS, "placed", Kind.INITIATED, clock.now(), {"by": principal.name})
    return call


async def place(session: AsyncSession, principal: Principal, order: CallOrder) -> CallRecord:
    """Keep a call that an agent is to make, and have it dialled.

    Raises what `check` raises, `NotFound` for a template that is not there, `Invalid` for one that needs more
    variables, and `Refused` when the person asked for no calls. Effects: a line in the timeline, a durable job.
    """
    checked = await check(session, order)
    number, recipient, agent = checked.number, checked.recipient, checked.agent
    call = await begin(
        session,
        principal,
        number,
        recipient,
        agent,
        **await _why(session, principal, order, recipient),
        prompt_override=order.prompt_override,
        variables=dict(order.variables),
        caller_data=dict(order.caller_data),
    )
    await jobs.defer(session, "calls.dial", urgency=jobs.Urgency.SOON, org_id=str(call.org_id), call_id=str(call.id))
    return call


async def _why(session: AsyncSession, principal: Principal, order: CallOrder, recipient: str) -> dict[str, Any]:
    """Return why a call is made and what it is to reach, as its record keeps it."""
    if order.template_id is None:
        return {"purpose": order.purpose, "goal": order.goal}
    contact = await contacts.ensure_by_phone(session, recipient)
    found = await templates.for_call(
        session,
        principal,
        order.template_id,
        contact,
        conversation_id=(await conversations.for_contact(session, contact.id)).id,
        given=order.variables,
        purpose=order.purpose,
        goal=order.goal,
    )
    if found.asked:
        names = ", ".join(found.asked)
        raise Invalid(
            f"The template “{found.title}” needs a value for: {names}.",
            field="dynamic_variables",
            code="missing_variable",
        )
    return {
        "purpose": found.purpose,
        "goal": found.goal,
        "template_id": found.template_id,
        "template_title": found.title,
    }


async def _agent(session: AsyncSession, order: CallOrder, number: ServiceNumber) -> AgentConfig:
    agent_id = order.agent_id or number.outbound_agent_id or number.agent_id
    if agent_id is None:
        raise Invalid(
            "No agent makes calls from this number. Name one, or give the number one for outgoing calls.",
            field="agent_id",
            code="no_agent_assigned",
        )
    agent = await agents.get(session, agent_id)
    if agent.agent_type not in _VOICE:
        raise Invalid(f"{agent.name} does not speak: choose a voice agent.", field="agent_id", code="wrong_agent_type")
    if not agent.is_active or agent.deleted_at is not None:
        raise Invalid(f"{agent.name} is switched off. Switch it on first.", field="agent_id", code="agent_inactive")
    return agent


async def dial(org_id: UUID, call_id: UUID) -> None:
    """Ring the telephone of a call that was placed, once; running it again rings nobody twice.

    Raises a retryable error while another run may help.
    """
    with org_scope(org_id):
        async with unit_of_work() as session:
            call, is_paid_for = await settling.to_ring(session, call_id)
            if call is None or call.status in ENDED:
                return
            if livekit.is_room(call.vendor_call_id):
                await room_calls.look_after(session, call)
            if call.vendor_call_id:
                return
            now = clock.now()
            if call.attempted_at is not None:
                if now < call.attempted_at + SETTLE:
                    raise Unavailable("The carrier may still be placing this call.")
                await _fail(session, call_id, _UNCONFIRMED)
                return
            if now > call.created_at + STALE:
                await _fail(session, call_id, _NOT_PLACED)
                return
            if not is_paid_for:
                await _fail(session, call_id, _NOT_PAID)
                return
            if await room_calls.is_used(call):
                await room_calls.open_room(session, call)
                return
            call.attempted_at = now
            session.add(call)
            sender, recipient = call.service_number, call.own_phone or call.caller_number
            # Whoever calls by their own telephone is asked there first.
            function = "own-phone-cxml" if call.own_phone else "outbound-call-cxml"
            marks = {"leg": routing.OWN_LEG} if call.own_phone else {}
            # A person who calls hears for themselves who picks up.
            pickup = routing.address("webhook-call-pickup", call_id) if call.agent_id else ""
        try:
            sid = await signalwire.dial(
                sender=sender,
                recipient=recipient,
                url=routing.address(function, call_id),
                status_callback=routing.address("webhook-call-status", call_id, **marks),
                machine_callback=pickup,
                ring_s=RINGS_S,
            )
        except VendorError as error:
            if error.may_have_happened:
                raise
            async with unit_of_work() as session:
                await _not_dialled(session, call_id, error)
            if error.is_retryable:
                raise
            return
        async with unit_of_work() as session:
            await recognise(session, call_id, sid)


async def give_up(org_id: UUID, call_id: UUID) -> None:
    """Fail a call whose dialling was given up; nothing happens to one that the carrier knows."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            call = await queries.locked(session, org_id, call_id)
            if call is not None and call.status not in ENDED and not call.vendor_call_id:
                await _fail(session, call_id, _UNCONFIRMED if call.attempted_at else _NOT_PLACED)


async def _not_dialled(session: AsyncSession, call_id: UUID, error: VendorError) -> None:
    """Note that the telephone certainly did not ring: it may be tried again, or never will."""
    call = await queries.locked(session, org_id_of(session), call_id)
    if call is None:
        return
    call.attempted_at = None
    session.add(call)
    if not error.is_retryable:
        await _fail(session, call_id, _FAILED.get(error.code, error.message))


async def _fail(session: AsyncSession, call_id: UUID, reason: str) -> None:
    await log.write(
        session, call_id, log.OURS, "failed", Kind.ENDED, clock.now(), {"status": "failed", "reason": reason}
    )


async def recognise(session: AsyncSession, call_id: UUID, sid: str) -> None:
    """Keep the carrier's id of a call of ours, told first by whichever of its answers and webhooks came first."""
    call = await queries.locked(session, org_id_of(session), call_id)
    if call is not None and not call.vendor_call_id:
        call.vendor_call_id = sid
        session.add(call)
        await session.flush()


async def answered(path_with_query: str, signature: str, body: bytes) -> bytes:
    """Return the carrier's instructions for a call of ours that somebody answered: join them with the agent.

    Raises `MalformedWebhook`, `NotAllowed`. A call that was given up meanwhile is hung up.
    """
    form = await forms.read(KIND, path_with_query, signature, body)
    forms.require(form, "CallSid")
    forms.require_sid(form, "CallSid")
    try:
        brief = await records.brief(parse_id(forms.marks(path_with_query)["call"]))
    except (Invalid, NotFound):
        return Answer().hang_up().xml
    with org_scope(brief.org_id):
        async with unit_of_work() as session:
            await recognise(session, brief.call_id, form["CallSid"])
            await log.write(session, brief.call_id, CARRIER, "picked-up", Kind.ANSWERED, clock.now(), {})
            if first := privacy.announcement(brief.settings):
                await log.announced(session, brief.call_id)
    if brief.has_ended:
        return Answer().hang_up().xml
    if brief.person_id is not None:
        return routing.to_desk(Answer(), brief.call_id).xml
    return routing.to_agent(Answer(), brief.call_id, brief.service_number, brief.settings, first).xml


async def terminate(session: AsyncSession, principal: Principal, call: str) -> UUID:
    """Have a call ended, named by our id or the carrier's, and return our id; one that ended stays as it is.

    Raises `NotFound`. Effects: a durable job that hangs up.
    """
    call_id = await records.by_any_id(session, call)
    found = await queries.locked(session, org_id_of(session), call_id)
    if found is None:
        raise NotFound("This call does not exist.", code="call_not_found")
    await have_ended(session, found, f"{principal.name} ended the call.")
    return found.id


async def have_ended(session: AsyncSession, found: CallRecord, reason: str) -> None:
    """Have a locked call ended; one that ended stays as it is. Effects: a durable job that hangs up."""
    if found.status in ENDED:
        return
    if not found.vendor_call_id and found.attempted_at is None:
        data = {"status": "canceled", "reason": reason}
        await log.write(session, found.id, log.OURS, "canceled", Kind.ENDED, clock.now(), data)
        return
    await log.write(session, found.id, log.OURS, "hang-up", Kind.HANG_UP_ASKED, clock.now(), {"reason": reason})
    org_id = str(found.org_id)
    await jobs.defer(session, "calls.hang_up", urgency=jobs.Urgency.FIRST, org_id=org_id, call_id=str(found.id))


async def hang_up(org_id: UUID, call_id: UUID) -> None:
    """End a call at the carrier; nothing happens to one that ended. Raises a retryable error while it is not known."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            call = await queries.one(session, org_id, call_id)
    if call is None or call.status in ENDED:
        return
    if livekit.is_room(call.vendor_call_id):
        with org_scope(org_id):
            await room_calls.hang_up(call)
        return
    if not call.vendor_call_id:
        raise Unavailable("The carrier has not told its name of this call yet.")
    try:
        await signalwire.hang_up(call.vendor_call_id)
    except VendorError as error:
        if error.code != "20404":
            raise
        with org_scope(org_id):
            async with unit_of_work() as session:
                await _fail(session, call_id, "The carrier does not know this call any more.")
