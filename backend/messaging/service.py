"""Send texts and keep their record: every text of ours is a row, a line of the timeline and a durable job.

Other modules of this package hold what this one leaves out and what callers reach through it: webhooks (`intake`),
sending later (`scheduling`), attachments (`media`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock, jobs, realtime
from backend.core.errors import Conflict, Invalid, NotFound, Refused
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.messaging import outbox, queries, scheduling, segments, uploads
from backend.messaging.history import HistoryFilter, HistoryRow, export_history, history
from backend.messaging.intake import WebhookKind, accept_webhook
from backend.messaging.media import keep, kept_file, open_media, sniff
from backend.messaging.scheduling import action_of, cancel_action, cancel_scheduled, list_actions
from backend.messaging.schemas import MOST_MEDIA, MessageFilter, MessageView, item_data, message_view
from backend.messaging.segments import checked as checked_size
from backend.messaging.segments import measure
from backend.messaging.uploads import accept_file, chosen_files, open_file, open_for_carrier, sweep_unsent
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem
from backend.models.inbox import OutgoingFile
from backend.models.messaging import MessageMedia, SmsMessage
from backend.models.numbers import ServiceNumber
from backend.numbers import e164, senders
from backend.numbers import service as numbers
from backend.vocab import AuthorKind, Channel, Direction, ItemKind, MemberRole, MessageStatus

__all__ = [
    "HistoryFilter",
    "HistoryRow",
    "WebhookKind",
    "accept_file",
    "accept_webhook",
    "action_of",
    "approve_draft",
    "cancel_action",
    "cancel_scheduled",
    "checked_size",
    "chosen_files",
    "discard_draft",
    "export_history",
    "get_message",
    "history",
    "keep",
    "kept_file",
    "list_actions",
    "list_messages",
    "measure",
    "open_file",
    "open_for_carrier",
    "open_media",
    "queue_text",
    "retry_failed",
    "send_from_person",
    "sniff",
    "sweep_unsent",
]

# Further ahead is a slip of the finger, and numbers change hands.
FURTHEST = timedelta(days=365)


async def queue_text(
    session: AsyncSession,
    conversation: Conversation,
    number: ServiceNumber,
    body: str,
    author: Author,
    *,
    agent_id: UUID | None = None,
    is_ai: bool = False,
    dedupe_key: str = "",
    purpose: Purpose | str = Purpose.REPLY,
    media: Sequence[str] = (),
    files: Sequence[OutgoingFile] = (),
    data: dict[str, Any] | None = None,
    at: datetime | None = None,
    sent_by: UUID | None = None,
    created_via: str = "ui",
    recipient: str = "",
) -> SmsMessage:
    """Queue a text from one of our numbers to a conversation's contact, or schedule it when `at` is ahead.

    Stores the row and its timeline item and enqueues the delivery, all in the session's transaction. With a
    `dedupe_key` a second call returns the first call's text and does nothing. `media` are public https addresses,
    `files` what a person uploaded. It goes to `recipient`, else to the number the contact wrote from last.
    Raises `Invalid` (empty, too long, to itself, bad time) and `Refused` (`opted_out`, `not_textable`, `no_number`,
    `number_inactive`).
    """
    conversation = await conversations.locked(session, conversation.id)
    if dedupe_key:
        known = await queries.by_dedupe_key(session, conversation.org_id, dedupe_key)
        if known is not None:
            return known
    contact = await contacts.get(session, conversation.contact_id)
    size = _checked_size(body, media, has_files=bool(files))
    recipient = recipient or await contacts.reply_number(session, contact)
    await _require_sendable(session, contact, number, purpose, recipient)
    is_later = _is_later(at)
    message = SmsMessage(
        org_id=conversation.org_id,
        conversation_id=conversation.id,
        contact_id=contact.id,
        number_id=number.id,
        agent_id=agent_id,
        sent_by_user_id=sent_by,
        direction=Direction.OUTBOUND,
        sender_number=number.phone_number,
        recipient_number=recipient,
        content=body,
        segments=size.segments,
        encoding=size.encoding,
        status=MessageStatus.SCHEDULED if is_later else MessageStatus.QUEUED,
        dedupe_key=dedupe_key,
        is_ai_generated=is_ai,
    )
    session.add(message)
    await session.flush()
    kept = [*await _attach(session, message, media), *await uploads.attach(session, message, files, len(media))]
    extra = dict(data or {})
    if is_later and at is not None:
        action = await scheduling.schedule(session, message, at, purpose=Purpose(purpose), created_via=created_via)
        extra |= {"scheduled_at": at.isoformat(), "action_id": str(action.id)}
    await conversations.append(
        session,
        conversation,
        kind=ItemKind.MESSAGE,
        author=author,
        body=body,
        channel=Channel.SMS,
        direction=Direction.OUTBOUND,
        status=message.status,
        record_id=message.id,
        data=item_data(message, kept, **extra),
    )
    if not is_later:
        await outbox.enqueue(session, message, Purpose(purpose), is_awaited=created_via == "ui")
    return message


async def send_from_person(
    session: AsyncSession,
    principal: Principal,
    *,
    sender_number: str,
    recipient_number: str,
    body: str,
    media: Sequence[str] = (),
    file_ids: Sequence[UUID] = (),
    at: datetime | None = None,
    client_key: str = "",
    created_via: str = "ui",
) -> SmsMessage:
    """Send a member's text, and let the agent wait while people write (`conversations.PAUSE`).

    A `client_key` makes a repeated call return the first text. A text for later pauses nobody.
    A short code that has texted the organization can be answered; a sender's name cannot.
    Raises `NotFound` when the sender is not a number of the organization, `Refused` (`number_inactive`, `opted_out`,
    `not_textable`, `one_way_sender`) and `Invalid` naming `sender_number`, `recipient_number`, `body`, `media` or `at`.
    """
    principal.require(MemberRole.SUPPORT)
    number = await numbers.get_owned(session, e164.normalize(sender_number, field="sender_number"))
    recipient = await _recipient(session, recipient_number, number.country)
    if recipient == number.phone_number:
        raise Invalid("A number cannot text itself.", field="recipient_number")
    _checked_size(body, media, has_files=bool(file_ids))
    contact = await contacts.ensure_sender(session, recipient)
    conversation = await conversations.for_contact(session, contact.id)
    key = f"member:{principal.user_id}:{client_key}" if client_key else ""
    known = await queries.by_dedupe_key(session, conversation.org_id, key) if key else None
    if known is not None:
        return known
    files = await uploads.chosen_files(session, principal, conversation.id, file_ids) if file_ids else []
    author = Author(AuthorKind.MEMBER, principal.name, principal.user_id)
    message = await queue_text(
        session,
        conversation,
        number,
        body,
        author,
        dedupe_key=key,
        purpose=Purpose.SERVICE,
        media=media,
        files=files,
        at=at,
        sent_by=principal.user_id,
        created_via=created_via,
        # The number a contact's page shows stands for the person; another one was chosen on purpose.
        recipient=recipient if recipient != contact.phone_number else "",
    )
    if message.status != MessageStatus.SCHEDULED:
        await conversations.pause_for_reply(session, conversation, author)
    return message


async def retry_failed(session: AsyncSession, principal: Principal, message_id: UUID) -> SmsMessage:
    """Queue a failed text again. Raises `NotFound`, `Conflict` when it did not fail, `Refused` as `queue_text`."""
    principal.require(MemberRole.SUPPORT)
    message = await queries.locked(session, org_id_of(session), message_id)
    if message is None or message.direction != Direction.OUTBOUND:
        raise NotFound("This text does not exist.")
    if message.status not in (MessageStatus.FAILED, MessageStatus.UNDELIVERED):
        raise Conflict("Only a text that failed can be sent again.", code="not_failed")
    contact = await contacts.get(session, message.contact_id)
    number = await numbers.get_owned(session, message.sender_number)
    await _require_sendable(session, contact, number, Purpose.SERVICE, message.recipient_number)
    if message.message_sid:
        # The carrier had it and gave up: this is a new message to it. Without a sid the old outcome is unknown: the
        # delivery looks for it first, and wants to know by which error it became so.
        message.message_sid, message.attempted_at, message.error_code = "", None, ""
    message.status, message.attempts, message.error_message = MessageStatus.QUEUED, 0, ""
    message.sent_at = message.delivered_at = None
    session.add(message)
    await session.flush()
    await conversations.update_item(
        session, message.id, status=message.status, data={"error": "", "error_code": "", "retried_by": principal.name}
    )
    await outbox.enqueue(session, message, Purpose.SERVICE, is_awaited=True)
    return message


async def approve_draft(
    session: AsyncSession, principal: Principal, conversation_id: UUID, seq: int, body: str, item_id: UUID | None = None
) -> SmsMessage:
    """Send what the agent drafted, as it stands or as the person rewrote it; approving twice sends once.

    `item_id` is the draft the person saw: lines are numbered anew when conversations are merged. Raises `NotFound`,
    `Conflict` when the draft was discarded or another stands there now, and what `queue_text` raises.
    """
    principal.require(MemberRole.SUPPORT)
    conversation = await conversations.locked(session, conversation_id)
    draft = await _draft(session, conversation, seq, item_id)
    if draft.status == "discarded":
        raise Conflict("This draft was discarded.", code="draft_decided")
    number = await _number_for(session, conversation, draft)
    is_edited = body.strip() != draft.body.strip()
    author = Author(AuthorKind.AGENT, draft.author_name, draft.author_id)
    if is_edited:
        author = Author(AuthorKind.MEMBER, principal.name, principal.user_id)
    kept: dict[str, Any] = {name: draft.data[name] for name in ("turn_id", "agent_version") if name in draft.data}
    message = await queue_text(
        session,
        conversation,
        number,
        body,
        author,
        agent_id=draft.author_id,
        is_ai=not is_edited,
        dedupe_key=f"draft:{draft.id}",
        data={**kept, "approved_by": principal.name, "is_edited": is_edited},
        sent_by=principal.user_id,
    )
    await _decide(session, draft, "approved", principal, message_id=str(message.id))
    if "turn_id" in kept:
        await queries.note_reply(session, conversation.org_id, UUID(str(kept["turn_id"])), message.id)
    return message


async def discard_draft(
    session: AsyncSession, principal: Principal, conversation_id: UUID, seq: int, item_id: UUID | None = None
) -> None:
    """Throw an agent's draft away. Raises `NotFound`, or `Conflict` when it was sent or another stands there now."""
    principal.require(MemberRole.SUPPORT)
    conversation = await conversations.locked(session, conversation_id)
    draft = await _draft(session, conversation, seq, item_id)
    if draft.status == "approved":
        raise Conflict("This draft was sent already.", code="draft_decided")
    await _decide(session, draft, "discarded", principal)


