"""Read contacts: one page of the list in any order, who matches what was typed, and what hangs on a page of them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, and_, exists, func, or_, select, text, true, tuple_
from sqlmodel import col
from sqlmodel import select as select_rows
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts.schemas import ContactFilter, Show, Sort
from backend.models.contacts import Contact, ContactTag
from backend.models.conversations import Conversation
from backend.models.messaging import SmsOptOut
from backend.models.tags import Tag

# Fewer digits would match most numbers.
MIN_DIGITS = 3
# Up to so many matches are found by the index of words and sorted; among more, walking the order finds a page sooner.
NARROW = 3000
_PARTING = re.compile(r"[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\xa0]+")
_NUMBER = re.compile(r"[+\d\s().\-/]+")
_SORTED_BY: dict[Sort, Any] = {
    Sort.NAME: col(Contact.sort_name),
    Sort.COMPANY: col(Contact.sort_company),
    Sort.CREATED: col(Contact.created_at),
    Sort.UPDATED: col(Contact.updated_at),
    Sort.ACTIVITY: col(Conversation.last_item_at),
}

_COLUMNS: tuple[Any, ...] = (
    col(Contact.id).label("id"),
    col(Contact.name).label("name"),
    col(Contact.phone_number).label("phone_number"),
    col(Contact.email).label("email"),
    col(Contact.company).label("company"),
    col(Contact.job_title).label("job_title"),
    col(Contact.city).label("city"),
    col(Contact.country).label("country"),
    col(Contact.blocked_at).label("blocked_at"),
    col(Contact.is_whitelisted).label("is_whitelisted"),
    col(Contact.created_at).label("created_at"),
    col(Conversation.id).label("conversation_id"),
    col(Conversation.last_item_at).label("last_item_at"),
)


def tsquery(typed: str) -> str:
    """Return the text-search query for what a person typed, or "" when nothing can be searched by it.

    Every word must be part of a word of the contact, or of their number. Mirrors `plain_words` in the database.
    """
    digits = "".join(character for character in typed if character.isdigit())
    if digits and _NUMBER.fullmatch(typed):
        digits = digits.lstrip("0")
        return f"'{digits}':*" if len(digits) >= MIN_DIGITS else ""
    decomposed = unicodedata.normalize("NFKD", typed)
    plain = re.sub("[\u0300-\u036f]", "", decomposed).lower()
    words = [word[:40] for word in _PARTING.sub(" ", plain.replace("\x00", "")).split()][:8]
    return " & ".join(f"'{word}':*" for word in words)


def is_listed() -> Any:
    """Return the condition that a contact stands in the list: not deleted, and somebody who can be reached."""
    return and_(col(Contact.deleted_at).is_(None), ~col(Contact.is_visitor))


async def matching_ids(session: AsyncSession, query: str, limit: int) -> list[UUID]:
    """Return up to `limit` contacts of the organization in force that match a `tsquery`, in no order."""
    found = await session.execute(
        text("select id from contact_matches(cast(:query as tsquery), :wanted)"), {"query": query, "wanted": limit}
    )
    return list(found.scalars())


async def matching(session: AsyncSession, org_id: UUID, typed: str, limit: int) -> list[Contact]:
    """Return up to `limit` contacts that match what was typed, named ones first."""
    query = tsquery(typed)
    if not query:
        return []
    ids = await matching_ids(session, query, NARROW)
    wanted = (
        select_rows(Contact)
        .where(Contact.org_id == org_id, col(Contact.id).in_(ids), is_listed())
        .order_by(col(Contact.sort_name), col(Contact.id))
        .limit(limit)
    )
    return list((await session.exec(wanted)).all())


async def page(
    session: AsyncSession,
    org_id: UUID,
    wanted: ContactFilter,
    after: tuple[Any, UUID] | None,
    limit: int,
    offset: int = 0,
) -> Sequence[RowMapping]:
    """Return up to `limit` rows in the order wanted, each with its sort value as `place`.

    By activity only contacts with a conversation are found; the others follow from `silent_page`.
    """
    by = _SORTED_BY[wanted.sort]
    conditions = await _conditions(session, org_id, wanted)
    query = _rows(wanted.sort).add_columns(by.label("place")).where(*conditions)
    if wanted.sort == Sort.ACTIVITY:
        # Told twice, because the order is an index of conversations.
        query = query.where(col(Conversation.org_id) == org_id)
    return await _paged(session, query.offset(offset), by, wanted.is_descending, after, limit)


async def silent_page(
    session: AsyncSession, org_id: UUID, wanted: ContactFilter, after: tuple[Any, UUID] | None, limit: int
) -> Sequence[RowMapping]:
    """Return up to `limit` contacts nobody has written with yet, newest first."""
    conditions = await _conditions(session, org_id, wanted)
    by = col(Contact.created_at)
    query = _rows(Sort.CREATED).add_columns(by.label("place")).where(*conditions, col(Conversation.id).is_(None))
    return await _paged(session, query, by, True, after, limit)


async def _paged(
    session: AsyncSession,
    query: Select[Any],
    by: Any,
    is_descending: bool,
    after: tuple[Any, UUID] | None,
    limit: int,
) -> Sequence[RowMapping]:
    place = tuple_(by, col(Contact.id))
    if after is not None:
        # The first part alone again, because a pair over two tables is no place in an index.
        query = (
            query.where(place < after, by <= after[0]) if is_descending else query.where(place > after, by >= after[0])
        )
    order = (by.desc(), col(Contact.id).desc()) if is_descending else (by, col(Contact.id))
    return (await session.execute(query.order_by(*order).limit(limit))).mappings().all()


async def count(session: AsyncSession, org_id: UUID, wanted: ContactFilter) -> int:
    """Return how many contacts a filter finds."""
    conditions = await _conditions(session, org_id, wanted, is_count=True)
    return int((await session.execute(select(func.count()).select_from(Contact).where(*conditions))).scalar_one())


async def ids(session: AsyncSession, org_id: UUID, wanted: ContactFilter, limit: int) -> list[UUID]:
    """Return up to `limit` ids of the contacts a filter finds, in no order."""
    conditions = await _conditions(session, org_id, wanted, is_count=True)
    return list((await session.execute(select(col(Contact.id)).where(*conditions).limit(limit))).scalars())


def _rows(sort: Sort) -> Select[Any]:
    query = select(*_COLUMNS, _is_opted_out().label("is_opted_out")).select_from(Contact)
    meets = col(Conversation.contact_id) == col(Contact.id)
    return query.join(Conversation, meets) if sort == Sort.ACTIVITY else query.outerjoin(Conversation, meets)


def _is_opted_out() -> Any:
    return exists().where(
        col(SmsOptOut.org_id) == col(Contact.org_id),
        col(SmsOptOut.phone_number) == col(Contact.phone_number),
        col(SmsOptOut.is_opted_out),
    )


async def _conditions(
    session: AsyncSession, org_id: UUID, wanted: ContactFilter, *, is_count: bool = False
) -> list[Any]:
    conditions: list[Any] = [col(Contact.org_id) == org_id]
    if wanted.show == Show.DELETED:
        conditions += [col(Contact.deleted_at).is_not(None), col(Contact.merged_into_id).is_(None)]
    else:
        conditions.append(is_listed())
    if wanted.show == Show.BLOCKED:
        conditions.append(col(Contact.blocked_at).is_not(None))
    elif wanted.show == Show.WHITELISTED:
        conditions.append(col(Contact.is_whitelisted))
    elif wanted.show == Show.OPTED_OUT:
        left = select(col(SmsOptOut.phone_number)).where(col(SmsOptOut.org_id) == org_id, col(SmsOptOut.is_opted_out))
        conditions.append(col(Contact.phone_number).in_(left))
    if wanted.ids:
        conditions.append(col(Contact.id).in_(wanted.ids))
    if wanted.country:
        conditions.append(col(Contact.country) == wanted.country)
    for tag_id in wanted.tag_ids:
        conditions.append(
            col(Contact.id).in_(select(col(ContactTag.contact_id)).where(col(ContactTag.tag_id) == tag_id))
        )
    if wanted.search.strip():
        conditions.append(await _matches(session, wanted, is_count))
    return conditions


async def _matches(session: AsyncSession, wanted: ContactFilter, is_count: bool) -> Any:
    query = tsquery(wanted.search)
    if not query:
        return ~true()
    holds = col(Contact.search).op("@@")(text("cast(:words as tsquery)").bindparams(words=query))
    if wanted.show == Show.DELETED:
        return holds
    if is_count:
        found = text("select id from contact_matches(cast(:words as tsquery), 1000000)").bindparams(words=query)
        return col(Contact.id).in_(found)
    found_ids = await matching_ids(session, query, NARROW + 1)
    return holds if len(found_ids) > NARROW else col(Contact.id).in_(found_ids)


async def tags_of(session: AsyncSession, org_id: UUID, contact_ids: Iterable[UUID]) -> dict[UUID, list[Tag]]:
    """Return the tags of each of these contacts, by name."""
    query = (
        select_rows(ContactTag.contact_id, Tag)
        .join(Tag, col(Tag.id) == col(ContactTag.tag_id))
        .where(ContactTag.org_id == org_id, col(ContactTag.contact_id).in_(list(contact_ids)))
        .order_by(func.lower(col(Tag.name)))
    )
    found: dict[UUID, list[Tag]] = {}
    for contact_id, tag in (await session.exec(query)).all():
        found.setdefault(contact_id, []).append(tag)
    return found


async def aliases(session: AsyncSession, org_id: UUID, contact_id: UUID) -> list[Contact]:
    """Return the contacts that were merged into one, oldest first; their numbers are still theirs."""
    query = select_rows(Contact).where(Contact.org_id == org_id, Contact.merged_into_id == contact_id)
    return list((await session.exec(query.order_by(col(Contact.id)))).all())


async def alike(session: AsyncSession, org_id: UUID, contact: Contact, limit: int) -> list[Contact]:
    """Return contacts that share an address, the end of a number, or the name with one, at most `limit`."""
    same: list[Any] = []
    if contact.email:
        same.append(func.lower(col(Contact.email)) == contact.email.lower())
    if contact.phone_number:
        same.append(func.right(col(Contact.phone_number), 8) == contact.phone_number[-8:])
    if contact.name:
        same.append(col(Contact.sort_name) == contact.sort_name)
    if not same:
        return []
    query = (
        select_rows(Contact)
        .where(Contact.org_id == org_id, Contact.id != contact.id, is_listed(), or_(*same))
        .order_by(col(Contact.created_at), col(Contact.id))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def by_ids(session: AsyncSession, org_id: UUID, contact_ids: Iterable[UUID]) -> list[Contact]:
    """Return these contacts of the organization, those that stand in the list."""
    query = select_rows(Contact).where(Contact.org_id == org_id, col(Contact.id).in_(list(contact_ids)), is_listed())
    return list((await session.exec(query)).all())
