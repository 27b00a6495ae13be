"""Judge anew, at the moment a text leaves, what may have changed since it was written: its contact and its number."""

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose, Verdict
from backend.contacts import service as contacts
from backend.core import clock
from backend.core.errors import NotFound
from backend.models.messaging import SmsMessage
from backend.numbers import e164
from backend.numbers import service as numbers
from backend.vocab import Channel


async def verdict(session: AsyncSession, message: SmsMessage, purpose: Purpose) -> Verdict:
    """Tell whether a stored text of ours may leave now.

    Codes: `number_not_owned` (given back, and perhaps another organization's by now), `number_inactive`, and those of
    `compliance.may_contact`.
    """
    try:
        number = await numbers.get_owned(session, message.sender_number)
    except NotFound as gone:
        return Verdict(False, gone.code, gone.message)
    if not number.is_active:
        return Verdict(False, "number_inactive", f"{e164.display(number.phone_number)} was switched off.")
    contact = await contacts.get(session, message.contact_id)
    return await compliance.may_contact(
        session,
        contact,
        Channel.SMS,
        purpose,
        clock.now(),
        sender=message.sender_number,
        recipient=message.recipient_number,
    )
