"""Show tickets: one, those of a conversation, and the team's list, page by page."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.tenancy import org_id_of
from backend.numbers import e164
from backend.organizations import service as organizations
from backend.support import queries
from backend.support.schemas import TicketFilter, TicketPage, TicketRow
from backend.vocab import TicketPriority, TicketStatus

PAGE, MOST_OF_ONE = 50, 50
SEARCH_LIMIT = 80


def ref_of(number: int) -> str:
    """Return what people call a ticket."""
    return f"TKT-{number:06}"


async def get(session: AsyncSession, ticket_id: UUID) -> TicketRow:
    """Return a ticket. Raises `NotFound`."""
    found = await queries.one(session, org_id_of(session), ticket_id)
    if found is None:
        raise NotFound("This ticket does not exist.")
    return _row(found, await _today(session))


async def of_conversation(session: AsyncSession, conversation_id: UUID) -> list[TicketRow]:
    """Return a conversation's tickets, the open ones first and each newest first."""
    found = await queries.of_conversation(session, org_id_of(session), conversation_id, MOST_OF_ONE)
    return [_row(one, await _today(session)) for one in found] if found else []


async def page(session: AsyncSession, wanted: TicketFilter, after: str = "", limit: int = PAGE) -> TicketPage:
    """Return one page of tickets, newest first. Raises `Invalid` for a filter or a place that is none."""
    _require_filter(wanted)
    org_id = org_id_of(session)
    found = await queries.page(session, org_id, wanted, parse_id(after, "after") if after else None, limit + 1)
    today = await _today(session)
    rows = [_row(one, today) for one in found[:limit]]
    return TicketPage(rows, rows[-1]["id"] if len(found) > limit else "", await queries.count(session, org_id, wanted))


def _require_filter(wanted: TicketFilter) -> None:
    if wanted.status and wanted.status not in list(TicketStatus):
        raise Invalid(f"Choose one of: {', '.join(TicketStatus)}.", field="status")
    if wanted.priority and wanted.priority not in list(TicketPriority):
        raise Invalid(f"Choose one of: {', '.join(TicketPriority)}.", field="priority")
    if wanted.assigned_to and wanted.assigned_to != queries.NOBODY:
        parse_id(wanted.assigned_to, "assigned_to")
    if len(wanted.search) > SEARCH_LIMIT:
        raise Invalid(f"Search for at most {SEARCH_LIMIT} characters.", field="search")


async def _today(session: AsyncSession) -> date:
    zone = organizations.timezone_or_utc(await queries.timezone(session, org_id_of(session)))
    return clock.now().astimezone(ZoneInfo(zone)).date()


def _row(found: RowMapping, today: date) -> TicketRow:
    due = found["due_on"]
    phone = found["contact_phone"]
    return TicketRow(
        id=str(found["id"]),
        ticket_ref=ref_of(found["number"]),
        subject=found["subject"],
        description=found["description"],
        email=found["email"],
        priority=found["priority"],
        status=found["status"],
        assigned_to=str(found["assignee_id"] or ""),
        assigned_name=found["assigned_name"] or "",
        due_date=due.isoformat() if due else "",
        is_overdue=due is not None and due < today and found["status"] == TicketStatus.OPEN,
        opened_by=found["opened_by"],
        is_by_agent=found["opened_by_user_id"] is None and found["call_id"] is not None,
        agent_version=found["agent_version"],
        conversation_id=str(found["conversation_id"]),
        contact_id=str(found["contact_id"]),
        contact_name=found["contact_name"] or found["contact_email"] or "",
        contact_phone=e164.display(phone) if phone else "",
        created_at=found["created_at"].isoformat(),
        closed_at=found["closed_at"].isoformat() if found["closed_at"] else "",
    )
