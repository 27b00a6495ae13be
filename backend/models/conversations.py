"""The one conversation a business has with each person, across channels, and its timeline."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
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
        Index("conversations_org_team_recent", "org_id", "team_id", "last_item_at", "id"),
        Index("conversations_org_agent_recent", "org_id", "agent_id", "last_item_at", "id"),
        Index("conversations_org_channel_recent", "org_id", "last_channel", "last_item_at", "id"),
        # Every other filter is read from the index alone, in the list's order, however few rows fit it.
        Index(
            "conversations_org_filters",
            "org_id",
            "last_item_at",
            "id",
            postgresql_include=[
                "status",
                "assignee_id",
                "team_id",
                "agent_id",
                "last_channel",
                "last_direction",
                "needs_person",
                "sentiment",
                "contact_id",
            ],
        ),
        Index("conversations_needed", "org_id", "last_item_at", "id", postgresql_where=text("needs_person")),
        Index("conversations_to_remember", "memory_due_at", postgresql_where=text("memory_due_at IS NOT NULL")),
        Index("conversations_snoozed", "snoozed_until", postgresql_where=text("status = 'snoozed'")),
        Index("ix_conversations_team_id", "team_id"),
        Index("ix_conversations_agent_id", "agent_id"),
    )

    contact_id: UUID = Field(foreign_key="contacts.id", ondelete="CASCADE")
    status: str = ConversationStatus.OPEN
    assignee_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    team_id: UUID | None = Field(default=None, foreign_key="teams.id", ondelete="SET NULL")
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL")
    """The agent that answered last, with the version it answered as."""
    agent_version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    handed_to_agent_id: UUID | None = Field(
        default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True
    )
    """The agent another one handed the texts to, until the conversation is closed."""
    sentiment: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """How the person's last message sounded: positive, neutral, negative, or empty when nobody can tell."""
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
    memory_due_at: datetime | None = moment()
    """When what the person said last is to be read for the memory; none while there is nothing new."""


class ConversationItem(TenantRow, table=True):
    """One row of a timeline, pointing at the record it shows. `seq` counts up from 1 within its conversation."""

    __tablename__ = "conversation_items"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        Index("conversation_items_record", "record_id"),
        Index("conversation_items_words", "words", postgresql_using="gin"),
        Index("conversation_items_drafts", "org_id", "conversation_id", postgresql_where=text("kind = 'draft'")),
    )

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
    words: Any = Field(default=None, sa_column=Column(TSVECTOR, nullable=True))
    """What messages and notes are found by; the database fills it (see the migration that made it)."""


class ConversationTag(TenantRow, table=True):
    """A tag on a conversation."""

    __tablename__ = "conversation_tags"
    __table_args__ = (
        UniqueConstraint("conversation_id", "tag_id"),
        Index("conversation_tags_tag", "tag_id", "conversation_id"),
    )

    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE")
    tag_id: UUID = Field(foreign_key="tags.id", ondelete="CASCADE")


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
    is_mentioned: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
