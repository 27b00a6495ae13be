"""Know the people a business talks with: find, make and name contacts.

Other modules of this package hold what this one leaves out and what callers reach through it: the list and one
contact's page (`listing`), changes (`editing`), custom fields (`fields`), what happened (`timeline`), merging
(`merging`), files in (`importing`) and out (`exporting`), erasing (`erasing`), and people of web chats (`visitors`).
"""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import queries, values
from backend.contacts.api_rows import api_row, id_by_phone, numbered_page, stats
from backend.contacts.editing import (
    add_tags,
    block,
    create,
    delete,
    home_country,
    record_choice,
    remove_tags,
    restore,
    unblock,
    update,
)
from backend.contacts.erasing import erase, erasure, erasures
from backend.contacts.exporting import export
from backend.contacts.fields import add_field, change_field, delete_field, move_field
from backend.contacts.fields import all_fields as fields
from backend.contacts.importing import cancel as cancel_import
from backend.contacts.importing import configure as configure_import
from backend.contacts.importing import failed_rows, get_import, imports
from backend.contacts.importing import plan as plan_import
from backend.contacts.importing import start as start_import
from backend.contacts.importing import upload as upload_import
from backend.contacts.listing import count, ids, page, view
from backend.contacts.merging import absorb_visitor, hold, merge, suggestions
from backend.contacts.merging import preview as preview_merge
from backend.contacts.reaching import reply_number
from backend.contacts.timeline import timeline
from backend.contacts.visitors import ensure_by_email, find_by_email, leave_address, make_visitor
from backend.core import clock, realtime
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of
from backend.models.contacts import Contact
from backend.numbers import e164

__all__ = [
    "absorb_visitor",
    "add_field",
    "add_tags",
    "api_row",
    "block",
    "cancel_import",
    "change_field",
    "configure_import",
    "count",
    "create",
    "delete",
    "delete_field",
    "ensure_by_email",
    "ensure_by_phone",
    "ensure_sender",
    "erase",
    "erasure",
    "erasures",
    "export",
    "failed_rows",
    "fields",
    "find_by_email",
    "find_by_phone",
    "get",
    "get_import",
    "hold",
    "home_country",
    "id_by_phone",
    "ids",
    "imports",
    "leave_address",
    "make_visitor",
    "merge",
    "move_field",
    "numbered_page",
    "page",
    "plan_import",
    "preview_merge",
    "record_choice",
    "remove_tags",
    "rename",
    "reply_number",
    "restore",
    "search",
    "start_import",
    "stats",
    "suggestions",
    "timeline",
    "unblock",
    "update",
    "upload_import",
    "view",
]

NAME_LIMIT = values.NAME_LIMIT


async def get(session: AsyncSession, contact_id: UUID) -> Contact:
    """Return one contact, be it deleted or merged. Raises `NotFound`."""
    contact = (
        await session.exec(select(Contact).where(Contact.id == contact_id, Contact.org_id == org_id_of(session)))
    ).first()
    if contact is None:
        raise NotFound("This contact does not exist.")
    return contact


async def find_by_phone(session: AsyncSession, phone_number: str) -> Contact | None:
    """Return whom a number in E.164 belongs to: after a merge the contact it was merged into, or None."""
    query = select(Contact).where(Contact.org_id == org_id_of(session), Contact.phone_number == phone_number)
    found = (await session.exec(query)).first()
    return await get(session, found.merged_into_id) if found and found.merged_into_id else found


async def ensure_by_phone(session: AsyncSession, phone_number: str, name: str = "") -> Contact:
    """Return the contact with this number, made on first sight; two callers at once get the same one.

    National numbers are read as the organization's country would. Somebody who was deleted and writes again is back in
    the list, with what was known of them. Raises `Invalid` when it is not a phone number.
    """
    return await ensure_sender(session, e164.normalize(phone_number, await home_country(session)), name)


async def ensure_sender(session: AsyncSession, address: str, name: str = "") -> Contact:
    """Return the contact with this address as `numbers.senders` reads one: a number, a short code, or a name.

    Otherwise as `ensure_by_phone`.
    """
    org_id = org_id_of(session)
    known = await find_by_phone(session, address)
    if known is None:
        await session.exec(
            insert(Contact)
            .values(
                id=new_id(),
                org_id=org_id,
                phone_number=address,
                name=" ".join(name.split())[:NAME_LIMIT],
                company="",
                notes="",
                created_at=clock.now(),
                updated_at=clock.now(),
            )
            .on_conflict_do_nothing()
        )
        known = await find_by_phone(session, address)
        assert known is not None
    if known.deleted_at is not None:
        known.deleted_at = None
        session.add(known)
        await session.flush()
    return known


async def search(session: AsyncSession, text: str, limit: int = 8) -> list[Contact]:
    """Return up to `limit` contacts whose name, company, address or number holds `text`, by name; none for no text."""
    if not text.strip():
        return []
    return await queries.matching(session, org_id_of(session), text, limit)


async def rename(session: AsyncSession, contact_id: UUID, name: str) -> Contact:
    """Give a contact its name and tell open inboxes. Raises `NotFound`, or `Invalid` when the name is too long."""
    contact = await get(session, contact_id)
    for key, value in values.checked({"name": name}, "").items():
        setattr(contact, key, value)
    session.add(contact)
    await session.flush()
    await realtime.announce(session, contact.org_id, "contact.updated", subject=str(contact.id))
    return contact
