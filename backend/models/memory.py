"""What agents remember: per contact and agent a memory, its facts with their proof, and what must never return."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

from backend.core import clock
from backend.models.base import TenantRow, document, moment
from backend.models.knowledge import LOCAL_DIMENSIONS, OPENAI_DIMENSIONS
from backend.vocab import FactKind, FactOrigin


def _local() -> Any:
    return Field(default=None, sa_column=Column(HALFVEC(LOCAL_DIMENSIONS), nullable=True))


def _openai() -> Any:
    return Field(default=None, sa_column=Column(HALFVEC(OPENAI_DIMENSIONS), nullable=True))


class ConversationContext(TenantRow, table=True):
    """What one agent remembers of one contact.

    `told_in` is the chat of a visitor nobody vouches for, who is remembered in that chat alone; empty when the channel
    proves who is writing.
    """

    __tablename__ = "conversation_contexts"
    __table_args__ = (
        UniqueConstraint("contact_id", "agent_id", "told_in"),
        Index("conversation_contexts_agent", "agent_id", "last_updated"),
    )

    contact_id: UUID = Field(foreign_key="contacts.id", ondelete="CASCADE")
    agent_id: UUID = Field(foreign_key="agent_configs.id", ondelete="CASCADE")
    told_in: str = ""
    summary: str = ""
    key_topics: list[str] = document(list)
    preferences: dict[str, Any] = document(dict)
    relationship_notes: str = ""
    interaction_count: int = 0
    sms_interaction_count: int = 0
    semantic_match_count: int = 0
    last_updated: datetime = moment(clock.now)


class MemoryFact(TenantRow, table=True):
    """A fact of a memory with the sentence that proves it, where and when it was said, and how long it holds."""

    __tablename__ = "memory_facts"
    __table_args__ = (Index("memory_facts_due", "expires_at"),)

    context_id: UUID = Field(foreign_key="conversation_contexts.id", ondelete="CASCADE", index=True)
    kind: str = FactKind.DETAIL
    content: str
    quote: str = ""
    item_id: UUID | None = Field(default=None, foreign_key="conversation_items.id", ondelete="SET NULL", index=True)
    said_at: datetime = moment(clock.now)
    channel: str = ""
    confidence: float = 1.0
    expires_at: datetime | None = moment()
    origin: str = FactOrigin.SAID
    author: str = ""
    """Who of the team wrote it, when it was not the customer."""
    word_hash: str = ""
    marks: list[str] = document(list)
    embedding_local: Any = _local()
    embedding_openai: Any = _openai()


class MemoryStrike(TenantRow, table=True):
    """A fact that must not return: not its words, but what it is known again by. Holds for every agent.

    An `is_exact` one was corrected: the same words do not return, while others about the same thing may.
    """

    __tablename__ = "memory_strikes"

    contact_id: UUID = Field(foreign_key="contacts.id", ondelete="CASCADE", index=True)
    told_in: str = ""
    word_hash: str
    marks: list[str] = document(list)
    is_exact: bool = False
    struck_by: str = ""
    embedding_local: Any = _local()
    embedding_openai: Any = _openai()


class MemoryStretch(TenantRow, table=True):
    """A stretch of a conversation that was read for the memory, once: the messages it covers, and what it was about."""

    __tablename__ = "memory_stretches"
    __table_args__ = (
        Index("memory_stretches_conversation", "conversation_id", "ended_at"),
        Index("memory_stretches_agent", "agent_id", "ended_at"),
    )

    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE")
    context_id: UUID | None = Field(
        default=None, foreign_key="conversation_contexts.id", ondelete="SET NULL", index=True
    )
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL")
    items: list[str] = document(list)
    began_at: datetime = moment(clock.now)
    ended_at: datetime = moment(clock.now)
    channel: str = ""
    summary: str = ""
    topics: list[str] = document(list)
    was_handed_over: bool = False
    embedding_local: Any = _local()
    embedding_openai: Any = _openai()
