"""Receive a customer's text: whose number it is, who wrote, what they may want said, and who answers.

The order of the questions is the product's promise: stored first, machines to people, opt-out words before anything
that thinks, people before the agent, and the agent only while the exchange looks like one with a person.
"""

from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.compliance import service as compliance
from backend.compliance.schemas import Keyword, KeywordOutcome, Purpose
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import SYSTEM, Author
from backend.core import clock, jobs, telemetry
from backend.core.errors import Refused
from backend.core.logging import log
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.messaging import queries, segments
from backend.messaging import service as messaging
from backend.messaging.schemas import InboundText, item_data
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.messaging import MessageMedia, SmsMessage
from backend.models.numbers import ServiceNumber
from backend.numbers import e164, senders
from backend.numbers import service as numbers
from backend.vocab import AnswerMode, AuthorKind, Channel, Direction, ItemKind, MessageStatus
from backend.webhooks import service as webhooks

# The reference product's loop guard (backend.md §9.1 step 8): the same words more than twice in the last twenty.
SAME_BODY_WINDOW, SAME_BODY_LIMIT = 20, 2
# Two machines talking answer within seconds; a person does not take nine answers in two minutes.
REPLY_WINDOW, REPLY_LIMIT = timedelta(minutes=2), 8
MACHINE = "This sender is a machine (a short code or a name), so the agent does not answer it"
NOBODY_ASSIGNED = "Thanks for your message. Our team will read it and get back to you."


async def receive(event_id: UUID) -> None:
    """Store the text of one webhook and decide who answers; repeating it changes nothing."""
    with platform_scope("find whose number a text was sent to"):
        async with unit_of_work() as session:
            event = await webhooks.get(session, event_id)
            if event is None or event.processed_at is not None:
                return
            text = InboundText.of(event.payload)
            number = await queries.number_by_address(session, text.recipient)
    outcome = "unknown_number"
    if number is not None:
        with org_scope(number.org_id):
            outcome = await _receive(number.id, text)
    else:
        log.warning("text.unknown_number", recipient=text.recipient)
    telemetry.texts.add(1, {"direction": "inbound", "status": outcome})
    with platform_scope("mark a text as received"):
        async with unit_of_work() as session:
            await webhooks.finish(session, event_id, outcome, clock.now())


async def _receive(number_id: UUID, text: InboundText) -> str:
    async with unit_of_work() as session:
        number = await numbers.get(session, number_id)
        sender = senders.read(text.sender)
        contact = await contacts.ensure_sender(session, sender)
        conversation = await conversations.for_contact(session, contact.id)
        if await queries.sid_is_taken(session, text.sid):
            return "duplicate"
        message = await _store(session, number, contact, conversation, text)
        if senders.is_machine(sender):
            # After a merge the conversation is a person's, and a machine's text must not silence their agent.
            if contact.phone_number == sender and contact.blocked_at is None:
                await conversations.leave_to_people(session, conversation, MACHINE)
            return "from_machine"
        if message.sender_number == number.phone_number:
            return "from_itself"
        keyword = await compliance.handle_keyword(
            session, number.phone_number, message.sender_number, text.body, message.id
        )
        if contact.blocked_at is not None:
            return "blocked"
        if keyword is not None:
            await _answer_keyword(session, conversation, number, message, keyword)
            return f"keyword_{keyword.keyword}"
        return await _decide(session, conversation, number, contact, message)


