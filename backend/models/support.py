"""Tickets: what a team has promised its customers to look into."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from backend.models.base import TenantRow, moment
from backend.vocab import TicketPriority, TicketStatus


class SupportTicket(TenantRow, table=True):
    """One matter of a contact, opened by an agent or a person; its conversation says whose it is."""

    __tablename__ = "support_tickets"
    __table_args__ = (
        UniqueConstraint("org_id", "number"),
        UniqueConstraint("org_id", "call_id"),
        Index("support_tickets_list", "org_id", "status", "id"),
        Index("support_tickets_conversation", "conversation_id", "id"),
    )

    number: int = Field(sa_type=BigInteger)
    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE")
    subject: str
    description: str = ""
    email: str = ""
    """Where the contact is certain to be reached; empty where nobody knows that."""
    priority: str = TicketPriority.MEDIUM
    status: str = TicketStatus.OPEN
    assignee_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)
    due_on: date | None = None
    opened_by: str = ""
    opened_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    agent_version: int = 0
    call_id: UUID | None = None
    """The call of a tool that opened it, so that one wish opens one ticket."""
    told_in: str = ""
    """The web chat it was opened in: it goes where the chat goes."""
    closed_at: datetime | None = moment()
