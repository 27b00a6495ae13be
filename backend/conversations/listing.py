"""Show the list of conversations as one person filtered and searched it, a page at a time, at any size."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import queries, search
from backend.conversations.schemas import ChangedConversation, ConversationRow, Cursor, ListFilter, Page
from backend.core.tenancy import org_id_of
from backend.numbers import e164

PAGE_SIZE = 50
# A search first looks through this many conversations in the list's order: what is said everywhere is found at once
# and never asked of the index, whose answer would be everything.
FIRST_STEPS = 200
# What stands in this many of them is found soon enough by looking on.
OFTEN = 8
# Up to so many hits the index is asked for all of them …
MOST_HITS = 5000
# … and beyond it the list is looked through further; what was not reached is a page away.
MORE_STEPS = 2000
MATCH_LENGTH = 160


async def page(
    session: AsyncSession,
    viewer_id: UUID,
    wanted: ListFilter | None = None,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """Return one page of the list as `viewer_id` sees it, newest first.

    A page of a search may be short, even empty, and still have a `next`: the search goes on there.
    """
    wanted = wanted or ListFilter()
    org_id = org_id_of(session)
    if wanted.search.strip():
        asked = search.asked(org_id, wanted.search)
        return await _searched(session, viewer_id, wanted, asked, after, limit) if asked else Page([], None)
    found = await queries.page(session, org_id, viewer_id, wanted, after, limit + 1)
    rows = [_row(mapping, mapping["unread"], mapping["mentioned"]) for mapping in found[:limit]]
    more = len(found) > limit
    return Page(rows, Cursor(found[limit - 1]["last_item_at"], found[limit - 1]["id"]) if more else None)


async def _searched(
    session: AsyncSession, viewer_id: UUID, wanted: ListFilter, asked: search.Asked, after: Cursor | None, limit: int
) -> Page:
    org_id = org_id_of(session)
    places, rest = await queries.walk(session, org_id, viewer_id, wanted, asked, after, FIRST_STEPS, limit + 1)
    if OFTEN <= len(places) <= limit and rest is not None:
        steps = min(MORE_STEPS, (limit + 1 - len(places)) * FIRST_STEPS * 3 // (len(places) * 2))
        more, rest = await queries.walk(session, org_id, viewer_id, wanted, asked, rest, steps, limit + 1)
        places += more
    elif len(places) <= limit and rest is not None:
        known = await queries.candidates(session, asked, MOST_HITS)
        if known is not None:
            places = await queries.among(session, org_id, viewer_id, wanted, known, after, limit + 1)
            rest = None
        else:
            more, rest = await queries.walk(session, org_id, viewer_id, wanted, asked, rest, MORE_STEPS, limit + 1)
            places += more
    shown = places[:limit]
    if len(places) > limit:
        rest = shown[-1]
    ids = [place.id for place in shown]
    found = await queries.rows_of(session, org_id, viewer_id, ids) if ids else []
    hits = await queries.matches(session, org_id, asked, ids) if ids else {}
    rows = [_row(mapping, mapping["unread"], mapping["mentioned"], hits.get(mapping["id"])) for mapping in found]
    return Page(rows, rest)


async def places(
    session: AsyncSession, viewer_id: UUID, wanted: ListFilter, after: Cursor | None, limit: int
) -> list[Cursor]:
    """Return where the next conversations of a filtered list stand, for work on all of them.

    Of a search these are only those among the first `MOST_HITS` hits.
    """
    org_id = org_id_of(session)
    if not wanted.search.strip():
        return await queries.ids_fitting(session, org_id, viewer_id, wanted, after, limit)
    asked = search.asked(org_id, wanted.search)
    if asked is None:
        return []
    known = await queries.candidates(session, asked, MOST_HITS)
    if known is None:
        found, _ = await queries.walk(session, org_id, viewer_id, wanted, asked, after, MORE_STEPS, limit)
        return found
    return await queries.among(session, org_id, viewer_id, wanted, known, after, limit)


async def holding(session: AsyncSession, text: str) -> list[UUID] | None:
    """Return the conversations in which a text is found, by what was said or with whom; None when they are too many."""
    org_id = org_id_of(session)
    asked = search.asked(org_id, text)
    known = await queries.candidates(session, asked, MOST_HITS) if asked else ([], [])
    if known is None:
        return None
    said, people = known
    return [*said, *await queries.of_people(session, org_id, people)]


async def row(session: AsyncSession, conversation_id: UUID) -> ChangedConversation | None:
    """Return a conversation's list row with everybody's unread counts, or None when it does not exist."""
    org_id = org_id_of(session)
    found = await queries.one(session, org_id, conversation_id)
    if found is None:
        return None
    unread = await queries.unread_of(session, org_id, conversation_id)
    return ChangedConversation(
        _row(found, 0, False),
        {user_id: count for user_id, (count, _) in unread.items()},
        frozenset(user_id for user_id, (_, is_mentioned) in unread.items() if is_mentioned),
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _text(value: object) -> str:
    return str(value) if value else ""


def _row(found: RowMapping, unread: int, mentioned: bool, hit: tuple[int, str] | None = None) -> ConversationRow:
    phone = found["phone_number"] or ""
    tags: Sequence[UUID] = found["tag_ids"]
    return ConversationRow(
        id=str(found["id"]),
        contact_id=str(found["contact_id"]),
        name=found["name"],
        phone=phone,
        phone_display=e164.display(phone) if phone else found["email"] or "",
        preview=found["last_preview"],
        channel=found["last_channel"],
        direction=found["last_direction"],
        author_kind=found["last_author_kind"],
        last_status=found["last_status"],
        last_at=_iso(found["last_item_at"]),
        last_seq=found["last_seq"],
        status=found["status"],
        snoozed_until=_iso(found["snoozed_until"]),
        answer_mode=found["answer_mode"],
        paused_until=_iso(found["paused_until"]),
        needs_person=found["needs_person"],
        awaits_approval=found["awaits_approval"],
        assignee_id=_text(found["assignee_id"]),
        assignee_name=found["assignee_name"],
        team_id=_text(found["team_id"]),
        team_name=found["team_name"],
        agent_id=_text(found["agent_id"]),
        agent_version=found["agent_version"],
        sentiment=found["sentiment"],
        tag_ids=[str(tag_id) for tag_id in tags],
        unread=unread,
        mentioned=mentioned,
        match=" ".join(hit[1].split())[:MATCH_LENGTH] if hit else "",
        match_seq=hit[0] if hit else 0,
    )
