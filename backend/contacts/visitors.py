"""Make contacts of people who write in a web chat: nameless at first, and known once they leave an address."""

import random

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import queries
from backend.core.tenancy import org_id_of
from backend.models.contacts import Contact

# Two visitors who leave one address at once must become one contact, and addresses are not unique.
_ALONE = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")


async def make_visitor(session: AsyncSession, name: str = "") -> Contact:
    """Make a contact for somebody unknown; it stays off the list of contacts until they say how to reach them."""
    called = name or f"Visitor {random.randint(1000, 9999)}"
    made = _named(Contact(org_id=org_id_of(session), is_visitor=True), called)
    session.add(made)
    await session.flush()
    return made


async def find_by_email(session: AsyncSession, email: str) -> Contact | None:
    """Return the oldest contact with an address (as `accounts.email` spells it), or None.

    The address of a contact that was merged leads to the one it was merged into.
    """
    org_id = org_id_of(session)
    is_deleted = col(Contact.deleted_at).is_not(None)
    query = (
        select(Contact)
        .where(
            Contact.org_id == org_id,
            col(Contact.id).in_(await queries.known_ids(session, [email])),
            ~is_deleted | col(Contact.merged_into_id).is_not(None),
        )
        .order_by(is_deleted, col(Contact.created_at), col(Contact.id))
        .limit(1)
    )
    found = (await session.exec(query)).first()
    if found is None or found.merged_into_id is None:
        return found
    into = select(Contact).where(Contact.org_id == org_id, Contact.id == found.merged_into_id)
    kept = (await session.exec(into)).first()
    return kept if kept and kept.deleted_at is None else None


async def ensure_by_email(session: AsyncSession, email: str, name: str = "") -> tuple[Contact, bool]:
    """Return the contact with an address and whether it was made now; two callers at once get the same one."""
    org_id = org_id_of(session)
    await session.execute(_ALONE, {"what": f"contact:{org_id}:{email}"})
    known = await find_by_email(session, email)
    if known is not None:
        return known, False
    made = _named(Contact(org_id=org_id, email=email), name)
    session.add(made)
    await session.flush()
    return made, True


async def leave_address(session: AsyncSession, contact: Contact, email: str, name: str = "") -> None:
    """Make a visitor a contact like any other, now that they left an address."""
    contact.email, contact.is_visitor = email, False
    session.add(_named(contact, name) if name else contact)
    await session.flush()


def _named(contact: Contact, name: str) -> Contact:
    first, _, last = name.partition(" ")
    contact.name, contact.first_name, contact.last_name = name, first, last
    return contact
