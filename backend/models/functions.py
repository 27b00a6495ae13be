"""What agents may call: functions every agent has, the secrets they carry, and the log of every tool call."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from backend.core.crypto import EncryptedText
from backend.models.base import TenantRow, document, moment
from backend.vocab import Authority, ToolCallStatus


class SharedFunction(TenantRow, table=True):
    """A function that every agent of the organization may call; an agent's own stand in its draft and versions."""

    __tablename__ = "shared_functions"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    name: str
    definition: dict[str, Any] = document(dict)


class FunctionSecret(TenantRow, table=True):
    """The value of a header, for one origin alone; or what the organization signs its calls with."""

    __tablename__ = "function_secrets"
    __table_args__ = (Index("function_secrets_org", "org_id", "purpose"),)

    purpose: str
    origin: str = ""
    value: str = Field(sa_type=EncryptedText)


class ToolCall(TenantRow, table=True):
    """One call of a tool: what it was given, what came of it, when, and who allowed it.

    `key` is unique to the wish behind a call, so that a turn that runs twice calls once. `authority` says who allowed
    it, the agent's settings or a person (`allowed_by`); no call runs without. Of one that waited for a person, `offer`
    is the tool as they were shown it.
    """

    __tablename__ = "tool_calls"
    __table_args__ = (
        UniqueConstraint("org_id", "key"),
        Index("tool_calls_org", "org_id", "created_at"),
        Index("tool_calls_function", "function_id", "id"),
        Index("tool_calls_waiting", "conversation_id", postgresql_where=text("status = 'waiting'")),
        CheckConstraint(
            "authority <> '' OR status IN ('waiting', 'refused', 'expired')", name="tool_calls_are_allowed"
        ),
    )

    key: str
    conversation_id: UUID | None = Field(default=None, foreign_key="conversations.id", ondelete="CASCADE", index=True)
    turn_id: UUID | None = Field(default=None, foreign_key="agent_turns.id", ondelete="SET NULL", index=True)
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    agent_name: str = ""
    agent_version: int = 0
    channel: str = ""
    function_id: UUID | None = None
    """Of a function people made; none of the product's own tools has one."""
    kind: str = Field(default="", sa_column_kwargs={"server_default": ""})
    name: str
    arguments: dict[str, Any] = document(dict)
    status: str = ToolCallStatus.RUNNING
    result: str = ""
    request: dict[str, Any] = document(dict)
    """The method and the address of what was asked, without headers."""
    told: dict[str, Any] = document(dict)
    """What the agent was told of the answer, as `{"data": …}`, where its function picks something of it."""
    http_status: int = 0
    attempts: int = 0
    ms: int = 0
    is_test: bool = False
    authority: str = Field(default=Authority.NOBODY, sa_column_kwargs={"server_default": Authority.POLICY})
    allowed_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)
    allowed_by_name: str = ""
    offer: dict[str, Any] = document(dict)
    decided_by_name: str = Field(default="", sa_column_kwargs={"server_default": ""})
    note: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """What the person who decided said to the agent."""
    expires_at: datetime | None = moment()
    decided_at: datetime | None = moment()
    finished_at: datetime | None = moment()
