"""Tests of agents: suites of cases, the rounds that ran them, and conversations replayed against a draft."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from backend.models.base import TenantRow, document, moment
from backend.vocab import CaseStatus, RoundKind, RoundStatus


class EvalSuite(TenantRow, table=True):
    """Cases that are run together; of one agent, or without one of every agent.

    `is_gathered` marks the suite that real conversations of an agent go into.
    """

    __tablename__ = "test_suites"
    __table_args__ = (Index("test_suites_org", "org_id", "agent_id"),)

    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="CASCADE", index=True)
    name: str
    description: str = ""
    is_gathered: bool = False


class EvalCase(TenantRow, table=True):
    """One case: who writes, what about, and what must come of it; see `evals.definitions` for `definition`.

    One made from a real conversation goes when that goes, because it is made of somebody's words.
    """

    __tablename__ = "test_cases"

    suite_id: UUID = Field(foreign_key="test_suites.id", ondelete="CASCADE", index=True)
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="CASCADE", index=True)
    conversation_id: UUID | None = Field(default=None, foreign_key="conversations.id", ondelete="CASCADE", index=True)
    name: str
    description: str = ""
    definition: dict[str, Any] = document(dict)


class EvalRound(TenantRow, table=True):
    """Cases, or past conversations, run against an agent as it was at one moment; `version` 0 is its draft.

    `snapshot` holds every field of the agent, so that what is run does not change while it runs.
    """

    __tablename__ = "test_rounds"
    __table_args__ = (Index("test_rounds_agent", "agent_id", "kind", "id"),)

    agent_id: UUID = Field(foreign_key="agent_configs.id", ondelete="CASCADE")
    suite_id: UUID | None = Field(default=None, foreign_key="test_suites.id", ondelete="SET NULL", index=True)
    kind: str = RoundKind.TESTS
    title: str = ""
    version: int = 0
    live_version: int = 0
    revision: int = 0
    """Of the draft, so that one can tell whether it changed since."""
    snapshot: dict[str, Any] = document(dict)
    status: str = RoundStatus.RUNNING
    started_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)
    started_by_name: str = ""
    finished_at: datetime | None = moment()


class EvalRun(TenantRow, table=True):
    """One case in a round: the case as it was, what was said, and what became of each check.

    Whoever runs it holds the number in `attempt`; a second process takes the next one, and the first stops.
    """

    __tablename__ = "test_runs"
    __table_args__ = (UniqueConstraint("round_id", "position"), Index("test_runs_org", "org_id", "id"))

    round_id: UUID = Field(foreign_key="test_rounds.id", ondelete="CASCADE")
    suite_id: UUID | None = Field(default=None, foreign_key="test_suites.id", ondelete="SET NULL", index=True)
    case_id: UUID | None = Field(default=None, foreign_key="test_cases.id", ondelete="SET NULL", index=True)
    conversation_id: UUID | None = Field(default=None, foreign_key="conversations.id", ondelete="CASCADE", index=True)
    position: int = 0
    name: str
    definition: dict[str, Any] = document(dict)
    status: str = CaseStatus.QUEUED
    attempt: int = 0
    ending: str = ""
    state: dict[str, Any] = document(dict)
    lines: list[dict[str, Any]] = document(list)
    checks: list[dict[str, Any]] = document(list)
    error: str = ""
    turns: int = 0
    cost_micros: int = Field(default=0, sa_type=BigInteger)
    total_ms: int = 0
    started_at: datetime | None = moment()
    finished_at: datetime | None = moment()


class ReplayedTurn(TenantRow, table=True):
    """A real turn taken again by a draft: what it decided then, what it would decide now."""

    __tablename__ = "replayed_turns"
    __table_args__ = (UniqueConstraint("round_id", "turn_id"),)

    round_id: UUID = Field(foreign_key="test_rounds.id", ondelete="CASCADE")
    turn_id: UUID = Field(foreign_key="agent_turns.id", ondelete="CASCADE", index=True)
    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE", index=True)
    status: str = CaseStatus.QUEUED
    attempt: int = 0
    changes: list[dict[str, Any]] = document(list)
    reply: str = ""
    error: str = ""
    cost_micros: int = Field(default=0, sa_type=BigInteger)
    finished_at: datetime | None = moment()
