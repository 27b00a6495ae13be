"""Enqueue the delivery of a text: in the caller's transaction, and in order within its conversation."""

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance.schemas import Purpose
from backend.core import jobs
from backend.models.messaging import SmsMessage


async def enqueue(session: AsyncSession, message: SmsMessage, purpose: Purpose) -> None:
    """Have a queued text delivered; the texts of one conversation leave in the order they were enqueued."""
    await jobs.defer(
        session,
        "messaging.deliver_text",
        lock=f"conversation-send:{message.conversation_id}",
        is_urgent=True,
        org_id=str(message.org_id),
        message_id=str(message.id),
        purpose=str(purpose),
    )
