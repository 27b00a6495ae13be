"""What is done when customers write about a topic, and each time that it was."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from backend.core.crypto import EncryptedText
from backend.models.base import TenantRow, document, moment
from backend.vocab import MatchStatus


class SemanticMatchAction(TenantRow, table=True):
    """An alert of an agent: a topic in plain words, how alike a message must be, and what happens then.

    `secret` is Slack's address or HubSpot's token. `vectors` hold the topic and its examples as the embedding model of
    `vector_space` sees them, made on first use. Without `channels` it listens on all of them.
    """

    __tablename__ = "semantic_match_actions"
    __table_args__ = (
        UniqueConstraint("agent_id", "name"),
        Index("semantic_match_actions_active", "org_id", postgresql_where=text("is_active")),
    )

    agent_id: UUID = Field(foreign_key="agent_configs.id", ondelete="CASCADE")
    template_id: UUID | None = Field(default=None, foreign_key="message_templates.id", ondelete="SET NULL", index=True)
    name: str
    topic: str
    examples: list[str] = document(list)
    threshold: float
    channels: list[str] = document(list)
    cooldown_minutes: int = 60
    is_cooldown_per_customer: bool = False
    action_type: str
    action_config: dict[str, Any] = document(dict)
    secret: str = Field(default="", sa_type=EncryptedText)
    words: str = ""
    is_active: bool = True
    vector_space: str = ""
    vectors: list[list[float]] = document(list)
    last_triggered_at: datetime | None = moment()
    trigger_count: int = 0


class SemanticMatch(TenantRow, table=True):
    """One message that was about an alert's topic, and what came of it; once per alert and message."""

    __tablename__ = "semantic_matches"
    __table_args__ = (
        UniqueConstraint("action_id", "item_id"),
        Index("semantic_matches_action", "action_id", "id"),
    )

    action_id: UUID = Field(foreign_key="semantic_match_actions.id", ondelete="CASCADE")
    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE", index=True)
    item_id: UUID = Field(foreign_key="conversation_items.id", ondelete="CASCADE", index=True)
    channel: str = ""
    score: float
    phrase: str = ""
    """Which of the topic's phrases the message is most like."""
    excerpt: str = ""
    status: str = MatchStatus.WAITING
    result: str = ""
    attempts: int = 0
    attempted_at: datetime | None = moment()
    finished_at: datetime | None = moment()
