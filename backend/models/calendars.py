"""Calendars that agents book in: the organization's account, and the appointments made through us."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, UniqueConstraint
from sqlmodel import Field

from backend.core.crypto import EncryptedText
from backend.models.base import TenantRow, document, moment


class CalendarConnection(TenantRow, table=True):
    """The account of an organization at Cal.com, and the kinds of appointments it had when we last looked."""

    __tablename__ = "calendar_connections"
    __table_args__ = (UniqueConstraint("org_id"),)

    api_key: str = Field(sa_type=EncryptedText)
    username: str = ""
    email: str = ""
    timezone: str = "UTC"
    event_types: list[dict[str, Any]] = document(list)
    last_error: str = ""
    """Why the last look failed, in words; empty when all is well."""
    checked_at: datetime | None = moment()


class Booking(TenantRow, table=True):
    """One appointment in the calendar, as it stands after the last change made through us."""

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("org_id", "uid", "seat_uid"),
        UniqueConstraint("org_id", "call_id"),
        Index("bookings_conversation", "conversation_id", "starts_at"),
        Index("bookings_vendor", "org_id", "vendor_id"),
    )

    conversation_id: UUID | None = Field(default=None, foreign_key="conversations.id", ondelete="CASCADE")
    told_in: str = ""
    """The chat whose visitor proved nothing and booked it: nobody else of the conversation may hear of it."""
    call_id: UUID | None = None
    """The call of a tool that made it, so that one wish makes one appointment."""
    uid: str
    """What the calendar calls it; another one after each move."""
    seat_uid: str = ""
    """Of an appointment that several share, the place of this one."""
    vendor_id: int = Field(default=0, sa_type=BigInteger)
    event_type_id: int = Field(default=0, sa_type=BigInteger)
    title: str = ""
    starts_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False)
    ends_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False)
    timezone: str = "UTC"
    status: str = ""
    attendee_name: str = ""
    attendee_email: str = ""
    attendee_phone: str = ""
    meeting_url: str = ""
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    agent_name: str = ""
