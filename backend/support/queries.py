"""Read tickets with whose they are and who looks after them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, func, select, text
from sqlmodel import col, or_
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.organizations import Organization, OrganizationMember
from backend.models.support import SupportTicket
from backend.support.schemas import TicketFilter
from backend.vocab import MemberStatus, TicketStatus

NOBODY = "nobody"
_NEXT_NUMBER = text(
    "update organizations set last_ticket_number = last_ticket_number + 1 where id = :org returning last_ticket_number"
)
_THEIRS = and_(
    col(OrganizationMember.org_id) == col(SupportTicket.org_id),
    col(OrganizationMember.user_id) == col(SupportTicket.assignee_id),
)
_JOINED = (
    select(
        *SupportTicket.__table__.columns,  # type: ignore[attr-defined]
        col(Contact.id).label("contact_id"),
        col(Contact.name).label("contact_name"),
        col(Contact.email).label("contact_email"),
        col(Contact.phone_number).label("contact_phone"),
        col(OrganizationMember.full_name).label("assigned_name"),
    )
    .join(Conversation, col(Conversation.id) == col(SupportTicket.conversation_id))
    .join(Contact, col(Contact.id) == col(Conversation.contact_id))
    .outerjoin(OrganizationMember, _THEIRS)
)


async def next_number(session: AsyncSession, org_id: UUID) -> int:
    """Take the organization's next number; whoever opens another at this moment waits for it."""
    return int((await session.execute(_NEXT_NUMBER, {"org": org_id})).scalar_one())


async def ticket(
    session: AsyncSession, org_id: UUID, ticket_id: UUID, *, for_update: bool = False
) -> SupportTicket | None:
    """Return a ticket, or None."""
    query = select(SupportTicket).where(col(SupportTicket.org_id) == org_id, col(SupportTicket.id) == ticket_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def of_call(session: AsyncSession, org_id: UUID, call_id: UUID) -> SupportTicket | None:
    """Return what a wish opened, or None."""
    query = select(SupportTicket).where(col(SupportTicket.org_id) == org_id, col(SupportTicket.call_id) == call_id)
    return (await session.execute(query)).scalars().first()


async def count_open(session: AsyncSession, conversation_id: UUID) -> int:
    """Return how many tickets of a conversation are open."""
    query = select(func.count()).select_from(SupportTicket)
    open_ones = (
        col(SupportTicket.conversation_id) == conversation_id,
        col(SupportTicket.status) == TicketStatus.OPEN,
    )
    return int((await session.execute(query.where(*open_ones))).scalar_one())


async def one(session: AsyncSession, org_id: UUID, ticket_id: UUID) -> RowMapping | None:
    """Return a ticket with its contact and its assignee, or None."""
    query = _JOINED.where(col(SupportTicket.org_id) == org_id, col(SupportTicket.id) == ticket_id)
    return (await session.execute(query)).mappings().first()


async def of_conversation(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, limit: int
) -> Sequence[RowMapping]:
    """Return a conversation's tickets, the open ones first and each newest first."""
    query = _JOINED.where(
        col(SupportTicket.org_id) == org_id, col(SupportTicket.conversation_id) == conversation_id
    ).order_by(col(SupportTicket.status) != TicketStatus.OPEN, col(SupportTicket.id).desc())
    return (await session.execute(query.limit(limit))).mappings().all()


async def page(
    session: AsyncSession, org_id: UUID, wanted: TicketFilter, after: UUID | None, limit: int
) -> Sequence[RowMapping]:
    """Return the tickets that fit, newest first, older than `after`."""
    query = _JOINED.where(*_fits(org_id, wanted)).order_by(col(SupportTicket.id).desc()).limit(limit)
    if after is not None:
        query = query.where(col(SupportTicket.id) < after)
    return (await session.execute(query)).mappings().all()


async def count(session: AsyncSession, org_id: UUID, wanted: TicketFilter) -> int:
    """Return how many tickets fit."""
    query = _JOINED.where(*_fits(org_id, wanted)).with_only_columns(func.count())
    return int((await session.execute(query)).scalar_one())


async def is_member(session: AsyncSession, org_id: UUID, user_id: UUID) -> bool:
    """Tell whether an account is an approved member."""
    query = select(col(OrganizationMember.id)).where(
        col(OrganizationMember.org_id) == org_id,
        col(OrganizationMember.user_id) == user_id,
        col(OrganizationMember.status) == MemberStatus.APPROVED,
    )
    return (await session.execute(query)).first() is not None


async def timezone(session: AsyncSession, org_id: UUID) -> str:
    """Return where the organization's days begin and end."""
    query = select(col(Organization.timezone)).where(col(Organization.id) == org_id)
    return str((await session.execute(query)).scalar_one_or_none() or "UTC")


def _fits(org_id: UUID, wanted: TicketFilter) -> list[ColumnElement[bool]]:
    found = [col(SupportTicket.org_id) == org_id]
    if wanted.status:
        found.append(col(SupportTicket.status) == wanted.status)
    if wanted.priority:
        found.append(col(SupportTicket.priority) == wanted.priority)
    if wanted.assigned_to == NOBODY:
        found.append(col(SupportTicket.assignee_id).is_(None))
    elif wanted.assigned_to:
        found.append(col(SupportTicket.assignee_id) == UUID(wanted.assigned_to))
    if words := " ".join(wanted.search.split()):
        held = (SupportTicket.subject, SupportTicket.description, Contact.name)
        parts = [col(field).icontains(words, autoescape=True) for field in held]
        digits = words.upper().removeprefix("TKT-").lstrip("0")
        # Longer is no number of ours, and more than the column holds.
        if digits.isascii() and digits.isdigit() and len(digits) < 12:
            parts.append(col(SupportTicket.number) == int(digits))
        found.append(or_(*parts))
    return found
