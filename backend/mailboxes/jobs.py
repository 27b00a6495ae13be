"""Durable work of mailboxes: receive emails, deliver ours, follow them, test that mail is forwarded."""

from datetime import timedelta
from uuid import UUID

from backend.compliance.schemas import Purpose
from backend.core import jobs
from backend.mailboxes import delivery, inbound


@jobs.task("mailboxes.receive")
async def receive(event_id: str) -> None:
    """Store a customer's email and decide who answers."""
    await inbound.receive(UUID(event_id))


@jobs.task(
    "mailboxes.deliver",
    retry=jobs.Backoff(attempts=12, longest=timedelta(minutes=5)),
    when_buried="mailboxes.give_up_delivery",
)
async def deliver(org_id: str, email_id: str, purpose: str = Purpose.REPLY) -> None:
    """Hand a queued email to the mail service."""
    await delivery.deliver(UUID(org_id), UUID(email_id), Purpose(purpose))


@jobs.task("mailboxes.give_up_delivery")
async def give_up_delivery(org_id: str, email_id: str, purpose: str = Purpose.REPLY) -> None:
    """Fail an email whose delivery broke for good, visibly; running it again changes nothing."""
    await delivery.give_up(UUID(org_id), UUID(email_id))


@jobs.task("mailboxes.apply_status")
async def apply_status(event_id: str) -> None:
    """Apply what the mail service reported of an email."""
    await delivery.apply_status(UUID(event_id))


@jobs.task("mailboxes.send_test")
async def send_test(org_id: str, mailbox_id: str, token: str) -> None:
    """Send the test of a mailbox's forwarding."""
    await delivery.send_test(UUID(org_id), UUID(mailbox_id), token)
