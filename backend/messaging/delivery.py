"""Bring one text to the carrier: never twice, never silently lost.

A delivery marks its row before it asks the carrier. When the answer is missing (a time-out, a broken connection, a
crash) nobody knows whether the text went out, so the next run first looks for it in the carrier's list and adopts
what it finds; it sends again only what is not there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose
from backend.conversations import service as conversations
from backend.core import clock, telemetry
from backend.core.config import settings
from backend.core.errors import VendorError
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.messaging import departure, queries, statuses
from backend.messaging.schemas import StatusReport
from backend.models.messaging import SmsMessage
from backend.vendors import signalwire
from backend.vocab import MessageStatus
from backend.webhooks import service as webhooks

# With the queue's back-off (1, 2, 4 … at most 60 s apart) the last attempt is about seven minutes after the first.
MAX_ATTEMPTS = 12
# The carrier's list has whole seconds, and its clock is not ours.
CLOCK_SLACK = timedelta(seconds=5)
# A request we gave up on, or died with, may still be at work with the carrier: before this has passed, an absent text
# is not a lost one. Its documented processing time is seconds; our own patience with a request is 20.
SETTLE = timedelta(seconds=60)
# The text certainly is not out, or the carrier has certainly finished with the request.
_SETTLED = frozenset({"unreachable", "20429", "broken_answer", "carrier_failed"})


@dataclass(frozen=True)
class Attempt:
    """One run at one text: what to send, and what is known of earlier runs."""

    message_id: UUID
    sender: str
    recipient: str
    body: str
    media_urls: list[str]
    first_at: datetime
    last_at: datetime
    number: int
    is_repeat: bool
    last_problem: str

    @property
    def mark(self) -> str:
        """Tell this series of attempts from the ones before a person's retry."""
        return str(int(self.first_at.timestamp() * 1000))

    @property
    def may_still_run(self) -> bool:
        """Whether the carrier may yet act on an earlier request."""
        return self.last_problem not in _SETTLED and clock.now() < self.last_at + SETTLE

    @property
    def callback(self) -> str:
        """The address the carrier reports to; the signature covers it, so its marks can be trusted."""
        marks = urlencode({"message": str(self.message_id), "attempt": self.mark})
        return f"{settings().public_url}/functions/v1/webhook-sms-status?{marks}"


async def deliver(org_id: UUID, message_id: UUID, purpose: Purpose) -> None:
    """Hand a queued text to the carrier, or find out that an earlier run did.

    Raises a retryable `VendorError` while another run may help; after `MAX_ATTEMPTS` the text is failed, in words.
    """
    with org_scope(org_id):
        attempt = await _begin(org_id, message_id, purpose)
        if attempt is None:
            return
        try:
            sent = await _find(attempt) if attempt.is_repeat else None
            if sent is None:
                if attempt.number > MAX_ATTEMPTS:
                    await _fail(org_id, message_id, attempt.last_problem, "")
                    return
                if attempt.is_repeat and attempt.may_still_run:
                    raise VendorError(
                        "The carrier may still be working on this text.",
                        vendor=signalwire.VENDOR,
                        code="no_answer",
                        is_retryable=True,
                    )
                sent = await _send(org_id, attempt)
        except VendorError as error:
            if error.is_retryable and attempt.number <= MAX_ATTEMPTS:
                raise
            await _fail(org_id, message_id, error.code, error.message)
            return
        await _accept(org_id, message_id, sent)


async def give_up(org_id: UUID, message_id: UUID) -> None:
    """Fail a text whose delivery was given up as broken; a person or an operator may send it round again.

    Nothing happens to one that left, or ended, or was taken back.
    """
    with org_scope(org_id):
        async with unit_of_work() as session:
            message = await queries.locked(session, org_id, message_id)
            if message is None or message.message_sid:
                return
            if message.status not in (MessageStatus.QUEUED, MessageStatus.SENDING):
                return
            code = statuses.BROKEN if message.attempted_at is None else statuses.BROKEN_AFTER_ASKING
            message.attempts = 0
            await _set_failed(session, message, code, statuses.words(code))


