"""Answer a call that comes in: verify, store, decide from one query, keep the call, and tell the carrier what to do.

The caller hears something whatever fails: an error of ours after the signature was checked becomes polite words.
"""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.calls import deciding, log, privacy, queries, records, ringing, routing, voicemail, waits
from backend.calls.cxml import Answer
from backend.calls.deciding import Decision
from backend.calls.projection import Kind
from backend.calls.queries import Situation
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock, telemetry
from backend.core.logging import log as logger
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.calls import CallRecord
from backend.models.platform import InboundEvent
from backend.numbers import senders
from backend.vendors import signalwire_forms as forms
from backend.vendors.signalwire_forms import SOURCE
from backend.vocab import AnsweredBy, CallStatus, Direction
from backend.webhooks import service as webhooks

KIND = "call.inbound"


async def answer(path_with_query: str, signature: str, body: bytes) -> bytes:
    """Return the carrier's instructions for a call that just arrived; a repeated request gets the same.

    Raises `MalformedWebhook` (400) and `NotAllowed` (403) as texts do; nothing else, because a caller waits.
    """
    form = await forms.read(KIND, path_with_query, signature, body)
    forms.require(form, "CallSid", "From", "To")
    forms.require_sid(form, "CallSid")
    try:
        return (await _answer(form)).xml
    except Exception as error:
        logger.error("call.not_answered", error=repr(error), exc_info=True)
        telemetry.webhooks.add(1, {"source": SOURCE, "kind": KIND, "outcome": "failed"})
        return Answer().say(deciding.UNAVAILABLE).hang_up().xml


async def _answer(form: dict[str, str]) -> Answer:
    caller = senders.read(form["From"])
    event = InboundEvent(source=SOURCE, kind=KIND, external_id=form["CallSid"], payload=dict(form))
    with platform_scope("decide what becomes of a call"):
        async with unit_of_work() as session:
            is_new = await webhooks.store(session, event)
            known = await queries.situation(session, form["To"], caller)
            told = None if is_new else await queries.by_vendor_id(session, form["CallSid"])
    telemetry.webhooks.add(1, {"source": SOURCE, "kind": KIND, "outcome": "stored" if is_new else "duplicate"})
    if known is None:
        logger.warning("call.unknown_number", recipient=form["To"][:32])
        return Answer().say(deciding.NOT_IN_SERVICE).hang_up()
    decision = deciding.decide(known)
    with org_scope(known.business.id):
        async with unit_of_work() as session:
            call_id = told[1] if told else await _keep(session, known, decision, caller, form["CallSid"])
            wait = await waits.latest(session, call_id) if decision.rings_people else None
            has_beep = await voicemail.was_offered(session, call_id)
    if wait is not None:
        return routing.to_people(Answer(), call_id, wait.id)
    if has_beep:
        words = decision.say or voicemail.greeting(known.number.voicemail_greeting, known.business.name)
        return routing.to_voicemail(Answer(), call_id, words, _language(known))
    return _instructions(call_id, known, decision)


async def _keep(session: AsyncSession, known: Situation, decision: Decision, caller: str, sid: str) -> UUID:
    """Keep the call with what was decided of it, and return its id."""
    agent = known.agent if known.number.answered_by != AnsweredBy.PEOPLE else None
    contact = await contacts.ensure_sender(session, caller)
    conversation = await conversations.for_contact(session, contact.id)
    call = CallRecord(
        org_id=known.business.id,
        conversation_id=conversation.id,
        contact_id=contact.id,
        number_id=known.number.id,
        agent_id=agent.id if agent else None,
        agent_version=agent.version if agent else 0,
        direction=Direction.INBOUND,
        caller_number=caller,
        service_number=known.number.phone_number,
        vendor_call_id=sid,
        status=CallStatus.RINGING,
    )
    await records.begin(session, call, conversation, contact, agent)
    now = clock.now()
    await log.write(session, call.id, log.OURS, "arrived", Kind.RINGING, now, {})
    if decision.disposition:
        data = {"disposition": decision.disposition, "reason": decision.reason}
        await log.write(session, call.id, log.OURS, "refused", Kind.REFUSED, now, data)
        if decision.takes_message:
            await voicemail.offer(session, call.id)
    elif decision.forward_to:
        await log.write(session, call.id, log.OURS, "forwarded", Kind.FORWARD_STARTED, now, {"to": decision.forward_to})
    elif decision.rings_people:
        rung = await ringing.begin(session, call, known.number.ring_team_id, known.number.ring_s)
        if rung is None and agent is None and known.number.has_voicemail:
            await voicemail.offer(session, call.id)
    elif agent is not None and privacy.announcement(agents.live_fields(agent)):
        await log.announced(session, call.id)
    if decision.calls_for_person:
        await conversations.call_for_person(session, conversation, "they called while the business was closed")
    return call.id


def _instructions(call_id: UUID, known: Situation, decision: Decision) -> Answer:
    told = Answer()
    if decision.disposition:
        return told.say(decision.say).hang_up() if decision.say else told.reject()
    if decision.forward_to:
        return routing.to_person(told, call_id, decision.forward_to, caller_id=known.number.phone_number)
    if known.number.answered_by == AnsweredBy.PEOPLE:
        return told.say(deciding.NOT_REACHED).hang_up()
    served = agents.live_fields(known.agent) if known.agent else {}
    return routing.to_agent(told, call_id, known.number.phone_number, served, privacy.announcement(served))


def _language(known: Situation) -> str:
    return str((agents.live_fields(known.agent) if known.agent else {}).get("language") or "")
