"""Find a page of contacts in any order, filtered and searched, at any size.

Orders and filters are read from indexes. A search is answered in one of three ways, because under the row policies
PostgreSQL cannot choose for itself: one letter is the beginning of a name; where many match, walking the order fills
the page at once; where few do, the index of words finds them all and they are sorted.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, and_, exists, false, func, select, text, tuple_
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import queries
from backend.contacts.schemas import ContactFilter, Show, Sort
from backend.models.contacts import Contact, ContactTag
from backend.models.conversations import Conversation
from backend.models.messaging import SmsOptOut

# Where many match, a page is full before so many rows of the order are walked.
WALKED = 1500
# Up to so many matches are found by the index of words and sorted; more are only found by walking on.
NARROW = 3000
# After every character a name may hold.
_LAST = chr(0x10FFFF)
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
_MEETS = col(Conversation.contact_id) == col(Contact.id)
Place = tuple[Any, UUID]


async def page(
    session: AsyncSession, org_id: UUID, wanted: ContactFilter, after: Place | None, limit: int, offset: int = 0
) -> Sequence[RowMapping]:
    """Return up to `limit` rows in the order wanted, each with its sort value as `place`.

    By activity only contacts with a conversation are found; the others follow from `silent_page`.
    """
    by, conditions = _SORTED_BY[wanted.sort], _conditions(org_id, wanted)
    if wanted.sort == Sort.ACTIVITY:
        # Told twice, because the order is an index of conversations.
        conditions.append(col(Conversation.org_id) == org_id)
    is_inner = wanted.sort == Sort.ACTIVITY
    return await _page(session, wanted, conditions, by, wanted.is_descending, after, limit, offset, is_inner)


async def silent_page(
    session: AsyncSession, org_id: UUID, wanted: ContactFilter, after: Place | None, limit: int
) -> Sequence[RowMapping]:
    """Return up to `limit` contacts nobody has written with yet, newest first."""
    conditions = [*_conditions(org_id, wanted), col(Conversation.id).is_(None)]
    return await _page(session, wanted, conditions, col(Contact.created_at), True, after, limit, 0, False)


async def count(session: AsyncSession, org_id: UUID, wanted: ContactFilter) -> int:
    """Return how many contacts a filter finds."""
    query = select(func.count()).select_from(Contact).where(*_all_conditions(org_id, wanted))
    return int((await session.execute(query)).scalar_one())


async def ids(session: AsyncSession, org_id: UUID, wanted: ContactFilter, limit: int) -> list[UUID]:
    """Return up to `limit` ids of the contacts a filter finds, in no order."""
    query = select(col(Contact.id)).where(*_all_conditions(org_id, wanted)).limit(limit)
    return list((await session.execute(query)).scalars())


async def _page(
    session: AsyncSession,
    wanted: ContactFilter,
    conditions: list[Any],
    by: Any,
    is_descending: bool,
    after: Place | None,
    limit: int,
    offset: int,
    is_inner: bool,
) -> Sequence[RowMapping]:
    order = (by.desc(), col(Contact.id).desc()) if is_descending else (by, col(Contact.id))
    conditions = [*conditions, *_behind(by, is_descending, after)]

    def of(*columns: Any) -> Select[Any]:
        return select(*columns).select_from(Contact).join(Conversation, _MEETS, isouter=not is_inner)

    if wanted.search.strip():
        words = queries.tsquery(wanted.search)
        walk = of(col(Contact.id).label("id"), col(Contact.search).label("search"))
        walk = walk.where(*conditions).order_by(*order).limit(WALKED + offset)
        conditions.append(await _holds(session, wanted, words, walk, limit + offset))
    query = of(*_COLUMNS, _is_opted_out().label("is_opted_out"), by.label("place")).where(*conditions)
    return (await session.execute(query.order_by(*order).offset(offset).limit(limit))).mappings().all()


async def _holds(session: AsyncSession, wanted: ContactFilter, words: str, walk: Select[Any], limit: int) -> Any:
    """Return the condition that a contact holds what was typed, in the way that finds a page soonest."""
    if letter := _letter(wanted.search):
        return _begins_with(letter)
    if not words:
        return false()
    rows = walk.subquery()
    near = await session.execute(select(rows.c.id).where(rows.c.search.op("@@")(_query(words))).limit(limit))
    found = list(near.scalars())
    if len(found) == limit:
        return col(Contact.id).in_(found)
    if wanted.show == Show.DELETED:
        return col(Contact.search).op("@@")(_query(words))
    found = await queries.matching_ids(session, words, NARROW + 1)
    if len(found) > NARROW:
        return col(Contact.search).op("@@")(_query(words))
    return col(Contact.id).in_(found)


def _all_conditions(org_id: UUID, wanted: ContactFilter) -> list[Any]:
    """Return the conditions with the search among them, for reads that want every match and no order."""
    conditions = _conditions(org_id, wanted)
    if not wanted.search.strip():
        return conditions
    words = queries.tsquery(wanted.search)
    if letter := _letter(wanted.search):
        return [*conditions, _begins_with(letter)]
    if not words:
        return [*conditions, false()]
    if wanted.show == Show.DELETED:
        return [*conditions, col(Contact.search).op("@@")(_query(words))]
    found = text("select id from contact_matches(cast(:words as tsquery), 1000000)").bindparams(words=words)
    return [*conditions, col(Contact.id).in_(found)]


def _conditions(org_id: UUID, wanted: ContactFilter) -> list[Any]:
    conditions: list[Any] = [col(Contact.org_id) == org_id]
    if wanted.show == Show.DELETED:
        conditions += [col(Contact.deleted_at).is_not(None), col(Contact.merged_into_id).is_(None)]
    else:
        conditions.append(queries.is_listed())
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
        tagged = select(col(ContactTag.contact_id)).where(col(ContactTag.tag_id) == tag_id)
        conditions.append(col(Contact.id).in_(tagged))
    return conditions


def _behind(by: Any, is_descending: bool, after: Place | None) -> list[Any]:
    """Return the conditions that a row follows a place.

    The first part is told alone as well, because a pair over two tables is no place in an index.
    """
    if after is None:
        return []
    place = tuple_(by, col(Contact.id))
    return [place < after, by <= after[0]] if is_descending else [place > after, by >= after[0]]


def _is_opted_out() -> Any:
    return exists().where(
        col(SmsOptOut.org_id) == col(Contact.org_id),
        col(SmsOptOut.phone_number) == col(Contact.phone_number),
        col(SmsOptOut.is_opted_out),
    )


def _letter(typed: str) -> str:
    letter = typed.strip().lower()
    return letter if len(letter) == 1 and letter.isascii() and letter.isalpha() else ""


def _begins_with(letter: str) -> Any:
    return and_(col(Contact.sort_name) >= letter, col(Contact.sort_name) < letter + _LAST)


def _query(words: str) -> Any:
    return text("cast(:words as tsquery)").bindparams(words=words)
