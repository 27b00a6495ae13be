"""Shape tickets as screens, files and the API see them."""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID


class TicketRow(TypedDict):
    """One ticket in plain JSON; times are ISO 8601 in UTC, `due_date` is a day; what is not known is empty."""

    id: str
    ticket_ref: str
    subject: str
    description: str
    email: str
    priority: str
    status: str
    assigned_to: str
    assigned_name: str
    due_date: str
    is_overdue: bool
    opened_by: str
    is_by_agent: bool
    agent_version: int
    conversation_id: str
    contact_id: str
    contact_name: str
    contact_phone: str
    created_at: str
    closed_at: str


@dataclass(frozen=True)
class TicketFilter:
    """What to show; an empty field stands for everything. `assigned_to` is an account's id, or `nobody`."""

    status: str = ""
    priority: str = ""
    assigned_to: str = ""
    search: str = ""


@dataclass(frozen=True)
class TicketPage:
    """One page, newest first: where the next begins (empty at the end), and how many fit the filter."""

    rows: list[TicketRow]
    next: str
    total: int


@dataclass(frozen=True)
class AgentsTicket:
    """What an agent wants looked into, by which call of its tool, and in which web chat if in one."""

    subject: str
    description: str
    priority: str
    call_id: UUID
    agent_id: UUID | None
    agent_name: str
    agent_version: int
    email: str = ""
    told_in: str = ""
