"""Receive a customer's email: whose mailbox it is, who wrote, what they may want said, and who answers.

The order of the questions is that of texts: stored first, machines to people, words of leaving before anything that
thinks, people before the agent. An address that a mail claims to come from is believed only when its domain vouched for
it (`proof`); the answer goes to that address in any case, and never to another one the mail names.
"""

from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.accounts import service as accounts
from backend.compliance import service as compliance
from backend.compliance.schemas import Keyword
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Invalid
from backend.core.ids import new_id
from backend.core.logging import log
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.mailboxes import boxes, files, queries
from backend.mailboxes.intake import TAKEN
from backend.mailboxes.reading import InboundEmail
from backend.mailboxes.schemas import item_data
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.mailboxes import AgentEmailConfig, EmailFile, EmailMessage
from backend.vocab import (
    AnswerMode,
    AuthorKind,
    Channel,
    ConsentSource,
    Direction,
    ItemKind,
    MailboxMode,
    MessageStatus,
)
from backend.webhooks import service as webhooks

# A person does not take nine answers of a machine within an hour; two machines that answer each other do.
REPLY_WINDOW, REPLY_LIMIT = timedelta(hours=1), 8
# What the timeline and the agent are shown of one email; the whole stays with its record.
LONGEST_LINE = 20_000


async def receive(event_id: UUID) -> None:
    """Store the email of one webhook and decide who answers; repeating it changes nothing."""
    with platform_scope("find whose mailbox an email was sent to"):
        async with unit_of_work() as session:
            event = await webhooks.get(session, event_id)
            if event is None or event.processed_at is not None:
                return
            email = InboundEmail.of(event.payload)
            found = await queries.mailbox_by_address(session, email.recipients)
    outcome = "unknown_mailbox"
    if found is not None:
        org_id, mailbox_id = found
        with org_scope(org_id):
            outcome = await _receive(org_id, mailbox_id, email)
    log.info("email.received", outcome=outcome)
    with platform_scope("mark an email as received"):
        async with unit_of_work() as session:
            await webhooks.finish(session, event_id, outcome, clock.now(), TAKEN)


async def _receive(org_id: UUID, mailbox_id: UUID, email: InboundEmail) -> str:
    is_own = await boxes.is_own(email.sender)
    async with unit_of_work() as session:
        mailbox = await queries.mailbox(session, org_id, mailbox_id, for_update=True)
        if mailbox is None:
            return "unknown_mailbox"
        if await boxes.note_test(session, mailbox, email):
            return "test"
        if await queries.is_received(session, mailbox.id, email.message_id):
            return "duplicate"
    if is_own or email.sender in (mailbox.address, mailbox.public_address):
        return "from_itself"
    sender = _address(email.sender)
    if not sender:
        return "no_sender"
    email_id = new_id()
    kept = await files.keep_all(org_id, email_id, email.files)
    async with unit_of_work() as session:
        contact, _ = await contacts.ensure_by_email(session, sender, email.sender_name)
        conversation = await conversations.for_contact(session, contact.id)
        if await queries.is_received(session, mailbox.id, email.message_id):
            return "duplicate"
        message = await _store(session, email_id, mailbox, contact, conversation, email, kept)
        if contact.blocked_at is not None:
            return "blocked"
        if email.machine:
            return "from_machine"
        if await _heeds(session, conversation, message, email):
            return "keyword"
        return await _decide(session, conversation, mailbox, message)


async def _store(
    session: AsyncSession,
    email_id: UUID,
    mailbox: AgentEmailConfig,
    contact: Contact,
    conversation: Conversation,
    email: InboundEmail,
    kept: list[EmailFile],
) -> EmailMessage:
    named = [one for one in (email.in_reply_to, *reversed(email.references)) if one]
    # Anybody may name an email they heard of; one of ours is known to whoever has it, and goes to the person alone.
    known = await queries.thread_of(session, mailbox.org_id, contact.id, named, only_ours=not email.is_proven)
    message = EmailMessage(
        id=email_id,
        org_id=mailbox.org_id,
        conversation_id=conversation.id,
        contact_id=contact.id,
        mailbox_id=mailbox.id,
        agent_id=mailbox.agent_id,
        thread_id=known or new_id(),
        direction=Direction.INBOUND,
        from_address=_address(email.sender),
        from_name=email.sender_name,
        to_addresses=list(email.to),
        cc_addresses=list(email.cc),
        subject=email.subject,
        body_text=email.text,
        message_id=email.message_id,
        in_reply_to=email.in_reply_to,
        reference_ids=list(email.references),
        vendor_id=email.vendor_id,
        status=MessageStatus.RECEIVED,
        is_proven=email.is_proven,
    )
    session.add(message)
    await session.flush()
    session.add_all(kept)
    await session.flush()
    await conversations.append(
        session,
        conversation,
        kind=ItemKind.MESSAGE,
        author=Author(AuthorKind.CONTACT, contact.name or email.sender_name or message.from_address, contact.id),
        body=email.written[:LONGEST_LINE],
        channel=Channel.EMAIL,
        direction=Direction.INBOUND,
        status=message.status,
        record_id=message.id,
        data=item_data(
            message,
            kept,
            quoted=email.quoted[:LONGEST_LINE],
            is_unverified=not email.is_proven,
            not_answered=email.machine,
        ),
    )
    if not email.written.strip():
        conversation.last_preview = email.subject or "Sent an email"
        session.add(conversation)
    return message


async def _heeds(session: AsyncSession, conversation: Conversation, message: EmailMessage, email: InboundEmail) -> bool:
    """Act on an email that only asks to be left alone, or to be written to again; tell whether it was one.

    Whoever asks to be left alone is, proven or not; only the person themselves brings themselves back.
    """
    said = email.written or email.subject
    word = compliance.recognise(said)
    if word not in (Keyword.STOP, Keyword.START) or (word == Keyword.START and not message.is_proven):
        return False
    is_in = word == Keyword.START
    written = " ".join(said.split())[:40]
    is_new = await compliance.record_email_choice(
        session,
        message.contact_id,
        message.from_address,
        is_opted_in=is_in,
        source=ConsentSource.KEYWORD,
        said=written,
    )
    if is_new:
        verb = "Opted in to" if is_in else "Opted out of"
        await conversations.note_event(session, conversation, f"{verb} emails by writing “{written}”", keyword=word)
    return is_new or not is_in


async def _decide(
    session: AsyncSession, conversation: Conversation, mailbox: AgentEmailConfig, message: EmailMessage
) -> str:
    """Choose who answers and return that as the outcome; each refusal that people must know of is on the timeline."""
    if not mailbox.is_active or mailbox.mode == MailboxMode.OFF:
        return "mailbox_off"
    if conversations.answering(conversation) == AnswerMode.HUMAN:
        return "people_answer"
    since = clock.now() - REPLY_WINDOW
    if await queries.automatic_replies_since(session, message.org_id, conversation.id, since) > REPLY_LIMIT:
        await conversations.call_for_person(session, conversation, conversations.LOOP)
        return "loop"
    return await conversations.leave_to_agent(session, conversation, "agents.answer_email", message.id)


def _address(raw: str) -> str:
    """Return an address as contacts keep it, or an empty string for what is none."""
    try:
        return accounts.email(raw)
    except Invalid:
        return ""
