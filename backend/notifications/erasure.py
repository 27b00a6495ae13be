"""Erase a person from the mails that told the team of them, and from those that agents and alerts sent of them."""

from sqlalchemy import Text, cast, delete, func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.personal_data import Person, erases
from backend.models.notifications import NotificationPreference
from backend.models.organizations import OrganizationMember
from backend.models.platform import SystemEmail
from backend.notifications import service
from backend.numbers import e164

# What an agent mailed in the person's conversation and what an alert mailed of it, by the occasions they were made for;
# whoever the mail went to.
_MADE_FOR = text("""
select 'tool:' || call.id from tool_calls call join conversations talk on talk.id = call.conversation_id
where call.org_id = :org and talk.contact_id = any(:ids) and call.kind = 'action'
union all
select 'alert:' || match.id from semantic_matches match join conversations talk on talk.id = match.conversation_id
where match.org_id = :org and talk.contact_id = any(:ids)
""")


@erases("system_emails", as_platform=True)
async def _mails(session: AsyncSession, person: Person) -> int:
    """Delete mails that came of the person's conversation, and the organization's that name them.

    Bodies are encrypted, so each of the latter is read.
    """
    made_for = await session.execute(_MADE_FOR, {"org": person.org_id, "ids": list(person.contact_ids)})
    ids = [service.id_of(once) for once in made_for.scalars()]
    sent = await session.execute(delete(SystemEmail).where(col(SystemEmail.id).in_(ids)))
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
    return len(gone) + int(sent.rowcount)  # type: ignore[attr-defined]
