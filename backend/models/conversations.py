"""The one conversation a business has with each person, across channels, and its timeline."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from backend.core import clock
from backend.models.base import TenantRow, document, moment
from backend.vocab import AnswerMode, ConversationStatus


class Conversation(TenantRow, table=True):
    """One conversation per contact: its state for the team and the last item, so that a list is one indexed read."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("org_id", "contact_id"),
        Index("conversations_org_recent", "org_id", "last_item_at", "id"),
        Index("conversations_org_status_recent", "org_id", "status", "last_item_at", "id"),
        Index("conversations_org_assignee_recent", "org_id", "assignee_id", "last_item_at", "id"),
    )

    contact_id: UUID = Field(foreign_key="contacts.id", ondelete="CASCADE")
    status: str = ConversationStatus.OPEN
    assignee_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    snoozed_until: datetime | None = moment()
    answer_mode: str = AnswerMode.AI
    paused_until: datetime | None = moment()
    needs_person: bool = False
    last_seq: int = Field(default=0, sa_type=BigInteger)
    last_item_at: datetime = moment(clock.now)
    last_preview: str = ""
    last_channel: str = ""
    last_direction: str = ""
    last_author_kind: str = ""
    last_status: str = ""


class ConversationItem(TenantRow, table=True):
    """One row of a timeline, pointing at the record it shows. `seq` counts up from 1 within its conversation."""

    __tablename__ = "conversation_items"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"), Index("conversation_items_record", "record_id"))

    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE")
    seq: int = Field(sa_type=BigInteger)
    kind: str
    channel: str = ""
    direction: str = ""
    author_kind: str
    author_id: UUID | None = None
    author_name: str = ""
    body: str = ""
    status: str = ""
    record_id: UUID | None = None
    happened_at: datetime = moment(clock.now)
    data: dict[str, Any] = document(dict)


class ConversationUnread(TenantRow, table=True):
    """What one person has not read in one conversation; the row goes when they read it.

    Kept per person and only while unread, so that badges and the unread filter stay small at any size.
    """

    __tablename__ = "conversation_unreads"
    __table_args__ = (
        UniqueConstraint("user_id", "conversation_id"),
        Index("conversation_unreads_conversation", "conversation_id"),
    )

    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    unread_count: int = 1
