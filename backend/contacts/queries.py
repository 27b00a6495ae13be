"""Read contacts: one page of the list in any order, who matches what was typed, and what hangs on a page of them."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, text
from sqlalchemy import select as select_columns
from sqlmodel import col
from sqlmodel import select as select_rows
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.contacts import Contact, ContactTag
from backend.models.tags import Tag

# Fewer digits would match most numbers.
MIN_DIGITS = 3
# So much of a number's end tells people apart however the rest of it was written; the database's index knows as much.
TAIL = 8
# More than this are not looked at when somebody types a name to choose from.
MOST_MATCHES = 3000
_PARTING = re.compile(r"[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\xa0]+")
_NUMBER = re.compile(r"[+\d\s().\-/]+")


def tsquery(typed: str) -> str:
    """Return the text-search query for what a person typed, or "" when nothing can be searched by it.

    Every word must be part of a word of the contact, or of their number. Mirrors `plain_words` in the database.
    """
    digits = "".join(character for character in typed if character.isdigit()).lstrip("0")
    if len(digits) >= MIN_DIGITS and _NUMBER.fullmatch(typed):
        return f"'{digits}':*"
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
    ids = await matching_ids(session, query, MOST_MATCHES)
    wanted = (
        select_rows(Contact)
        .where(Contact.org_id == org_id, col(Contact.id).in_(ids), is_listed())
        .order_by(col(Contact.sort_name), col(Contact.id))
        .limit(limit)
    )
    return list((await session.exec(wanted)).all())


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


async def known_ids(session: AsyncSession, emails: Iterable[str], tails: Iterable[str] = ()) -> set[UUID]:
    """Return the contacts with one of these addresses (in lower case) or ends of a number, be they listed or not."""
    given = {"emails": list(emails), "tails": list(tails)}
    found = await session.execute(
        text("select id from contacts_known(cast(:emails as text[]), cast(:tails as text[]))"), given
    )
    return set(found.scalars())


async def alike(session: AsyncSession, org_id: UUID, contact: Contact, limit: int) -> list[Contact]:
    """Return contacts that share an address, the end of a number, or the name with one, at most `limit`."""
    emails = [contact.email.lower()] if contact.email else []
    tails = [contact.phone_number[-TAIL:]] if contact.phone_number else []
    ids = await known_ids(session, emails, tails)
    if contact.name:
        named = (
            select_columns(col(Contact.id))
            .where(col(Contact.org_id) == org_id, col(Contact.sort_name) == contact.sort_name, is_listed())
            .order_by(col(Contact.id))
            .limit(limit)
        )
        ids |= set((await session.execute(named)).scalars())
    ids.discard(contact.id)
    if not ids:
        return []
    query = select_rows(Contact).where(Contact.org_id == org_id, col(Contact.id).in_(ids), is_listed())
    return list((await session.exec(query.order_by(col(Contact.created_at), col(Contact.id)).limit(limit))).all())


async def by_ids(session: AsyncSession, org_id: UUID, contact_ids: Iterable[UUID]) -> list[Contact]:
    """Return these contacts of the organization, those that stand in the list."""
    query = select_rows(Contact).where(Contact.org_id == org_id, col(Contact.id).in_(list(contact_ids)), is_listed())
    return list((await session.exec(query)).all())
