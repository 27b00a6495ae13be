"""What people asked the assistant, what it answered, and what it proposed to do."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from backend.core import clock
from backend.models.base import TenantRow, document, moment


class AssistantConversation(TenantRow, table=True):
    """One talk of one person with the assistant; nobody else of the team sees it."""

    __tablename__ = "assistant_conversations"
    __table_args__ = (Index("assistant_conversations_person", "org_id", "user_id", "last_at"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    title: str = ""
    last_at: datetime = moment(clock.now)


class AssistantMessage(TenantRow, table=True):
    """One message: the person's, or the assistant's with the tools it used; `status` says whether it is whole."""

    __tablename__ = "assistant_messages"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"),)

    conversation_id: UUID = Field(foreign_key="assistant_conversations.id", ondelete="CASCADE")
    seq: int
    role: str
    body: str = ""
    status: str = "done"
    error: str = ""
    tools: list[dict[str, Any]] = document(list)
    choices: list[dict[str, Any]] = document(list)
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_micros: int = Field(default=0, sa_type=BigInteger)
    total_ms: int = 0


class AssistantProposal(TenantRow, table=True):
    """Something the assistant would do: `effect` is what happens, frozen, and `shown` what the person was shown of it.

    It happens when the same person confirms it before `expires_at`, once.
    """

    __tablename__ = "assistant_proposals"
    __table_args__ = (Index("assistant_proposals_conversation", "conversation_id", "created_at"),)

    conversation_id: UUID = Field(foreign_key="assistant_conversations.id", ondelete="CASCADE")
    message_id: UUID = Field(foreign_key="assistant_messages.id", ondelete="CASCADE", index=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    place: int = 0
    kind: str
    effect: dict[str, Any] = document(dict)
    shown: dict[str, Any] = document(dict)
    status: str = "pending"
    outcome: str = ""
    link: str = ""
    expires_at: datetime = moment(clock.now)
    decided_at: datetime | None = moment()
