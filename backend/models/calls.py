"""Calls: what each is and came to, everything that happened in it, and whose calls go straight to a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field

from backend.core import clock
from backend.models.base import TenantRow, document, moment
from backend.vocab import CallStatus


class CallRecord(TenantRow, table=True):
    """One call. Its id is the only key that others know it by; `vendor_call_id` is the carrier's name for our leg.

    Status, times, duration and disposition are read from its events (`calls.projection`) and written nowhere else.
    """

    __tablename__ = "call_records"
    __table_args__ = (
        Index("call_records_vendor_key", "vendor_call_id", unique=True, postgresql_where=text("vendor_call_id <> ''")),
        Index("call_records_org_recent", "org_id", "id"),
        Index("call_records_org_disposition", "org_id", "disposition", "id"),
        Index("call_records_org_agent", "org_id", "agent_id", "id"),
        Index("call_records_org_number", "org_id", "service_number", "id"),
        Index("call_records_conversation", "conversation_id", "id"),
        Index("call_records_contact", "contact_id"),
        Index("call_records_reserved", "org_id", postgresql_where=text("reserved_micros > 0")),
        Index("call_records_kept", "org_id", "id", postgresql_where=text("emptied_at IS NULL")),
        Index(
            "call_records_open",
            "status",
            "updated_at",
            postgresql_where=text("status in ('initiated','ringing','in_progress')"),
        ),
    )

    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE")
    contact_id: UUID = Field(foreign_key="contacts.id", ondelete="CASCADE")
    number_id: UUID | None = Field(default=None, foreign_key="service_numbers.id", ondelete="SET NULL", index=True)
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    agent_version: int = 0
    started_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    own_phone: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The telephone of the person who calls, in E.164, where that is rung before anybody is called."""
    direction: str
    caller_number: str
    """The other party's number, whoever of the two called."""
    service_number: str
    """Our number."""
    vendor_call_id: str = ""
    purpose: str = ""
    goal: str = ""
    template_id: UUID | None = Field(default=None, foreign_key="message_templates.id", ondelete="SET NULL", index=True)
    template_title: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The template the purpose and goal were written from, by the title it had; empty where there is none."""
    prompt_override: str = ""
    variables: dict[str, Any] = document(dict)
    caller_data: dict[str, Any] = document(dict)
    """What the caller of the API wants to find again; names that begin with `_` are not shown."""
    status: str = CallStatus.INITIATED
    disposition: str = ""
    disposition_reason: str = ""
    started_at: datetime = moment(clock.now)
    answered_at: datetime | None = moment()
    ended_at: datetime | None = moment()
    duration_s: int = 0
    attempts: int = 0
    attempted_at: datetime | None = moment()
    summary: str = Field(default="", sa_column_kwargs={"server_default": ""})
    outcome: str = Field(default="", sa_column_kwargs={"server_default": ""})
    sentiment: str = Field(default="", sa_column_kwargs={"server_default": ""})
    action_items: list[str] = document(list)
    reserved_micros: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    """What is kept back of the balance while the call lasts."""
    cost_micros: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    costs: dict[str, Any] = document(dict)
    """What it cost by component, in micro-dollars."""
    settled_at: datetime | None = moment()
    collected: dict[str, Any] = document(dict)
    """What the agent found out while the call lasted, by the names of its details."""
    emptied_at: datetime | None = moment()
    """When its recordings and words were removed, because its organization keeps them no longer."""
    read_at: datetime | None = moment()
    """When a model read what was said, and with it the four before; empty while none has, or none may."""


class CallEvent(TenantRow, table=True):
    """Something that happened in a call, told by one of its sources under an id of its own; rows are only added."""

    __tablename__ = "call_events"
    __table_args__ = (
        UniqueConstraint("call_id", "source", "event_id"),
        Index("call_events_call", "call_id", "at"),
        Index("call_events_words", "words", postgresql_using="gin"),
    )

    call_id: UUID = Field(foreign_key="call_records.id", ondelete="CASCADE")
    source: str
    event_id: str
    kind: str
    at: datetime = moment(clock.now)
    data: dict[str, Any] = document(dict)
    words: Any = Field(default=None, sa_column=Column(TSVECTOR, nullable=True))
    """What a line that was spoken is found by; the database fills it (see the migration that made it)."""


class CallWait(TenantRow, table=True):
    """A caller for whom browsers of the team ring; `outcome` is empty while they do."""

    __tablename__ = "call_waits"
    __table_args__ = (
        Index("call_waits_call", "call_id", "id"),
        Index("call_waits_open_call", "call_id", unique=True, postgresql_where=text("outcome = ''")),
        Index("call_waits_open", "org_id", "id", postgresql_where=text("outcome = ''")),
    )

    call_id: UUID = Field(foreign_key="call_records.id", ondelete="CASCADE")
    team_id: UUID | None = Field(default=None, foreign_key="teams.id", ondelete="SET NULL", index=True)
    ends_at: datetime = moment(clock.now)
    taken_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)
    taken_at: datetime | None = moment()
    declined_by: list[str] = document(list)
    outcome: str = ""


class CallWhitelistEntry(TenantRow, table=True):
    """A caller whom an agent does not answer: the call goes straight to a number of the business's people."""

    __tablename__ = "call_whitelist"
    __table_args__ = (UniqueConstraint("agent_id", "caller_number"),)

    agent_id: UUID = Field(foreign_key="agent_configs.id", ondelete="CASCADE")
    caller_number: str
    forward_to: str
    label: str = ""
