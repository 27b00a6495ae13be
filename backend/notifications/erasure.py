"""Erase a person from the mails that told the team of them."""

from sqlalchemy import Text, cast, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.personal_data import Person, erases
from backend.models.notifications import NotificationPreference
from backend.models.organizations import OrganizationMember
from backend.models.platform import SystemEmail
from backend.numbers import e164


@erases("system_emails", as_platform=True)
async def _mails(session: AsyncSession, person: Person) -> int:
    """Delete the organization's mails that name the person; bodies are encrypted, so each is read."""
    words = [word for word in (*person.addresses, *map(e164.display, person.numbers), *person.names) if word]
    members = select(OrganizationMember.email).where(OrganizationMember.org_id == person.org_id)
    # Somebody may want to be told at another address than their account's.
    wished = (
        select(NotificationPreference.id)
        .where(
            NotificationPreference.org_id == person.org_id,
            func.strpos(cast(col(NotificationPreference.channels), Text), col(SystemEmail.recipient)) > 0,
        )
        .exists()
    )
    mails = await session.exec(select(SystemEmail).where(col(SystemEmail.recipient).in_(members) | wished))
    gone = [mail for mail in mails.all() if any(word in f"{mail.subject}\n{mail.text_body}" for word in words)]
    for mail in gone:
        await session.delete(mail)
    await session.flush()
    return len(gone)
