"""Keep tickets: what agents and people of the team promise a customer to look into, until it is done.

A ticket belongs to a conversation, so it goes where its contact goes, and is erased with them. Opening, closing and
reopening are lines of the timeline; every change is in the audit log and announces `tickets.changed`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import audit, clock, realtime
from backend.core.errors import Invalid, LimitReached, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.strict_json import clean
from backend.core.tenancy import org_id_of
from backend.models.conversations import Conversation
from backend.models.support import SupportTicket
from backend.notifications import service as notifications
from backend.support import queries
from backend.support.exporting import export
from backend.support.listing import PAGE, SEARCH_LIMIT, get, of_conversation, page, ref_of
from backend.support.schemas import AgentsTicket, TicketFilter, TicketPage, TicketRow
from backend.vocab import MemberRole, TicketPriority, TicketStatus

__all__ = [
    "CHANGED",
    "DESCRIPTION_LIMIT",
    "FIELDS",
    "NOBODY",
    "PAGE",
    "SEARCH_LIMIT",
    "SUBJECT_LIMIT",
    "AgentsTicket",
    "TicketFilter",
    "TicketPage",
    "TicketRow",
    "change",
    "export",
    "get",
    "of_conversation",
    "open_by_agent",
    "open_by_person",
    "page",
    "ref_of",
]

CHANGED = "tickets.changed"
NOBODY = queries.NOBODY
SUBJECT_LIMIT, DESCRIPTION_LIMIT = 200, 5000
# More open matters of one customer nobody keeps apart; whoever talks an agent into a flood stops here.
MOST_OPEN = 20
FIELDS = ("subject", "description", "priority", "status", "assigned_to", "due_date")
_VERBS = {TicketStatus.OPEN: "reopened", TicketStatus.CLOSED: "closed"}


async def open_by_agent(session: AsyncSession, conversation: Conversation, wish: AgentsTicket) -> TicketRow:
    """Open what an agent wants looked into in a locked conversation, once for each call; the team is told.

    Raises `Invalid` and `LimitReached` (`too_many_tickets`).
    """
    made = await queries.of_call(session, conversation.org_id, wish.call_id)
    if made is None:
        values = _checked({"subject": wish.subject, "description": wish.description, "priority": wish.priority})
        made = SupportTicket(
            org_id=conversation.org_id,
            conversation_id=conversation.id,
            email=wish.email,
            opened_by=wish.agent_name,
            agent_id=wish.agent_id,
            agent_version=wish.agent_version,
            call_id=wish.call_id,
            told_in=wish.told_in,
            number=0,
            **values,
        )
        chat = {"session_id": wish.told_in} if wish.told_in else {}
        await _open(session, conversation, made, agent_id=str(wish.agent_id or ""), **chat)
    return await get(session, made.id)


async def open_by_person(
    session: AsyncSession,
    principal: Principal,
    given: Mapping[str, Any],
    *,
    conversation_id: UUID | None = None,
    contact_id: UUID | None = None,
) -> TicketRow:
    """Open a ticket for a customer, named by their conversation or as a contact, with the values of `FIELDS`.

    Raises `NotFound`, `Invalid` that names the field, `LimitReached` (`too_many_tickets`).
    """
    principal.require(MemberRole.SUPPORT)
    values = await _known(session, {"subject": "", **given, "status": TicketStatus.OPEN})
    if conversation_id is not None:
        conversation = await conversations.locked(session, conversation_id)
    elif contact_id is not None:
        conversation = await conversations.for_contact(session, (await contacts.get(session, contact_id)).id)
    else:
        raise Invalid("Say whose ticket this is.", field="conversation_id")
    contact = await contacts.get(session, conversation.contact_id)
    made = SupportTicket(
        org_id=conversation.org_id,
        conversation_id=conversation.id,
        email=(contact.email or "").lower(),
        opened_by=principal.name,
        opened_by_user_id=principal.user_id,
        number=0,
        **values,
    )
    await _open(session, conversation, made, member_id=str(principal.user_id))
    await _record(session, principal, made, "opened", list(values))
    return await get(session, made.id)


async def change(session: AsyncSession, principal: Principal, ticket_id: UUID, given: Mapping[str, Any]) -> TicketRow:
    """Change those of `FIELDS` that are given; nothing in `assigned_to` or `due_date` takes it off.

    Raises `NotFound`, `Invalid` that names the field.
    """
    principal.require(MemberRole.SUPPORT)
    values = await _known(session, given)
    stored, conversation = await _held(session, ticket_id)
    changed = [name for name, value in values.items() if getattr(stored, name) != value]
    if not changed:
        return await get(session, stored.id)
    for name in changed:
        setattr(stored, name, values[name])
    verb = "changed"
    if "status" in changed:
        verb = _VERBS[TicketStatus(stored.status)]
        stored.closed_at = clock.now() if stored.status == TicketStatus.CLOSED else None
        words = f"{principal.name} {verb} ticket {ref_of(stored.number)}"
        await conversations.note_event(
            session, conversation, words, ticket_id=str(stored.id), member_id=str(principal.user_id)
        )
    session.add(stored)
    await session.flush()
    await _record(session, principal, stored, verb, changed)
    await _announce(session, stored)
    return await get(session, stored.id)


async def _open(session: AsyncSession, conversation: Conversation, made: SupportTicket, **data: str) -> None:
    """Number and store a ticket of a locked conversation, and say so in the timeline and to the team."""
    if await queries.count_open(session, conversation.id) >= MOST_OPEN:
        raise LimitReached(f"This customer has {MOST_OPEN} open tickets. Close one first.", code="too_many_tickets")
    made.number = await queries.next_number(session, conversation.org_id)
    session.add(made)
    await session.flush()
    words = f"{made.opened_by} opened ticket {ref_of(made.number)}: “{made.subject}”"
    item = await conversations.note_event(session, conversation, words, ticket_id=str(made.id), **data)
    await notifications.note_ticket(session, item)
    await _announce(session, made)


async def _held(session: AsyncSession, ticket_id: UUID) -> tuple[SupportTicket, Conversation]:
    """Return a ticket and its conversation, both locked, in the order in which everybody locks them."""
    org_id = org_id_of(session)
    known = await queries.ticket(session, org_id, ticket_id)
    if known is None:
        raise NotFound("This ticket does not exist.")
    conversation = await conversations.locked(session, known.conversation_id)
    stored = await queries.ticket(session, org_id, ticket_id, for_update=True)
    if stored is None or stored.conversation_id != conversation.id:
        raise NotFound("This ticket does not exist.")
    return stored, conversation


async def _known(session: AsyncSession, given: Mapping[str, Any]) -> dict[str, Any]:
    values = _checked(given)
    assignee = values.get("assignee_id")
    if assignee is not None and not await queries.is_member(session, org_id_of(session), assignee):
        raise Invalid("This person is not on the team.", field="assigned_to")
    return values


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of what is given, as they are stored. Raises `Invalid` that names the field."""
    found: dict[str, Any] = {}
    if "subject" in given:
        found["subject"] = " ".join(_text(given, "subject", SUBJECT_LIMIT).split())
        if not found["subject"]:
            raise Invalid("Say in a few words what it is about.", field="subject")
    if "description" in given:
        found["description"] = _text(given, "description", DESCRIPTION_LIMIT).strip()
    for name, options in (("priority", TicketPriority), ("status", TicketStatus)):
        if name in given:
            if given[name] not in list(options):
                raise Invalid(f"Choose one of: {', '.join(options)}.", field=name)
            found[name] = str(given[name])
    if "assigned_to" in given:
        found["assignee_id"] = parse_id(given["assigned_to"], "assigned_to") if given["assigned_to"] else None
    if "due_date" in given:
        found["due_on"] = _day(given["due_date"])
    return found


def _text(given: Mapping[str, Any], name: str, limit: int) -> str:
    value = given[name] or ""
    if not isinstance(value, str):
        raise Invalid("This must be text.", field=name)
    if len(value) > limit:
        raise Invalid(f"At most {limit:,} characters.", field=name)
    return clean(value)


def _day(value: Any) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid("Write a day such as 2026-12-24.", field="due_date") from None


async def _record(
    session: AsyncSession, principal: Principal, stored: SupportTicket, verb: str, fields: list[str]
) -> None:
    source = "api" if principal.is_key else "ui"
    details = {"name": ref_of(stored.number), "fields": sorted(fields)}
    await audit.record(session, principal, f"{source}:ticket:{verb}", stored.id, details)


async def _announce(session: AsyncSession, stored: SupportTicket) -> None:
    await realtime.announce(
        session, stored.org_id, CHANGED, conversation_id=stored.conversation_id, subject=str(stored.id)
    )
