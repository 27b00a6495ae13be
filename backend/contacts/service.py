"""Know the people a business talks with: find, make and name contacts."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import queries
from backend.contacts.visitors import ensure_by_email, find_by_email, leave_address, make_visitor
from backend.core import clock, realtime
from backend.core.errors import Invalid, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of
from backend.models.contacts import Contact
from backend.numbers import e164

__all__ = [
    "ensure_by_email",
    "ensure_by_phone",
    "find_by_email",
    "get",
    "leave_address",
    "make_visitor",
    "rename",
    "search",
]

NAME_LIMIT = 120


async def get(session: AsyncSession, contact_id: UUID) -> Contact:
    """Return one contact. Raises `NotFound`."""
    contact = (
        await session.exec(select(Contact).where(Contact.id == contact_id, Contact.org_id == org_id_of(session)))
    ).first()
    if contact is None:
        raise NotFound("This contact does not exist.")
    return contact


async def ensure_by_phone(session: AsyncSession, phone_number: str, name: str = "") -> Contact:
    """Return the contact with this number, made on first sight; two callers at once get the same one.

    Raises `Invalid` when it is not a phone number.
    """
    number = e164.normalize(phone_number)
    org_id = org_id_of(session)
    await session.exec(
        insert(Contact)
        .values(
            id=new_id(),
            org_id=org_id,
            phone_number=number,
            name=name.strip()[:NAME_LIMIT],
            company="",
            notes="",
            created_at=clock.now(),
            updated_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    found = await session.exec(select(Contact).where(Contact.org_id == org_id, Contact.phone_number == number))
    return found.one()


async def search(session: AsyncSession, text: str, limit: int = 8) -> list[Contact]:
    """Return up to `limit` contacts whose name or number holds `text`, by name; nothing for an empty text."""
    if not text.strip():
        return []
    return await queries.matching(session, org_id_of(session), text, limit)


async def rename(session: AsyncSession, contact_id: UUID, name: str) -> Contact:
    """Give a contact its name and tell open inboxes. Raises `NotFound`, or `Invalid` when the name is too long."""
    contact = await get(session, contact_id)
    name = " ".join(name.split())
    if len(name) > NAME_LIMIT:
        raise Invalid(f"A name has at most {NAME_LIMIT} characters.", field="name")
    contact.name = name
    session.add(contact)
    await session.flush()
    await realtime.announce(session, contact.org_id, "contact.updated", subject=str(contact.id))
    return contact