async def apply_status(event_id: UUID) -> None:
    """Apply one stored status webhook: statuses only move forward, and belong to the attempt they were made for."""
    with platform_scope("find the text a status belongs to"):
        async with unit_of_work() as session:
            event = await webhooks.get(session, event_id)
            if event is None or event.processed_at is not None:
                return
            report = StatusReport.of(event.payload)
            found = await queries.org_of_text(session, report.message_id, report.sid)
    outcome = "unknown_text"
    if found is not None:
        org_id, message_id = found
        with org_scope(org_id):
            async with unit_of_work() as session:
                message = await queries.locked(session, org_id, message_id)
                if message is not None:
                    outcome = await _apply(session, message, report)
    with platform_scope("mark a status webhook as handled"):
        async with unit_of_work() as session:
            await webhooks.finish(session, event_id, outcome, clock.now())


async def ask_carrier(org_id: UUID, message_id: UUID, sid: str) -> None:
    """Ask the carrier how a text of ours stands, when its webhook may have been lost."""
    try:
        known = await signalwire.fetch(sid)
    except VendorError as error:
        if error.code != "20404":
            raise
        report = StatusReport(sid, "failed", "20404", "", message_id, "")
    else:
        report = StatusReport(sid, known.status, known.error_code, known.error_message, message_id, "")
    with org_scope(org_id):
        async with unit_of_work() as session:
            message = await queries.locked(session, org_id, message_id)
            if message is not None:
                await _apply(session, message, report)
                # Touched even when nothing changed, so that the next look takes those waiting longer.
                message.updated_at = clock.now()
                session.add(message)


async def _begin(org_id: UUID, message_id: UUID, purpose: Purpose) -> Attempt | None:
    """Mark the row as being sent, committed before the carrier hears of it; None when there is nothing to send."""
    async with unit_of_work() as session:
        message = await queries.locked(session, org_id, message_id)
        if message is None or message.message_sid:
            return None
        # A dead letter that goes round again finds its text failed by `give_up`.
        is_revived = message.status == MessageStatus.FAILED and message.error_code in statuses.GIVEN_UP
        if is_revived:
            message.status, message.error_message = MessageStatus.QUEUED, ""
            session.add(message)
            await session.flush()
            cleared = {"error": "", "error_code": ""}
            await conversations.update_item(session, message.id, status=message.status, data=cleared)
        if message.status not in (MessageStatus.QUEUED, MessageStatus.SENDING):
            return None
        is_repeat = message.attempted_at is not None
        if not is_repeat and await _is_refused(session, message, purpose):
            return None
        now = clock.now()
        last_at, last_problem = message.updated_at, message.error_code
        first_at = message.attempted_at or now
        number = await queries.count_attempt(session, message.id, first_at)
        if not is_repeat:
            await _mark_attempt(session, message, now)
        media = await queries.media_of(session, org_id, [message.id])
        return Attempt(
            message_id=message.id,
            sender=message.sender_number,
            recipient=message.recipient_number,
            body=message.content,
            media_urls=[item.vendor_url for item in media],
            first_at=first_at,
            last_at=last_at,
            number=number,
            is_repeat=is_repeat,
            last_problem=last_problem,
        )


async def _mark_attempt(session: AsyncSession, message: SmsMessage, now: datetime) -> None:
    message.error_code, message.updated_at = "", now
    session.add(message)
    if message.status != MessageStatus.SENDING:
        message.status = MessageStatus.SENDING
        await session.flush()
        await conversations.update_item(session, message.id, status=message.status)


async def _is_refused(session: AsyncSession, message: SmsMessage, purpose: Purpose) -> bool:
    """Fail a text whose contact left, or whose number was given back, while it waited."""
    verdict = await departure.verdict(session, message, purpose)
    if verdict.allowed:
        return False
    await _set_failed(session, message, verdict.code, verdict.message)
    return True


async def _find(attempt: Attempt) -> signalwire.CarrierMessage | None:
    """Return the carrier's record of an earlier run of this attempt, if there is one no other text claims."""
    known = await signalwire.find_sent(
        sender=attempt.sender,
        recipient=attempt.recipient,
        body=attempt.body,
        since=attempt.first_at - CLOCK_SLACK,
    )
    async with unit_of_work() as session:
        for message in known:
            if not await queries.sid_is_taken(session, message.sid):
                return message
    return None


