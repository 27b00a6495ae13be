"""Durable work of texts: receive, deliver, follow, fetch, send later, reconcile."""

from datetime import timedelta
from uuid import UUID

from backend.compliance.schemas import Purpose
from backend.core import jobs
from backend.messaging import delivery, inbound, media, reconcile, scheduling


@jobs.task("messaging.receive_text")
async def receive_text(event_id: str) -> None:
    """Store a customer's text and decide who answers."""
    await inbound.receive(UUID(event_id))


# The row counts its own attempts and ends them (`delivery.MAX_ATTEMPTS`); the queue must only not give up before it.
@jobs.task(
    "messaging.deliver_text",
    retry=jobs.Backoff(attempts=40, longest=timedelta(seconds=60)),
    when_buried="messaging.give_up_delivery",
)
async def deliver_text(org_id: str, message_id: str, purpose: str = Purpose.REPLY) -> None:
    """Hand a queued text to the carrier."""
    await delivery.deliver(UUID(org_id), UUID(message_id), Purpose(purpose))


@jobs.task("messaging.give_up_delivery")
async def give_up_delivery(org_id: str, message_id: str, purpose: str = Purpose.REPLY) -> None:
    """Fail a text whose delivery broke for good, visibly; running it again changes nothing."""
    await delivery.give_up(UUID(org_id), UUID(message_id))


@jobs.task("messaging.apply_status")
async def apply_status(event_id: str) -> None:
    """Apply a status the carrier reported."""
    await delivery.apply_status(UUID(event_id))


# An address that does not answer is asked until the file's row says it was given up (`media.GIVE_UP`).
@jobs.task("messaging.fetch_media", retry=jobs.Backoff(attempts=12, longest=timedelta(seconds=60)))
async def fetch_media(org_id: str, media_id: str) -> None:
    """Copy an attachment into our storage."""
    await media.fetch_media(UUID(org_id), UUID(media_id))


@jobs.task("messaging.send_scheduled", when_buried="messaging.give_up_scheduled")
async def send_scheduled(org_id: str, action_id: str) -> None:
    """Send a text whose time has come."""
    await scheduling.send_due(UUID(org_id), UUID(action_id))


@jobs.task("messaging.give_up_scheduled")
async def give_up_scheduled(org_id: str, action_id: str) -> None:
    """Fail a planned text that could not be sent for good, visibly; running it again changes nothing."""
    await scheduling.give_up(UUID(org_id), UUID(action_id))


@jobs.task("messaging.run_due", is_tick=True)
async def run_due(timestamp: int) -> None:
    """Claim scheduled texts that are due."""
    await scheduling.run_due()


@jobs.task("messaging.reconcile", is_tick=True)
async def reconcile_with_carrier(timestamp: int) -> None:
    """Find what webhooks did not tell."""
    await reconcile.reconcile()
