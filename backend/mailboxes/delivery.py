"""Bring one email to the mail service, once, and follow what becomes of it.

A delivery marks its row before it asks the service. When the answer is missing, the next run first looks for the email
in the service's list and adopts what it finds.
"""

from dataclasses import dataclass
from email.utils import formataddr
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import NotFound, VendorError
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.mailboxes import files, queries, statuses
from backend.mailboxes.intake import TAKEN
from backend.models.mailboxes import EmailFile, EmailMessage
from backend.vendors import postmark
from backend.vocab import Channel, ConsentSource, MessageStatus
from backend.webhooks import service as webhooks

_BROKEN = "Something of ours broke before this email was sent. Send it again."
_FILE_GONE = "A file of this email is gone from the storage. Write it again with the file."
_OPEN = (MessageStatus.QUEUED, MessageStatus.SENDING)
# Refusals of this one email, which no operator and no waiting mends.
_FINAL = frozenset({"recipient_inactive", "mail_refused"})


@dataclass(frozen=True)
class _Letter:
    """What the mail service is given, read before it is asked."""

    to: str
    subject: str
    text: str
    sender: str
    reply_to: str
    headers: dict[str, str]
    reference: str
    files: list[EmailFile]
    is_repeat: bool


async def deliver(org_id: UUID, email_id: UUID, purpose: Purpose) -> None:
    """Hand a queued email to the mail service, or find out that an earlier run did.

    Raises `VendorError` while another run may help, also when only an operator can mend the trouble (`mail_setup`).
    """
    with org_scope(org_id):
        letter = await _begin(org_id, email_id, purpose)
        if letter is None:
            return
        try:
            vendor_id = await postmark.find_sent(letter.to, letter.reference) if letter.is_repeat else ""
            if not vendor_id:
                vendor_id = await postmark.send(
                    to=letter.to,
                    subject=letter.subject,
                    text_body=letter.text,
                    reference=letter.reference,
                    sender=letter.sender,
                    reply_to=letter.reply_to,
                    headers=letter.headers,
                    attachments=await files.read(letter.files),
                )
        except NotFound:
            await _fail(org_id, email_id, "file_gone", _FILE_GONE)
            return
        except VendorError as error:
            if error.code not in _FINAL:
                raise
            await _fail(org_id, email_id, error.code, error.message)
            return
        async with unit_of_work() as session:
            message = await queries.email(session, org_id, email_id, for_update=True)
            if message is None:
                return
            message.vendor_id = vendor_id
            if statuses.may_follow(message.status, MessageStatus.SENT):
                message.status, message.sent_at = MessageStatus.SENT, clock.now()
            session.add(message)
            await session.flush()
            await conversations.update_item(session, message.id, status=message.status)


async def give_up(org_id: UUID, email_id: UUID) -> None:
    """Fail an email whose delivery broke for good; nothing happens to one that left."""
    with org_scope(org_id):
        await _fail(org_id, email_id, statuses.BROKEN, _BROKEN)


async def apply_status(event_id: UUID) -> None:
    """Apply one stored report of the mail service: statuses only move forward."""
    with platform_scope("find the email a report belongs to"):
        async with unit_of_work() as session:
            event = await webhooks.get(session, event_id)
            if event is None or event.processed_at is not None:
                return
            report = statuses.Report.of(event.payload)
            found = await queries.org_of_email(session, report.email_id)
    outcome = "unknown_email"
    if found is not None:
        org_id, email_id = found
        with org_scope(org_id):
            async with unit_of_work() as session:
                outcome = await _apply(session, org_id, email_id, report)
    with platform_scope("mark a report as handled"):
        async with unit_of_work() as session:
            await webhooks.finish(session, event_id, outcome, clock.now(), TAKEN)


