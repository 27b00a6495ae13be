"""Shape contacts for the public API: numbered pages, rows with the documented names, and how much was said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import finding, queries
from backend.contacts.schemas import ContactFilter
from backend.core.errors import NotFound
from backend.core.tenancy import org_id_of
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.messaging import SmsMessage
from backend.tags import service as tags


async def numbered_page(
    session: AsyncSession, wanted: ContactFilter, tag_names: Sequence[str], limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """Return a page by number with the total; a tag that does not exist is on nobody."""
    org_id = org_id_of(session)
    if tag_names:
        found = await tags.named(session, tag_names)
        if len(found) < len({name.strip().lower() for name in tag_names}):
            return [], 0
        wanted = replace(wanted, tag_ids=tuple(tag.id for tag in found))
    total = await finding.count(session, org_id, wanted)
    rows = await finding.page(session, org_id, wanted, None, limit, offset)
    ids = [row["id"] for row in rows]
    known = {contact.id: contact for contact in await queries.by_ids(session, org_id, ids)}
    tagged = await queries.tags_of(session, org_id, ids)
    return [_row(known[id], [tag.name for tag in tagged.get(id, [])]) for id in ids if id in known], total


async def api_row(session: AsyncSession, contact_id: UUID) -> dict[str, Any]:
    """Return one contact with the documented names. Raises `NotFound`, also for one that is deleted."""
    org_id = org_id_of(session)
    found = await queries.by_ids(session, org_id, [contact_id])
    if not found:
        raise NotFound("This contact does not exist.")
    tagged = await queries.tags_of(session, org_id, [contact_id])
    return _row(found[0], [tag.name for tag in tagged.get(contact_id, [])])


async def id_by_phone(session: AsyncSession, number: str) -> UUID:
    """Return whose number in E.164 this is. Raises `NotFound`."""
    query = select(Contact).where(Contact.org_id == org_id_of(session), Contact.phone_number == number)
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound("This contact does not exist.")
    return found.merged_into_id or found.id


async def stats(session: AsyncSession, contact_id: UUID) -> dict[str, Any]:
    """Return how much was said with a contact and when last."""
    org_id = org_id_of(session)
    messages = select(func.count()).select_from(SmsMessage)
    counted = await session.exec(messages.where(col(SmsMessage.org_id) == org_id, SmsMessage.contact_id == contact_id))
    last = select(Conversation.last_item_at).where(Conversation.org_id == org_id, Conversation.contact_id == contact_id)
    return {
        "total_calls": 0,
        "total_messages": counted.one(),
        "last_contact": _iso((await session.exec(last)).first()),
    }


def _row(contact: Contact, names: list[str]) -> dict[str, Any]:
    return {
        "id": str(contact.id),
        "name": contact.name,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "phone_number": contact.phone_number,
        "email": contact.email,
        "company": contact.company,
        "job_title": contact.job_title,
        "address": contact.address,
        "city": contact.city,
        "region": contact.region,
        "country": contact.country,
        "notes": contact.notes,
        "avatar_url": None,
        "tags": names,
        "custom_fields": contact.custom_fields,
        "metadata": contact.api_metadata,
        "is_whitelisted": contact.is_whitelisted,
        "is_blocked": contact.blocked_at is not None,
        "created_at": _iso(contact.created_at),
        "updated_at": _iso(contact.updated_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
