"""Write emails: every one of ours is a row, a line of the timeline and a durable job, in one transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import jobs, realtime
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.mailboxes import files, queries, reading
from backend.mailboxes.schemas import Thread, item_data, reply_subject
from backend.messaging import service as messaging
from backend.models.conversations import Conversation
from backend.models.inbox import OutgoingFile
from backend.models.mailboxes import AgentEmailConfig, EmailMessage
from backend.vocab import AuthorKind, Channel, Direction, ItemKind, MemberRole, MessageStatus

LONGEST_BODY = 20_000
# The longest line of references we send; mail programs find a thread by its first and its last ones.
MOST_REFERENCES = 20
_GONE = "No mailbox of yours is part of this conversation any more. Connect one to an agent first."


def answering(message: EmailMessage) -> Thread:
    """Return where the answer to an email belongs."""
    references = tuple(dict.fromkeys([*message.reference_ids, message.in_reply_to, message.message_id]))
    known = tuple(one for one in references if one)
    return Thread(message.thread_id, reply_subject(message.subject), message.message_id, known[-MOST_REFERENCES:])


def fresh(subject: str) -> Thread:
    """Return a thread of its own."""
    return Thread(new_id(), subject)


async def queue(
    session: AsyncSession,
    conversation: Conversation,
    mailbox: AgentEmailConfig,
    thread: Thread,
    recipient: str,
    body: str,
    author: Author,
    *,
    agent_id: UUID | None = None,
    is_ai: bool = False,
    dedupe_key: str = "",
    purpose: Purpose = Purpose.REPLY,
    data: dict[str, Any] | None = None,
    sent_by: UUID | None = None,
    is_unverified: bool = False,
    chosen: Sequence[OutgoingFile] = (),
) -> EmailMessage:
    """Queue an email from a mailbox to an address of the conversation's contact.

    With a `dedupe_key` a second call returns the first call's email and does nothing. Raises `Invalid` (`body`,
    `subject`), `Conflict` (`mailbox_inactive`) and `Refused` (`opted_out`, `blocked`).
    """
    conversation = await conversations.locked(session, conversation.id)
    if dedupe_key:
        known = await queries.by_dedupe_key(session, conversation.org_id, dedupe_key)
        if known is not None:
            return known
    text, subject = checked_body(body), checked_subject(thread.subject)
    if not mailbox.is_active:
        raise Conflict("This mailbox is switched off. Switch it on under Deployment first.", code="mailbox_inactive")
    contact = await contacts.get(session, conversation.contact_id)
    await compliance.require_may_contact(
        session, contact, Channel.EMAIL, purpose, sender=mailbox.address, recipient=recipient
    )
    email_id = new_id()
    message = EmailMessage(
        id=email_id,
        org_id=conversation.org_id,
        conversation_id=conversation.id,
        contact_id=contact.id,
        mailbox_id=mailbox.id,
        agent_id=agent_id,
        sent_by_user_id=sent_by,
        thread_id=thread.id,
        direction=Direction.OUTBOUND,
        from_address=mailbox.address,
        from_name=mailbox.sender_name,
        to_addresses=[recipient],
        subject=subject,
        body_text=text,
        message_id=f"<{email_id}@{mailbox.address.rpartition('@')[2]}>",
        in_reply_to=thread.in_reply_to,
        reference_ids=list(thread.references),
        dedupe_key=dedupe_key,
        is_ai_generated=is_ai,
    )
    session.add(message)
    await session.flush()
    attached = await files.attach(session, message.id, chosen) if chosen else []
    await conversations.append(
        session,
        conversation,
        kind=ItemKind.MESSAGE,
        author=author,
        body=text,
        channel=Channel.EMAIL,
        direction=Direction.OUTBOUND,
        status=message.status,
        record_id=message.id,
        data=item_data(message, attached, is_unverified=is_unverified, **(data or {})),
    )
    await _enqueue(session, message, purpose)
    return message


async def send_from_person(
    session: AsyncSession,
    principal: Principal,
    conversation_id: UUID,
    body: str,
    *,
    subject: str = "",
    client_key: str = "",
    file_ids: Sequence[UUID] = (),
) -> EmailMessage:
    """Send a member's email to a contact, and let the agent wait while people write.

    It answers the contact's last email unless `subject` names another matter; without one it begins a thread, from
    the mailbox connected first. Raises `Conflict` (`no_mailbox`, `no_address`), `Invalid` and what `queue` raises.
    """
    principal.require(MemberRole.SUPPORT)
    conversation = await conversations.locked(session, conversation_id)
    key = f"member:{principal.user_id}:{client_key}" if client_key else ""
    known = await queries.by_dedupe_key(session, conversation.org_id, key) if key else None
    if known is not None:
        return known
    contact = await contacts.get(session, conversation.contact_id)
    last = await queries.newest_received(session, conversation.org_id, conversation.id)
    mailbox = await mailbox_for(session, last)
    is_answer = last is not None and (not subject.strip() or reply_subject(subject) == reply_subject(last.subject))
    recipient = last.from_address if is_answer and last else (contact.email or "")
    if not recipient:
        raise Conflict("This contact has no email address. Add one first.", code="no_address")
    author = Author(AuthorKind.MEMBER, principal.name, principal.user_id)
    message = await queue(
        session,
        conversation,
        mailbox,
        answering(last) if is_answer and last else fresh(subject),
        recipient,
        body,
        author,
        dedupe_key=key,
        purpose=Purpose.SERVICE,
        sent_by=principal.user_id,
        is_unverified=bool(is_answer and last and not last.is_proven),
        chosen=await messaging.chosen_files(session, principal, conversation.id, file_ids) if file_ids else (),
    )
    await conversations.pause_for_reply(session, conversation, author)
    return message


async def retry_failed(session: AsyncSession, principal: Principal, email_id: UUID) -> EmailMessage:
    """Queue a failed email again. Raises `NotFound`, `Conflict` when it did not fail, `Refused` as `queue`."""
    principal.require(MemberRole.SUPPORT)
    message = await queries.email(session, org_id_of(session), email_id, for_update=True)
    if message is None or message.direction != Direction.OUTBOUND:
        raise NotFound("This email does not exist.")
    if message.status not in (MessageStatus.FAILED, MessageStatus.UNDELIVERED):
        raise Conflict("Only an email that failed can be sent again.", code="not_failed")
    contact = await contacts.get(session, message.contact_id)
    await compliance.require_may_contact(
        session,
        contact,
        Channel.EMAIL,
        Purpose.SERVICE,
        sender=message.from_address,
        recipient=message.to_addresses[0],
    )
    if message.vendor_id:
        # The service had it and could not bring it: this is a new one to it.
        message.vendor_id, message.attempted_at = "", None
    message.status, message.attempts = MessageStatus.QUEUED, 0
    message.error_code = message.error_message = ""
    message.sent_at = message.delivered_at = None
    session.add(message)
    await session.flush()
    await conversations.update_item(
        session, message.id, status=message.status, data={"error": "", "error_code": "", "retried_by": principal.name}
    )
    await _enqueue(session, message, Purpose.SERVICE)
    return message


async def approve_draft(
    session: AsyncSession, principal: Principal, conversation_id: UUID, seq: int, body: str, item_id: UUID | None = None
) -> EmailMessage:
    """Send what the agent drafted, as it stands or as the person rewrote it; approving twice sends once.

    Raises `NotFound`, `Conflict` (`draft_decided`, `draft_moved`, `no_mailbox`) and what `queue` raises.
    """
    principal.require(MemberRole.SUPPORT)
    conversation = await conversations.locked(session, conversation_id)
    draft = await queries.draft(session, conversation.org_id, conversation.id, seq)
    if draft is None:
        raise NotFound("This draft does not exist.")
    if item_id is not None and draft.id != item_id:
        raise Conflict("This conversation changed meanwhile. Look at the draft again.", code="draft_moved")
    if draft.status == "discarded":
        raise Conflict("This draft was discarded.", code="draft_decided")
    asked = await queries.email(session, conversation.org_id, UUID(str(draft.data["email_id"])))
    if asked is None:
        raise Conflict("The email this answers is gone.", code="no_email")
    mailbox = await mailbox_for(session, asked)
    is_edited = body.strip() != draft.body.strip()
    author = Author(AuthorKind.AGENT, draft.author_name, draft.author_id)
    if is_edited:
        author = Author(AuthorKind.MEMBER, principal.name, principal.user_id)
    kept: dict[str, Any] = {name: draft.data[name] for name in ("turn_id", "agent_version") if name in draft.data}
    message = await queue(
        session,
        conversation,
        mailbox,
        answering(asked),
        asked.from_address,
        body,
        author,
        agent_id=draft.author_id,
        is_ai=not is_edited,
        dedupe_key=f"draft:{draft.id}",
        data={**kept, "approved_by": principal.name, "is_edited": is_edited},
        sent_by=principal.user_id,
        is_unverified=not asked.is_proven,
    )
    draft.status = "approved"
    draft.data = {**draft.data, "decided_by": principal.name, "message_id": str(message.id)}
    session.add(draft)
    if "turn_id" in kept:
        await queries.note_reply(session, conversation.org_id, UUID(str(kept["turn_id"])), message.id)
    await session.flush()
    await realtime.announce(session, draft.org_id, "item.updated", conversation_id=conversation.id, seq=draft.seq)
    return message


def checked_body(body: str, field: str = "body") -> str:
    """Return words as they may be sent. Raises `Invalid` naming the field."""
    text = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Invalid("Write something first.", field=field)
    if len(text) > LONGEST_BODY:
        raise Invalid(f"An email has at most {LONGEST_BODY:,} characters.", field=field)
    return text


def checked_subject(subject: str) -> str:
    """Return a subject as it may stand in a header. Raises `Invalid` naming the field."""
    line = reading.one_line(subject)
    if not line:
        raise Invalid("Write a subject first.", field="subject")
    if len(line) > reading.LONGEST_SUBJECT:
        raise Invalid(f"A subject has at most {reading.LONGEST_SUBJECT} characters.", field="subject")
    return line


async def mailbox_for(session: AsyncSession, about: EmailMessage | None) -> AgentEmailConfig:
    """Return the mailbox an email came to, else the one connected first that is on. Raises `Conflict`."""
    org_id = org_id_of(session)
    if about is not None and about.mailbox_id is not None:
        found = await queries.mailbox(session, org_id, about.mailbox_id)
        if found is not None:
            return found
    active = [one for one in await queries.mailboxes(session, org_id) if one.is_active]
    if not active:
        raise Conflict(_GONE, code="no_mailbox")
    return active[0]


async def _enqueue(session: AsyncSession, message: EmailMessage, purpose: Purpose) -> None:
    await jobs.defer(
        session,
        "mailboxes.deliver",
        lock=f"email-send:{message.conversation_id}",
        urgency=jobs.Urgency.SOON,
        org_id=str(message.org_id),
        email_id=str(message.id),
        purpose=str(purpose),
    )
