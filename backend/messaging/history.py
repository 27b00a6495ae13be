"""Show every text of an organization, newest first, as a person filtered them; a page at a time or as one file."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import ARRAY, RowMapping, Uuid, and_, any_, func, literal, or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import service as conversations
from backend.core import exports
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.models.contacts import Contact
from backend.models.messaging import MessageMedia, SmsMessage
from backend.models.organizations import OrganizationMember
from backend.numbers import e164
from backend.vocab import Direction, MessageStatus

PAGE_SIZE = 50
EXPORT_STEP = 500
# A spreadsheet takes a million rows; beyond this a narrower filter is meant.
MOST_EXPORTED = 100_000
_HEADINGS = ("time", "direction", "status", "contact", "contact_number", "our_number", "written_by", "body", "segments")

_M = SmsMessage
_COLUMNS: tuple[Any, ...] = (
    col(_M.id),
    col(_M.conversation_id),
    col(_M.created_at),
    col(_M.direction),
    col(_M.status),
    col(_M.error_message),
    col(_M.sender_number),
    col(_M.recipient_number),
    col(_M.is_ai_generated),
    col(_M.content),
    col(_M.segments),
)


@dataclass(frozen=True)
class HistoryFilter:
    """Which texts a person wants to see. Empty values do not filter."""

    search: str = ""
    """Beginnings of words that were said, or a number."""
    direction: str = ""
    status: str = ""
    """A message status, or `problem` for texts that did not arrive."""
    number_id: UUID | None = None
    writer: str = ""
    """`agent`, `person` or `customer`."""
    since: datetime | None = None
    until: datetime | None = None
    conversations: tuple[UUID, ...] | None = None
    """Where to look, found by the search; filled by this module."""


class HistoryRow(TypedDict):
    """One text of the history. Times are ISO 8601 in UTC."""

    id: str
    conversation_id: str
    at: str
    direction: str
    status: str
    error: str
    contact_name: str
    contact_number: str
    contact_display: str
    our_number: str
    our_display: str
    writer: str
    writer_name: str
    body: str
    segments: int
    media: int


@dataclass(frozen=True)
class HistoryPage:
    """One page of texts; `next` is where the following one begins, None at the end."""

    rows: list[HistoryRow]
    next: UUID | None


async def history(
    session: AsyncSession, wanted: HistoryFilter, after: UUID | None = None, limit: int = PAGE_SIZE
) -> HistoryPage:
    """Return one page of texts, newest first."""
    wanted = await _located(session, wanted)
    found = await _read(session, org_id_of(session), wanted, after, limit + 1)
    rows = [_row(one) for one in found[:limit]]
    return HistoryPage(rows, found[limit - 1]["id"] if len(found) > limit else None)


async def export_history(principal: Principal, wanted: HistoryFilter) -> AsyncIterator[str]:
    """Yield the texts that fit as a CSV file, a piece at a time; each piece is its own short transaction."""
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            wanted = await _located(session, wanted)

    async def read(session: AsyncSession, after: UUID | None) -> tuple[list[Sequence[str]], UUID | None]:
        found = await _read(session, principal.org_id, wanted, after, EXPORT_STEP)
        return [_cells(_row(one)) for one in found], found[-1]["id"] if len(found) == EXPORT_STEP else None

    async for part in exports.pages(principal.org_id, _HEADINGS, read, most=MOST_EXPORTED):
        yield part


async def _located(session: AsyncSession, wanted: HistoryFilter) -> HistoryFilter:
    """Find the conversations a search may be about, so that texts are compared in those alone."""
    if not wanted.search.strip() or wanted.conversations is not None:
        return wanted
    holding = await conversations.holding(session, wanted.search)
    return wanted if holding is None else replace(wanted, conversations=tuple(holding))


def _row(found: RowMapping) -> HistoryRow:
    is_inbound = found["direction"] == "inbound"
    theirs, ours = (
        (found["sender_number"], found["recipient_number"])
        if is_inbound
        else (found["recipient_number"], found["sender_number"])
    )
    writer = "customer" if is_inbound else "agent" if found["is_ai_generated"] else "person"
    return HistoryRow(
        id=str(found["id"]),
        conversation_id=str(found["conversation_id"]),
        at=found["created_at"].isoformat(),
        direction=found["direction"],
        status=found["status"],
        error=found["error_message"],
        contact_name=found["contact_name"],
        contact_number=theirs,
        contact_display=e164.display(theirs) if theirs else "",
        our_number=ours,
        our_display=e164.display(ours) if ours else "",
        writer=writer,
        writer_name=found["agent_name"] if writer == "agent" else found["member_name"] if writer == "person" else "",
        body=found["content"],
        segments=found["segments"],
        media=found["media"],
    )


def _cells(row: HistoryRow) -> Sequence[str]:
    who = row["writer_name"] or row["writer"]
    said = (row["contact_name"], row["contact_number"], row["our_number"], who, row["body"])
    return (row["at"], row["direction"], row["status"], *said, str(row["segments"]))


async def _read(
    session: AsyncSession, org_id: UUID, wanted: HistoryFilter, after: UUID | None, limit: int
) -> Sequence[RowMapping]:
    media = (
        select(func.count()).select_from(MessageMedia).where(col(MessageMedia.message_id) == col(_M.id)).correlate(_M)
    )
    query = (
        select(
            *_COLUMNS,
            col(Contact.name).label("contact_name"),
            func.coalesce(col(AgentConfig.name), "").label("agent_name"),
            func.coalesce(col(OrganizationMember.full_name), "").label("member_name"),
            media.scalar_subquery().label("media"),
        )
        .join(Contact, col(Contact.id) == col(_M.contact_id))
        .outerjoin(AgentConfig, col(AgentConfig.id) == col(_M.agent_id))
        .outerjoin(
            OrganizationMember,
            and_(col(OrganizationMember.user_id) == col(_M.sent_by_user_id), col(OrganizationMember.org_id) == org_id),
        )
        .where(col(_M.org_id) == org_id, *_fitting(wanted))
        .order_by(col(_M.id).desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(col(_M.id) < after)
    return (await session.execute(query)).mappings().all()


def _fitting(wanted: HistoryFilter) -> list[Any]:
    conditions: list[Any] = []
    if wanted.direction:
        conditions.append(col(_M.direction) == wanted.direction)
    if wanted.status == "problem":
        conditions.append(col(_M.status).in_([MessageStatus.FAILED, MessageStatus.UNDELIVERED]))
    elif wanted.status:
        conditions.append(col(_M.status) == wanted.status)
    if wanted.number_id is not None:
        conditions.append(col(_M.number_id) == wanted.number_id)
    if wanted.writer == "customer":
        conditions.append(col(_M.direction) == Direction.INBOUND)
    elif wanted.writer:
        is_agent = wanted.writer == "agent"
        conditions += [col(_M.direction) == Direction.OUTBOUND, col(_M.is_ai_generated).is_(is_agent)]
    if wanted.since is not None:
        conditions.append(col(_M.created_at) >= wanted.since)
    if wanted.until is not None:
        conditions.append(col(_M.created_at) < wanted.until)
    if wanted.conversations is not None:
        conditions.append(col(_M.conversation_id) == any_(literal(list(wanted.conversations), ARRAY(Uuid))))
    for word in wanted.search.split()[:8]:
        digits = "".join(character for character in word if character.isdigit())
        said = col(_M.content).icontains(word, autoescape=True)
        numbers = [col(_M.sender_number).contains(digits), col(_M.recipient_number).contains(digits)]
        named = col(Contact.name).icontains(word, autoescape=True)
        conditions.append(or_(said, named, *(numbers if len(digits) >= 3 else [])))
    return conditions