async def _send(org_id: UUID, attempt: Attempt) -> signalwire.CarrierMessage:
    if attempt.is_repeat:
        async with unit_of_work() as session:
            message = await queries.locked(session, org_id, attempt.message_id)
            if message is not None:
                await _mark_attempt(session, message, clock.now())
    try:
        return await signalwire.send(
            sender=attempt.sender,
            recipient=attempt.recipient,
            body=attempt.body,
            media_urls=attempt.media_urls,
            status_callback=attempt.callback,
        )
    except VendorError as error:
        if error.is_retryable:
            async with unit_of_work() as session:
                message = await queries.locked(session, org_id, attempt.message_id)
                if message is not None:
                    message.error_code = error.code
                    session.add(message)
        raise


async def _accept(org_id: UUID, message_id: UUID, sent: signalwire.CarrierMessage) -> None:
    report = StatusReport(sent.sid, sent.status, sent.error_code, sent.error_message, message_id, "")
    async with unit_of_work() as session:
        message = await queries.locked(session, org_id, message_id)
        if message is None:
            return
        message.message_sid = message.message_sid or sent.sid
        message.error_code = ""
        session.add(message)
        await _apply(session, message, report)


async def _fail(org_id: UUID, message_id: UUID, code: str, said: str) -> None:
    async with unit_of_work() as session:
        message = await queries.locked(session, org_id, message_id)
        if message is None or message.message_sid or message.status in statuses.TERMINAL:
            return
        await _set_failed(session, message, code, statuses.words(code, said))
        if code == statuses.OPTED_OUT_AT_CARRIER:
            await _opted_out_at_carrier(session, message)


async def _set_failed(session: AsyncSession, message: SmsMessage, code: str, reason: str) -> None:
    message.status, message.error_code, message.error_message = MessageStatus.FAILED, code, reason
    session.add(message)
    await session.flush()
    await conversations.update_item(
        session, message.id, status=message.status, data={"error": reason, "error_code": code}
    )
    telemetry.texts.add(1, {"direction": "outbound", "status": message.status})


async def _apply(session: AsyncSession, message: SmsMessage, report: StatusReport) -> str:
    """Move a locked text forward as the carrier reports and return what came of it."""
    if not _is_of(message, report):
        return "stale"
    new = statuses.from_wire(report.status)
    if new is None:
        return "unknown_status"
    if not statuses.may_follow(message.status, new):
        return "no_change"
    data = _move(message, new, report)
    session.add(message)
    await conversations.update_item(session, message.id, status=new, data=data)
    if new in statuses.TERMINAL:
        telemetry.texts.add(1, {"direction": "outbound", "status": new})
    if report.error_code == statuses.OPTED_OUT_AT_CARRIER:
        await _opted_out_at_carrier(session, message)
    return "applied"


def _is_of(message: SmsMessage, report: StatusReport) -> bool:
    """Tell whether a report is about the last attempt at a text, which learns the carrier's id from it."""
    if message.message_sid:
        return message.message_sid == report.sid
    # The webhook overtook the answer to our own request: the marks in its address say whose it is.
    if message.attempted_at is None or report.attempt != _mark_of(message.attempted_at):
        return False
    message.message_sid = report.sid
    if message.status == MessageStatus.FAILED:
        message.status = MessageStatus.SENDING  # we gave up on an answer, and here it is after all
    return True


def _move(message: SmsMessage, new: MessageStatus, report: StatusReport) -> dict[str, str]:
    """Give a text its new status, and return what its line in the conversation says of an error."""
    now = clock.now()
    message.status = new
    if new in (MessageStatus.SENT, MessageStatus.DELIVERED):
        message.sent_at = message.sent_at or now
    if new == MessageStatus.DELIVERED:
        message.delivered_at = now
    if new in (MessageStatus.FAILED, MessageStatus.UNDELIVERED):
        message.error_code = report.error_code
        message.error_message = statuses.words(report.error_code, report.error_message)
    elif message.error_message or message.error_code:
        message.error_code = message.error_message = ""
    else:
        return {}
    return {"error": message.error_message, "error_code": message.error_code}


def _mark_of(attempted_at: datetime) -> str:
    return str(int(attempted_at.timestamp() * 1000))


async def _opted_out_at_carrier(session: AsyncSession, message: SmsMessage) -> None:
    if await compliance.record_carrier_opt_out(session, message.sender_number, message.recipient_number):
        conversation = await conversations.locked(session, message.conversation_id, with_contact=False)
        await conversations.note_event(session, conversation, "Opted out of texts with their carrier")