async def get_message(session: AsyncSession, message_id: UUID) -> MessageView:
    """Return one text. Raises `NotFound`."""
    message = await session.get(SmsMessage, message_id)
    if message is None or message.org_id != org_id_of(session):
        raise NotFound("This text does not exist.")
    return message_view(message, await queries.media_of(session, message.org_id, [message.id]))


async def list_messages(
    session: AsyncSession, wanted: MessageFilter, limit: int, offset: int
) -> tuple[list[MessageView], int]:
    """Return one page of texts, newest first, and how many match."""
    found, total = await queries.messages(
        session,
        org_id_of(session),
        thread_id=wanted.thread_id,
        direction=wanted.direction,
        phone_number=wanted.phone_number,
        since=wanted.since,
        until=wanted.until,
        limit=limit,
        offset=offset,
    )
    media = await queries.media_of(session, org_id_of(session), [message.id for message in found])
    return [message_view(one, [item for item in media if item.message_id == one.id]) for one in found], total


async def _recipient(session: AsyncSession, raw: str, country: str) -> str:
    """Return whom to text: a number, or a short code or name that wrote before, as its contact keeps it."""
    address = (raw or "").strip()
    if address and senders.is_machine(address) and await contacts.find_by_phone(session, address) is not None:
        return address
    return e164.normalize(raw, country, field="recipient_number")