async def send_test(org_id: UUID, mailbox_id: UUID, token: str) -> None:
    """Send the test of a mailbox's forwarding, unless a newer one was asked for."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            mailbox = await queries.mailbox(session, org_id, mailbox_id)
    if mailbox is None or mailbox.test_token != token or not mailbox.public_address:
        return
    reference = f"mailbox-test-{token}"
    if await postmark.find_sent(mailbox.public_address, reference):
        return
    await postmark.send(
        to=mailbox.public_address,
        subject=f"Forwarding test {token}",
        text_body=(
            "This email tests that mail to this address is forwarded to your agent.\n\n"
            f"It should reach {mailbox.address}. There is nothing to do with it."
        ),
        reference=reference,
    )


async def _begin(org_id: UUID, email_id: UUID, purpose: Purpose) -> _Letter | None:
    """Mark the row as being sent, committed before the service hears of it; None when there is nothing to send."""
    async with unit_of_work() as session:
        message = await queries.email(session, org_id, email_id, for_update=True)
        if message is None or message.vendor_id or message.status not in _OPEN:
            return None
        is_repeat = message.attempted_at is not None
        mailbox = await queries.mailbox(session, org_id, message.mailbox_id) if message.mailbox_id else None
        refusal = None if is_repeat else await _refusal(session, message, purpose, is_gone=mailbox is None)
        if refusal is not None:
            await _set_failed(session, message, *refusal)
            return None
        message.attempts += 1
        message.attempted_at = message.attempted_at or clock.now()
        message.status = MessageStatus.SENDING
        session.add(message)
        await session.flush()
        await conversations.update_item(session, message.id, status=message.status)
        return _Letter(
            to=", ".join(message.to_addresses),
            subject=message.subject,
            text=message.body_text,
            sender=formataddr((message.from_name, message.from_address)),
            reply_to=mailbox.public_address if mailbox and mailbox.verified_at else "",
            headers=_headers(message),
            reference=statuses.reference(message.id, message.attempted_at),
            files=await queries.files_of(session, org_id, message.id),
            is_repeat=is_repeat,
        )


async def _refusal(
    session: AsyncSession, message: EmailMessage, purpose: Purpose, *, is_gone: bool
) -> tuple[str, str] | None:
    """Return what speaks against an email at the moment it leaves, as code and words, or None."""
    if is_gone:
        return "no_mailbox", "The mailbox of this email was detached from its agent."
    contact = await contacts.get(session, message.contact_id)
    verdict = await compliance.may_contact(
        session,
        contact,
        Channel.EMAIL,
        purpose,
        clock.now(),
        sender=message.from_address,
        recipient=message.to_addresses[0],
    )
    return None if verdict.allowed else (verdict.code, verdict.message)


def _headers(message: EmailMessage) -> dict[str, str]:
    """Return the headers that keep a thread together, and tell other machines not to answer ours (RFC 3834)."""
    # Postmark keeps a Message-ID of ours only when it is told to (its API overview, "X-PM-KeepID").
    headers = {"Message-ID": message.message_id, "X-PM-KeepID": "true"}
    if message.in_reply_to:
        headers["In-Reply-To"] = message.in_reply_to
        headers["References"] = " ".join(message.reference_ids)
    if message.sent_by_user_id is None:
        headers["Auto-Submitted"] = "auto-replied" if message.in_reply_to else "auto-generated"
    return headers


async def _fail(org_id: UUID, email_id: UUID, code: str, words: str) -> None:
    async with unit_of_work() as session:
        message = await queries.email(session, org_id, email_id, for_update=True)
        if message is not None and not message.vendor_id and message.status in _OPEN:
            await _set_failed(session, message, code, words)


async def _set_failed(session: AsyncSession, message: EmailMessage, code: str, words: str) -> None:
    message.status, message.error_code, message.error_message = MessageStatus.FAILED, code, words
    session.add(message)
    await session.flush()
    await conversations.update_item(
        session, message.id, status=message.status, data={"error": words, "error_code": code}
    )


async def _apply(session: AsyncSession, org_id: UUID, email_id: UUID, report: statuses.Report) -> str:
    message = await queries.email(session, org_id, email_id, for_update=True)
    if message is None:
        return "unknown_email"
    is_earlier = report.reference != statuses.reference(message.id, message.attempted_at)
    if is_earlier or (message.vendor_id and report.vendor_id and message.vendor_id != report.vendor_id):
        return "stale"
    outcome = "no_change"
    if report.status is not None and statuses.may_follow(message.status, report.status):
        await _move(session, message, report, report.status)
        outcome = "applied"
    if report.is_refusal and await compliance.record_email_choice(
        session,
        message.contact_id,
        message.to_addresses[0],
        is_opted_in=False,
        source=ConsentSource.CARRIER,
        said=report.words,
    ):
        conversation = await conversations.locked(session, message.conversation_id, with_contact=False)
        await conversations.note_event(session, conversation, f"Gets no more emails: {report.words}")
        outcome = "opted_out"
    return outcome


async def _move(session: AsyncSession, message: EmailMessage, report: statuses.Report, status: MessageStatus) -> None:
    message.status, message.vendor_id = status, message.vendor_id or report.vendor_id
    data = {"error": "", "error_code": ""}
    if status == MessageStatus.DELIVERED:
        message.delivered_at = clock.now()
        message.sent_at = message.sent_at or message.delivered_at
    else:
        message.error_code, message.error_message = report.bounce, report.words
        data = {"error": report.words, "error_code": report.bounce}
    session.add(message)
    await session.flush()
    await conversations.update_item(session, message.id, status=status, data=data)
