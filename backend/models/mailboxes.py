"""Mailboxes that agents answer, the emails that came and went through them, and the files they brought."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from backend.models.base import TenantRow, document, moment
from backend.vocab import MailboxMode, MessageStatus


class AgentEmailConfig(TenantRow, table=True):
    """The mailbox of one agent: `address` is the one we give it, `public_address` the one people write to.

    Mail to the public address is forwarded to ours; `verified_at` says when a test came through.
    """

    __tablename__ = "agent_email_configs"
    __table_args__ = (UniqueConstraint("agent_id"), UniqueConstraint("address"))

    agent_id: UUID = Field(foreign_key="agent_configs.id", ondelete="CASCADE")
    address: str
    public_address: str = ""
    sender_name: str = ""
    mode: str = MailboxMode.DRAFT
    is_active: bool = True
    test_token: str = ""
    tested_at: datetime | None = moment()
    verified_at: datetime | None = moment()


class EmailMessage(TenantRow, table=True):
    """One email, as plain text: its markup is never kept.

    `message_id` is the one of its header; `vendor_id` the mail service's; `dedupe_key` makes each of our own sends
    happen once. Mails that answer each other share a `thread_id`. `is_proven` says that the sender's domain vouched
    for the address the mail claims to come from.
    """

    __tablename__ = "email_messages"
    __table_args__ = (
        Index(
            "email_messages_dedupe_key", "org_id", "dedupe_key", unique=True, postgresql_where=text("dedupe_key <> ''")
        ),
        Index(
            "email_messages_received_key",
            "mailbox_id",
            "message_id",
            unique=True,
            postgresql_where=text("direction = 'inbound'"),
        ),
        Index("email_messages_header", "org_id", "message_id"),
        Index("email_messages_org_conversation", "org_id", "conversation_id", "id"),
        Index("email_messages_contact", "contact_id"),
        Index("ix_email_messages_agent_id", "agent_id"),
    )

    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE")
    contact_id: UUID = Field(foreign_key="contacts.id", ondelete="CASCADE")
    mailbox_id: UUID | None = Field(default=None, foreign_key="agent_email_configs.id", ondelete="SET NULL")
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL")
    sent_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    thread_id: UUID
    direction: str
    from_address: str
    from_name: str = ""
    to_addresses: list[str] = document(list)
    cc_addresses: list[str] = document(list)
    subject: str = ""
    body_text: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    reference_ids: list[str] = document(list)
    vendor_id: str = ""
    dedupe_key: str = ""
    status: str = MessageStatus.QUEUED
    error_code: str = ""
    error_message: str = ""
    is_proven: bool = False
    is_ai_generated: bool = False
    attempts: int = 0
    attempted_at: datetime | None = moment()
    sent_at: datetime | None = moment()
    delivered_at: datetime | None = moment()


class EmailFile(TenantRow, table=True):
    """A file that came with an email, kept in our own private storage; `error` says why one was not kept."""

    __tablename__ = "email_files"
    __table_args__ = (UniqueConstraint("message_id", "position"),)

    message_id: UUID = Field(foreign_key="email_messages.id", ondelete="CASCADE")
    position: int
    name: str = ""
    content_type: str = ""
    size_bytes: int = 0
    path: str = ""
    error: str = ""
