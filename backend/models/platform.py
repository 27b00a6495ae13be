"""Rows of the platform itself: what vendors told us, what we must not do twice, who did what, and our own mail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.core import clock
from backend.core.crypto import EncryptedText
from backend.models.base import Row, TenantRow, document, moment


class InboundEvent(Row, table=True):
    """A verified webhook as it came, stored before anything acts on it; unique by the vendor's own id."""

    __tablename__ = "inbound_events"
    __table_args__ = (
        UniqueConstraint("source", "kind", "external_id"),
        Index("inbound_events_received", "received_at"),
    )

    source: str
    kind: str
    external_id: str
    payload: dict[str, Any] = document(dict)
    received_at: datetime = moment(clock.now)
    processed_at: datetime | None = moment()
    outcome: str = ""


class IdempotencyKey(TenantRow, table=True):
    """A request a caller may repeat, and the answer it got the first time."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("org_id", "endpoint", "key"),)

    endpoint: str
    key: str
    request_hash: str
    response_status: int = 0
    response_body: dict[str, Any] = document(dict)


class AuditEntry(Row, table=True):
    """Who did what to what: `action` is `source:subject:verb`. Entries without an organization are the platform's."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("audit_log_org_time", "org_id", "created_at"),
        Index("audit_log_org_subject", "org_id", "subject_id", "created_at"),
    )

    org_id: UUID | None = Field(default=None, foreign_key="organizations.id", ondelete="CASCADE")
    actor_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    actor: str = ""
    action: str
    subject_id: str = ""
    details: dict[str, Any] = document(dict)
    address: str = ""


class RateCounter(SQLModel, table=True):
    """How often something happened in one window of time."""

    __tablename__ = "rate_counters"
    __table_args__ = (Index("rate_counters_expiry", "expires_at"),)

    key: str = Field(primary_key=True)
    window_start: datetime = moment(clock.now, primary_key=True)
    count: int = 0
    expires_at: datetime = moment(clock.now)


class SystemEmail(Row, table=True):
    """A mail of the platform itself (codes, notices); bodies are encrypted because codes stand in them."""

    __tablename__ = "system_emails"

    recipient: str
    subject: str
    text_body: str = Field(sa_type=EncryptedText)
    html_body: str = Field(sa_type=EncryptedText)
    status: str = "queued"
    vendor_id: str = ""
    error_message: str = ""
    attempts: int = 0
    attempted_at: datetime | None = moment()


class VendorCursor(SQLModel, table=True):
    """How far a vendor's list was seen, so that nothing is lost however long we were down."""

    __tablename__ = "vendor_cursors"

    name: str = Field(primary_key=True)
    seen_until: datetime = moment(clock.now)


class ClockTick(SQLModel, table=True):
    """A moment at which a periodic task was enqueued; the key makes each moment count once."""

    __tablename__ = "clock_ticks"

    task: str = Field(primary_key=True)
    nominal_at: datetime = moment(clock.now, primary_key=True)
