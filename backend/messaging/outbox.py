"""Enqueue the delivery of a text: in the caller's transaction, and in order within its conversation."""

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance.schemas import Purpose
from backend.core import jobs
from backend.models.messaging import SmsMessage


async def enqueue(session: AsyncSession, message: SmsMessage, purpose: Purpose, *, is_awaited: bool = False) -> None:
    """Have a queued text delivered; the texts of one conversation leave in the order they were enqueued.

    Replies go before what else is due, and so does what somebody waits for; a program's texts take their turn.
    """
    is_soon = is_awaited or purpose in (Purpose.REPLY, Purpose.CONFIRMATION)
    await jobs.defer(
        session,
        "messaging.deliver_text",
        lock=f"conversation-send:{message.conversation_id}",
        urgency=jobs.Urgency.SOON if is_soon else jobs.Urgency.USUAL,
        org_id=str(message.org_id),
        message_id=str(message.id),
        purpose=str(purpose),
    )
