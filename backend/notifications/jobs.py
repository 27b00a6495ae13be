"""Durable work of notifications: tell people of an occasion, and send a test."""

from uuid import UUID

from backend.core import jobs
from backend.core.tenancy import org_scope
from backend.notifications import occasions, telling


@jobs.task(occasions.TELL)
async def tell(org_id: str, kind: str, conversation_id: str, seq: int) -> None:
    """Tell everybody who wants to hear of it; running it again sends nothing twice."""
    with org_scope(UUID(org_id)):
        await telling.tell(kind, UUID(conversation_id), seq)


@jobs.task("notifications.send_test")
async def send_test(org_id: str, user_id: str, channel: str, address: str, once: str) -> None:
    """Send a test message, once."""
    with org_scope(UUID(org_id)):
        await telling.send_test(UUID(user_id), channel, address, once)
