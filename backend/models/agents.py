"""Agents, and the record of every turn they took."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from backend.models.base import TenantRow, document, moment
from backend.vocab import AgentType, Channel, TurnStatus


class AgentConfig(TenantRow, table=True):
    """One agent: who it is, how it speaks and when it answers.

    Its columns and `settings` are the published version that answers customers; `draft` holds only what differs from
    it, and `draft_marks` who set each field last: `{field: [revision, name, user id, time]}`. `released` remembers the
    numbers a deleted agent served, so that it can be brought back.
    """

    __tablename__ = "agent_configs"

    name: str
    agent_type: str = AgentType.TEXT
    version: int = 1
    is_active: bool = True
    is_default: bool = False
    system_prompt: str = ""
    greeting: str = ""
    organization_name: str = ""
    owner_name: str = ""
    agent_role: str = ""
    language: str = "en-US"
    llm_model: str = ""
    temperature: float = 0.7
    max_tokens: int = 300
    texts_schedule: dict[str, Any] = document(dict)
    schedule_timezone: str = ""
    after_hours_message: str = ""
    after_hours_sms_forwarding: str = ""
    variables: dict[str, str] = document(dict)
    settings: dict[str, Any] = document(dict)
    draft: dict[str, Any] = document(dict)
    draft_revision: int = 0
    draft_marks: dict[str, Any] = document(dict)
    deleted_at: datetime | None = moment()
    released: dict[str, Any] = document(dict)


class AgentVersion(TenantRow, table=True):
    """What an agent was when it was published: every field of it, who published it and why."""

    __tablename__ = "agent_versions"
    __table_args__ = (UniqueConstraint("agent_id", "number"),)

    agent_id: UUID = Field(foreign_key="agent_configs.id", ondelete="CASCADE")
    number: int
    snapshot: dict[str, Any] = document(dict)
    note: str = ""
    restored_from: int | None = None
    published_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)
    publisher: str = ""


class AgentTurn(TenantRow, table=True):
    """Why an agent said what it said: everything that went into one turn and everything that came out."""

    __tablename__ = "agent_turns"
    __table_args__ = (
        Index("agent_turns_org_day", "org_id", "created_at"),
        # The figures of an agent are read from the index alone.
        Index(
            "agent_turns_figures",
            "org_id",
            "agent_id",
            "created_at",
            postgresql_include=[
                "conversation_id",
                "channel",
                "status",
                "is_unanswered",
                "sentiment",
                "cost_micros",
                "total_ms",
            ],
        ),
        Index("agent_turns_unanswered", "created_at", postgresql_where=text("is_unanswered")),
        Index("agent_turns_waiting", "conversation_id", postgresql_where=text("status = 'waiting'")),
    )

    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE", index=True)
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    agent_name: str = ""
    agent_version: int = 1
    # The records of the channel: texts, or messages of a web chat.
    channel: str = Channel.SMS
    trigger_message_id: UUID = Field(unique=True)
    reply_message_id: UUID | None = None
    status: str = TurnStatus.RUNNING
    reason: str = ""
    reply: str = ""
    is_unanswered: bool = False
    prompt: str = ""
    model: str = ""
    sources: list[dict[str, Any]] = document(list)
    tools: list[dict[str, Any]] = document(list)
    memory: list[dict[str, Any]] = document(list)
    attempts: list[dict[str, Any]] = document(list)
    tokens_in: int = 0
    tokens_out: int = 0
    cost_micros: int = Field(default=0, sa_type=BigInteger)
    # What it may cost while it runs.
    reserved_micros: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    # Which part of the conversation it answers: the chat of a visitor who may be anybody, else the contact's own.
    part: str = Field(default="", sa_column_kwargs={"server_default": ""})
    # Which limit of the conversation was reached, so that people go on.
    cap: str = Field(default="", sa_column_kwargs={"server_default": ""})
    # How the message sounded.
    sentiment: str = Field(default="", sa_column_kwargs={"server_default": ""})
    retrieval_ms: int = 0
    model_ms: int = 0
    total_ms: int = 0
    finished_at: datetime | None = moment()