def _checked_size(body: str, media: Sequence[str], *, has_files: bool = False) -> segments.Size:
    if len(media) > MOST_MEDIA:
        raise Invalid(f"A text carries at most {MOST_MEDIA} files.", field="media")
    if any(not address.startswith("https://") for address in media):
        raise Invalid("A file needs a public https address.", field="media")
    if (media or has_files) and not body.strip():
        return segments.measure(body)
    return segments.checked(body)


async def _require_sendable(
    session: AsyncSession, contact: Contact, number: ServiceNumber, purpose: Purpose | str, recipient: str
) -> None:
    if not number.is_active:
        raise Refused(
            f"{e164.display(number.phone_number)} is switched off. Switch it on under Numbers first.",
            code="number_inactive",
        )
    if recipient == number.phone_number:
        raise Invalid("A number cannot text itself.", field="recipient_number")
    await compliance.require_may_contact(
        session, contact, Channel.SMS, purpose, sender=number.phone_number, recipient=recipient
    )


def _is_later(at: datetime | None) -> bool:
    if at is None:
        return False
    if at.tzinfo is None:
        raise Invalid("The time needs its zone, as in 2026-11-22T09:00:00-05:00.", field="at")
    if at > clock.now() + FURTHEST:
        raise Invalid("A text can be planned at most a year ahead.", field="at")
    return at > clock.now()


