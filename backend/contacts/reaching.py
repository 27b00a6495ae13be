"""Say by which number a person is texted, when a merge gave them several."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import queries
from backend.models.contacts import Contact
from backend.models.messaging import SmsMessage
from backend.vocab import Direction


async def reply_number(session: AsyncSession, contact: Contact) -> str:
    """Return the number to text a contact at: of those that are theirs the one they wrote from last, or ""."""
    own = contact.phone_number or ""
    others = {
        alias.phone_number for alias in await queries.aliases(session, contact.org_id, contact.id) if alias.phone_number
    }
    if not others:
        return own
    query = (
        select(SmsMessage.sender_number)
        .where(
            SmsMessage.org_id == contact.org_id,
            SmsMessage.contact_id == contact.id,
            SmsMessage.direction == Direction.INBOUND,
            col(SmsMessage.sender_number).in_({own, *others}),
        )
        .order_by(col(SmsMessage.id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first() or own or min(others)
