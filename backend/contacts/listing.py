"""Show contacts: a page of the list in any order at any size, and everything about one of them."""

import base64
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.contacts import fields, finding, queries, values
from backend.contacts.schemas import ContactFilter, ContactPage, ContactRow, ContactView, CustomValue, Sort
from backend.core.errors import Invalid, NotFound
from backend.core.tenancy import org_id_of
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.organizations import Organization
from backend.models.tags import Tag
from backend.numbers import e164
from backend.tags import service as tags

PAGE_SIZE = 50
_MOMENTS = (Sort.CREATED, Sort.UPDATED, Sort.ACTIVITY)


async def page(
    session: AsyncSession, wanted: ContactFilter | None = None, after: str = "", limit: int = PAGE_SIZE
) -> ContactPage:
    """Return one page of contacts; `after` is the `next` of the page before. Raises `Invalid` for another `after`."""
    wanted, org_id = wanted or ContactFilter(), org_id_of(session)
    is_silent, place = _read(after, wanted.sort)
    found: list[RowMapping] = []
    if not is_silent:
        found = list(await finding.page(session, org_id, wanted, place, limit + 1))
        place = None
    if wanted.sort == Sort.ACTIVITY and len(found) <= limit:
        spoken = len(found)
        found += await finding.silent_page(session, org_id, wanted, place, limit + 1 - spoken)
        is_silent = is_silent or limit > spoken
    shown = found[:limit]
    country = await _home_country(session)
    tagged = await queries.tags_of(session, org_id, [row["id"] for row in shown])
    rows = [_row(row, tagged.get(row["id"], []), country) for row in shown]
    if len(found) <= limit or not shown:
        return ContactPage(rows, "")
    return ContactPage(rows, _write(is_silent, shown[-1]["place"], shown[-1]["id"]))


async def count(session: AsyncSession, wanted: ContactFilter | None = None) -> int:
    """Return how many contacts a filter finds."""
    return await finding.count(session, org_id_of(session), wanted or ContactFilter())


async def ids(session: AsyncSession, wanted: ContactFilter, limit: int) -> list[UUID]:
    """Return up to `limit` of the contacts a filter finds, in no order, for a change to all of them."""
    return await finding.ids(session, org_id_of(session), wanted, limit)


async def view(session: AsyncSession, contact_id: UUID) -> ContactView:
    """Return everything about one contact, be it deleted or merged. Raises `NotFound`."""
    org_id = org_id_of(session)
    found = await session.exec(select(Contact).where(Contact.id == contact_id, Contact.org_id == org_id))
    contact = found.first()
    if contact is None:
        raise NotFound("This contact does not exist.")
    country = await _home_country(session)
    aliases = await queries.aliases(session, org_id, contact.id)
    numbers = [known.phone_number for known in (contact, *aliases) if known.phone_number]
    mails = [known.email.lower() for known in (contact, *aliases) if known.email]
    left: list[str] = []
    for number in numbers:
        left += (await compliance.opted_out_of(session, number)).keys()
    talk = (await session.exec(select(Conversation).where(Conversation.contact_id == contact.id))).first()
    tagged = (await queries.tags_of(session, org_id, [contact.id])).get(contact.id, [])
    return ContactView(
        id=str(contact.id),
        name=contact.name,
        first_name=contact.first_name,
        last_name=contact.last_name,
        phone=contact.phone_number or "",
        phone_display=_display(contact.phone_number, country),
        other_phones=[_display(number, country) for number in numbers if number != contact.phone_number],
        email=contact.email or "",
        company=contact.company,
        job_title=contact.job_title,
        address=contact.address,
        city=contact.city,
        region=contact.region,
        country=contact.country,
        notes=contact.notes,
        custom=await _custom(session, contact),
        tags=[tags.row(tag) for tag in tagged],
        is_blocked=contact.blocked_at is not None,
        blocked_at=_iso(contact.blocked_at),
        blocked_reason=contact.blocked_reason,
        is_whitelisted=contact.is_whitelisted,
        forward_to=contact.forward_to,
        is_deleted=contact.deleted_at is not None and contact.merged_into_id is None,
        merged_into=str(contact.merged_into_id or ""),
        created_at=_iso(contact.created_at),
        updated_at=_iso(contact.updated_at),
        conversation_id=str(talk.id) if talk else "",
        conversation_status=talk.status if talk else "",
        last_at=_iso(talk.last_item_at) if talk else "",
        left_numbers=sorted(set(left)),
        consents=await compliance.history(
            session, [known.id for known in (contact, *aliases)], sorted({*numbers, *mails})
        ),
    )


async def _custom(session: AsyncSession, contact: Contact) -> list[CustomValue]:
    return [
        CustomValue(
            key=field.key,
            label=field.label,
            kind=field.kind,
            choices=list(field.choices),
            value=values.shown(contact.custom_fields.get(field.key)),
        )
        for field in await fields.definitions(session)
    ]


async def _home_country(session: AsyncSession) -> str:
    found = await session.exec(select(Organization.country).where(Organization.id == org_id_of(session)))
    return found.first() or "US"


def _row(found: RowMapping, tagged: list[Tag], country: str) -> ContactRow:
    return ContactRow(
        id=str(found["id"]),
        name=found["name"],
        phone=found["phone_number"] or "",
        phone_display=_display(found["phone_number"], country),
        email=found["email"] or "",
        company=found["company"],
        job_title=found["job_title"],
        city=found["city"],
        country=found["country"],
        tags=[tags.row(tag) for tag in tagged],
        is_blocked=found["blocked_at"] is not None,
        is_opted_out=found["is_opted_out"],
        is_whitelisted=found["is_whitelisted"],
        last_at=_iso(found["last_item_at"]),
        created_at=_iso(found["created_at"]),
        conversation_id=str(found["conversation_id"] or ""),
    )


def _display(number: str | None, country: str) -> str:
    return e164.display(number, country) if number else ""


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _write(is_silent: bool, place: Any, contact_id: UUID) -> str:
    value = place.isoformat() if isinstance(place, datetime) else place
    return base64.urlsafe_b64encode(json.dumps([is_silent, value, str(contact_id)]).encode()).decode()


def _read(after: str, sort: Sort) -> tuple[bool, tuple[Any, UUID] | None]:
    """Return whether the page is among those nobody wrote with, and the place it follows."""
    if not after:
        return False, None
    try:
        is_silent, value, contact_id = json.loads(base64.urlsafe_b64decode(after.encode()))
        place = datetime.fromisoformat(value) if sort in _MOMENTS else str(value)
        return bool(is_silent), (place, UUID(contact_id))
    except (ValueError, TypeError, AttributeError):
        raise Invalid("This is not a page of the list.", field="after") from None