async def _attach(session: AsyncSession, message: SmsMessage, media: Sequence[str]) -> list[MessageMedia]:
    kept = [
        MessageMedia(
            org_id=message.org_id, message_id=message.id, position=position, content_type="", vendor_url=address
        )
        for position, address in enumerate(media)
    ]
    session.add_all(kept)
    await session.flush()
    for item in kept:
        await jobs.defer(session, "messaging.fetch_media", org_id=str(item.org_id), media_id=str(item.id))
    return kept


async def _draft(session: AsyncSession, conversation: Conversation, seq: int, item_id: UUID | None) -> ConversationItem:
    here = (ConversationItem.conversation_id == conversation.id, ConversationItem.org_id == conversation.org_id)
    query = select(ConversationItem).where(*here, ConversationItem.seq == seq, ConversationItem.kind == ItemKind.DRAFT)
    draft = (await session.exec(query.with_for_update().execution_options(populate_existing=True))).first()
    if draft is None:
        raise NotFound("This draft does not exist.")
    if item_id is not None and draft.id != item_id:
        raise Conflict("This conversation changed meanwhile. Look at the draft again.", code="draft_moved")
    return draft


async def _decide(
    session: AsyncSession, draft: ConversationItem, status: str, principal: Principal, **extra: str
) -> None:
    draft.status = status
    draft.data = {**draft.data, "decided_by": principal.name, **extra}
    session.add(draft)
    await session.flush()
    await realtime.announce(session, draft.org_id, "item.updated", conversation_id=draft.conversation_id, seq=draft.seq)


async def _number_for(session: AsyncSession, conversation: Conversation, draft: ConversationItem) -> ServiceNumber:
    """Return the number a draft is meant for: the one it names, else the one the last text went through."""
    named = draft.data.get("number_id")
    number_id = UUID(str(named)) if named else await queries.last_number_of(session, draft.org_id, conversation.id)
    if number_id is None:
        raise Conflict("No number of yours is part of this conversation any more.", code="no_number")
    return await numbers.get(session, number_id)
