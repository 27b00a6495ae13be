"""Text messages, their media, who opted out, and what is to be sent later."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from backend.core import clock
from backend.models.base import TenantRow, document, moment
from backend.vocab import ActionStatus, MessageStatus


class SmsMessage(TenantRow, table=True):
    """One text. `message_sid` is the carrier's id; `dedupe_key` makes each of our own sends happen once."""

    __tablename__ = "sms_messages"
    __table_args__ = (
        Index("sms_messages_sid_key", "message_sid", unique=True, postgresql_where=text("message_sid <> ''")),
        Index(
            "sms_messages_dedupe_key", "org_id", "dedupe_key", unique=True, postgresql_where=text("dedupe_key <> ''")
        ),
        Index("sms_messages_org_conversation", "org_id", "conversation_id", "id"),
        Index("sms_messages_contact", "contact_id"),
        Index("sms_messages_org_recent", "org_id", "id"),
        Index(
            "sms_messages_org_problems",
            "org_id",
            "id",
            postgresql_where=text("status in ('failed','undelivered')"),
        ),
        Index(
            "sms_messages_open", "status", "updated_at", postgresql_where=text("status in ('queued','sending','sent')")
        ),
    )

    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE")
    contact_id: UUID = Field(foreign_key="contacts.id", ondelete="CASCADE")
    number_id: UUID | None = Field(default=None, foreign_key="service_numbers.id", ondelete="SET NULL", index=True)
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    sent_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    direction: str
    sender_number: str
    recipient_number: str
    content: str = ""
    segments: int = 1
    encoding: str = "GSM-7"
    status: str = MessageStatus.QUEUED
    message_sid: str = ""
    dedupe_key: str = ""
    is_ai_generated: bool = False
    error_code: str = ""
    error_message: str = ""
    attempts: int = 0
    attempted_at: datetime | None = moment()
    sent_at: datetime | None = moment()
    delivered_at: datetime | None = moment()


class MessageMedia(TenantRow, table=True):
    """A picture or file of a text, kept in our own private storage."""

    __tablename__ = "message_media"
    __table_args__ = (UniqueConstraint("message_id", "position"),)

    message_id: UUID = Field(foreign_key="sms_messages.id", ondelete="CASCADE")
    position: int
    content_type: str
    vendor_url: str
    path: str = ""
    size_bytes: int = 0
    error: str = ""


class SmsOptOut(TenantRow, table=True):
    """Whether a person lets one of our numbers text them, and the message that said so.

    It is what counts now of the ledger (`Consent`); an empty `service_number` means all of our numbers.
    """

    __tablename__ = "sms_opt_outs"
    __table_args__ = (
        UniqueConstraint("org_id", "service_number", "phone_number"),
        Index("sms_opt_outs_person", "org_id", "phone_number", postgresql_where=text("is_opted_out")),
    )

    service_number: str
    phone_number: str
    is_opted_out: bool = True
    keyword: str = ""
    evidence_message_id: UUID | None = Field(default=None, foreign_key="sms_messages.id", ondelete="SET NULL")
    changed_at: datetime = moment(clock.now)


class ScheduledAction(TenantRow, table=True):
    """Something to do later, once."""

    __tablename__ = "scheduled_actions"
    __table_args__ = (
        Index("scheduled_actions_due", "scheduled_at", postgresql_where=text("status = 'pending'")),
        Index("scheduled_actions_org", "org_id", "id"),
    )

    conversation_id: UUID | None = Field(default=None, foreign_key="conversations.id", ondelete="CASCADE")
    created_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    action_type: str = "send_sms"
    scheduled_at: datetime = moment(clock.now)
    status: str = ActionStatus.PENDING
    parameters: dict[str, Any] = document(dict)
    created_via: str = "ui"
    executed_at: datetime | None = moment()
    error_message: str = ""