async def _store(
    session: AsyncSession, number: ServiceNumber, contact: Contact, conversation: Conversation, text: InboundText
) -> SmsMessage:
    size = segments.measure(text.body)
    sender = senders.read(text.sender)
    message = SmsMessage(
        org_id=number.org_id,
        conversation_id=conversation.id,
        contact_id=contact.id,
        number_id=number.id,
        direction=Direction.INBOUND,
        sender_number=sender,
        recipient_number=number.phone_number,
        content=text.body,
        segments=size.segments,
        encoding=size.encoding,
        status=MessageStatus.RECEIVED,
        message_sid=text.sid,
    )
    session.add(message)
    await session.flush()
    media = [
        MessageMedia(
            org_id=number.org_id,
            message_id=message.id,
            position=position,
            content_type=item.content_type[:100],
            vendor_url=item.url,
        )
        for position, item in enumerate(text.media)
    ]
    session.add_all(media)
    await session.flush()
    for item in media:
        await jobs.defer(session, "messaging.fetch_media", org_id=str(item.org_id), media_id=str(item.id))
    name = contact.name or e164.display(message.sender_number)
    await conversations.append(
        session,
        conversation,
        kind=ItemKind.MESSAGE,
        author=Author(AuthorKind.CONTACT, name, contact.id),
        body=text.body,
        channel=Channel.SMS,
        direction=Direction.INBOUND,
        status=message.status,
        record_id=message.id,
        data=item_data(message, media),
    )
    if media and not text.body.strip():
        conversation.last_preview = "Sent a file" if len(media) == 1 else f"Sent {len(media)} files"
        session.add(conversation)
    return message


async def _answer_keyword(
    session: AsyncSession,
    conversation: Conversation,
    number: ServiceNumber,
    message: SmsMessage,
    outcome: KeywordOutcome,
) -> None:
    if outcome.event:
        await conversations.note_event(session, conversation, outcome.event, keyword=outcome.keyword)
    if not outcome.answer or not number.is_active:
        return
    if outcome.keyword == Keyword.HELP and await _is_repeating(session, message):
        return
    purpose = Purpose.CONFIRMATION if outcome.keyword == Keyword.STOP else Purpose.REPLY
    await _say(session, conversation, number, outcome.answer, f"keyword:{message.id}", purpose)


async def _decide(
    session: AsyncSession,
    conversation: Conversation,
    number: ServiceNumber,
    contact: Contact,
    message: SmsMessage,
) -> str:
    """Choose who answers and return that as the outcome; each refusal that people must know of is on the timeline."""
    if not number.is_active:
        return "number_inactive"
    if conversations.answering(conversation) == AnswerMode.HUMAN:
        return "people_answer"
    state = await compliance.opt_out_state(session, number.phone_number, message.sender_number)
    if state is not None and state.is_opted_out:
        return "opted_out"
    if await agents.for_texts(session, number) is None:
        business = e164.display(number.phone_number)
        await _say(
            session,
            conversation,
            number,
            NOBODY_ASSIGNED,
            f"unassigned:{number.id}:{contact.id}",
            Purpose.REPLY,
        )
        await conversations.call_for_person(session, conversation, f"no agent answers texts to {business}")
        return "no_agent"
    if await _is_loop(session, conversation, number, message):
        await conversations.call_for_person(session, conversation, conversations.LOOP)
        return "loop"
    return await conversations.leave_to_agent(session, conversation, "agents.answer_text", message.id)


async def _is_repeating(session: AsyncSession, message: SmsMessage) -> bool:
    return await queries.same_body_among_last(session, message, SAME_BODY_WINDOW) > SAME_BODY_LIMIT


async def _is_loop(
    session: AsyncSession, conversation: Conversation, number: ServiceNumber, message: SmsMessage
) -> bool:
    if await _is_repeating(session, message):
        return True
    replies = await queries.automatic_replies_since(
        session, conversation.org_id, conversation.id, number.phone_number, clock.now() - REPLY_WINDOW
    )
    return replies > REPLY_LIMIT


async def _say(
    session: AsyncSession, conversation: Conversation, number: ServiceNumber, body: str, key: str, purpose: Purpose
) -> None:
    """Answer by itself; a contact who may not be reached gets silence, which is what they asked for."""
    try:
        await messaging.queue_text(
            session, conversation, number, body, SYSTEM, dedupe_key=key, purpose=purpose, data={"is_automatic": True}
        )
    except Refused as refusal:
        log.info("text.not_answered", code=refusal.code, conversation=str(conversation.id))
