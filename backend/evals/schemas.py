"""Shape tests of agents: how a check ended, and how suites, cases, rounds and runs are seen."""

from dataclasses import dataclass, field
from typing import Any, TypedDict

from backend.details.schemas import Found

PASS, FAIL, MAYBE = "pass", "fail", "maybe"


class CheckResult(TypedDict):
    """What became of a check: `verdict` is pass, fail or maybe, and only a pass is one.

    `evidence` quotes what decided; `line` is the place of that line in the conversation from 1, or 0.
    """

    kind: str
    title: str
    verdict: str
    evidence: str
    line: int


@dataclass(frozen=True)
class ToolUse:
    """A tool the agent called in a test."""

    line: int
    name: str
    arguments: dict[str, Any]
    status: str


@dataclass(frozen=True)
class Proceedings:
    """What happened in a tested conversation, for the checks: `said` are the agent's lines as (place, text)."""

    said: tuple[tuple[int, str], ...] = ()
    tools: tuple[ToolUse, ...] = ()
    found: dict[str, Found] = field(default_factory=dict)
    sources: tuple[tuple[int, str], ...] = ()
    unsure_at: tuple[int, ...] = ()
    unanswered_at: tuple[int, ...] = ()
    handed_over_at: int = 0
    hand_over_reason: str = ""
    ending: str = ""
    turns: int = 0
    cost_micros: int = 0
    slowest_ms: int = 0
    total_ms: int = 0


class SuiteView(TypedDict):
    """A suite with its cases; `passed` and `failed` count how the latest run of each ended."""

    id: str
    agent_id: str
    name: str
    description: str
    is_shared: bool
    is_gathered: bool
    cases: list["CaseView"]
    passed: int
    failed: int
    created_at: str
    updated_at: str


class CaseView(TypedDict):
    """A case; `definition` is as `evals.definitions` says. `last` is the status of its latest run, or empty."""

    id: str
    suite_id: str
    agent_id: str
    conversation_id: str
    name: str
    description: str
    definition: dict[str, Any]
    last: str
    created_at: str
    updated_at: str


class RoundView(TypedDict):
    """A round with its counts. `is_draft` says whether it ran the draft; times are ISO 8601 in UTC."""

    id: str
    agent_id: str
    suite_id: str
    title: str
    version: int
    live_version: int
    is_draft: bool
    status: str
    total: int
    done: int
    passed: int
    failed: int
    errors: int
    cost_micros: int
    started_by: str
    started_at: str
    finished_at: str


class RunView(TypedDict):
    """One case in a round; `lines` are what was said, without the explanations of turns."""

    id: str
    round_id: str
    case_id: str
    name: str
    status: str
    ending: str
    error: str
    checks: list[CheckResult]
    lines: list["LineView"]
    turns: int
    cost_micros: int
    total_ms: int
    started_at: str
    finished_at: str
    created_at: str


class LineView(TypedDict):
    """One line of a tested conversation: `who` is customer, agent or note; `tools` are the names of what was called."""

    place: int
    who: str
    text: str
    is_scripted: bool
    has_why: bool
    tools: list[str]
    ms: int


class ComparedCase(TypedDict):
    """A case in two rounds: `change` is better, worse, same or other (it stands in one of them alone).

    `checks` are those that ended otherwise, as (title, before, after).
    """

    name: str
    before: str
    after: str
    before_run_id: str
    after_run_id: str
    change: str
    checks: list[dict[str, str]]


class ChangedDecision(TypedDict):
    """A turn that the draft would decide otherwise: what was asked, and what changes (what, before, after)."""

    conversation_id: str
    contact: str
    asked: str
    at: str
    changes: list[dict[str, str]]
    was: str
    reply: str


class ReplayView(TypedDict):
    """A replay: how far it came and what changes. `is_stale` says that the draft changed since."""

    id: str
    status: str
    conversations: int
    total: int
    done: int
    errors: int
    same: int
    is_stale: bool
    changed: list[ChangedDecision]
    cost_micros: int
    started_at: str
