"""Routines an agent runs by the clock or by what happens: their settings, each run, and each person it concerned."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from backend.core.crypto import EncryptedText
from backend.models.base import TenantRow, document, moment
from backend.vocab import DeliveryOutcome, RunStatus


class AgentSkill(TenantRow, table=True):
    """One skill of one agent, as somebody set it up. `memory` is what a report knows from its last run."""

    __tablename__ = "agent_skills"
    __table_args__ = (
        UniqueConstraint("agent_id", "skill"),
        Index("agent_skills_due", "next_look_at", postgresql_where=text("is_enabled and next_look_at is not null")),
    )

    agent_id: UUID = Field(foreign_key="agent_configs.id", ondelete="CASCADE")
    skill: str
    is_enabled: bool = False
    config: dict[str, Any] = document(dict)
    audience: dict[str, Any] = document(dict)
    sending_window: dict[str, Any] = document(dict)
    trigger_type: str
    schedule_config: dict[str, Any] = document(dict)
    delivery_channels: list[str] = document(list)
    recipients: list[str] = document(list)
    """User ids of the teammates who get a report."""
    daily_limit: int = 50
    secret: str | None = Field(default=None, sa_type=EncryptedText)
    """What opens the other system that a skill writes into."""
    memory: dict[str, Any] = document(dict)
    enabled_at: datetime | None = moment()
    next_look_at: datetime | None = moment()
    last_executed_at: datetime | None = moment()
    execution_count: int = 0


class SkillRun(TenantRow, table=True):
    """One run of a skill. `occasion` is unique to it, so that two clocks start it once."""

    __tablename__ = "skill_runs"
    __table_args__ = (
        UniqueConstraint("agent_skill_id", "occasion"),
        Index("skill_runs_newest", "agent_skill_id", "id"),
    )

    agent_skill_id: UUID = Field(foreign_key="agent_skills.id", ondelete="CASCADE")
    occasion: str
    trigger_type: str
    status: str = RunStatus.PENDING
    is_dry_run: bool = False
    started_by: str = ""
    summary: str = ""
    result: dict[str, Any] = document(dict)
    error_message: str = ""
    started_at: datetime | None = moment()
    completed_at: datetime | None = moment()


class SkillDelivery(TenantRow, table=True):
    """What a run meant for one person, and what came of it: `occasion` is taken once, except by a dry run.

    A customer has a `contact_id`; a teammate who gets a report only a `recipient`.
    """

    __tablename__ = "skill_deliveries"
    __table_args__ = (
        Index(
            "skill_deliveries_occasion",
            "agent_skill_id",
            "occasion",
            unique=True,
            postgresql_where=text("not is_dry_run"),
        ),
        Index("skill_deliveries_due", "due_at", postgresql_where=text("outcome = 'waiting' and not is_dry_run")),
        Index("skill_deliveries_run", "run_id", "id"),
        Index("skill_deliveries_contact", "contact_id", "sent_at"),
        Index("skill_deliveries_sent", "agent_skill_id", "sent_at", postgresql_where=text("sent_at is not null")),
    )

    agent_skill_id: UUID = Field(foreign_key="agent_skills.id", ondelete="CASCADE")
    run_id: UUID = Field(foreign_key="skill_runs.id", ondelete="CASCADE")
    contact_id: UUID | None = Field(default=None, foreign_key="contacts.id", ondelete="CASCADE")
    conversation_id: UUID | None = Field(default=None, foreign_key="conversations.id", ondelete="CASCADE", index=True)
    message_id: UUID | None = Field(default=None, foreign_key="sms_messages.id", ondelete="SET NULL", index=True)
    occasion: str
    channel: str
    recipient: str = ""
    body: str = ""
    context: dict[str, Any] = document(dict)
    """What the message is filled with, beside what is known of the contact."""
    outcome: str = DeliveryOutcome.WAITING
    reason_code: str = ""
    reason: str = ""
    is_dry_run: bool = False
    due_at: datetime | None = moment()
    expires_at: datetime | None = moment()
    sent_at: datetime | None = moment()
