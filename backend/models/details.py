"""What agents find out: details every agent asks for, and what was found out in each conversation."""

from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from backend.models.base import TenantRow, document


class SharedDetail(TenantRow, table=True):
    """A detail that every agent of the organization finds out; an agent's own stand in its draft and versions."""

    __tablename__ = "shared_details"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    name: str
    definition: dict[str, Any] = document(dict)


class ConversationDetail(TenantRow, table=True):
    """What was found out in a conversation under one name; `content` holds `{"value": …}`, of the detail's kind."""

    __tablename__ = "conversation_details"
    __table_args__ = (UniqueConstraint("conversation_id", "told_in", "name"),)

    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE")
    told_in: str = ""
    """The chat whose visitor proved nothing and said it: no other agent of the conversation may know or change it."""
    name: str
    var_type: str = "text"
    content: dict[str, Any] = document(dict)
    is_confirmed: bool = True
    """False until the customer said that what was read back to them is right."""
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    agent_name: str = ""
    channel: str = ""
