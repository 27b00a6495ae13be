"""Shape what the assistant says and proposes: plain rows for screens, and what its tools give back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.principal import Principal


class Stage(StrEnum):
    """How far a message is."""

    WRITING = "writing"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Decision(StrEnum):
    """What became of a proposal."""

    PENDING = "pending"
    DONE = "done"
    DISMISSED = "dismissed"
    EXPIRED = "expired"
    FAILED = "failed"


class Kind(StrEnum):
    """What the assistant can propose."""

    SEND_TEXT = "send_text"
    SCHEDULE_TEXT = "schedule_text"
    CANCEL_TEXT = "cancel_text"
    CHANGE_AGENT = "change_agent"
    PUBLISH_AGENT = "publish_agent"
    PLAN_CALLBACK = "plan_callback"
    PLACE_CALL = "place_call"


class DiffLine(TypedDict):
    """One line of a change: `mark` is " ", "-", "+" or "…"; `place` counts from 0."""

    place: int
    mark: str
    text: str


class Shown(TypedDict):
    """What a person sees of a proposal before they decide; what a kind does not need is empty.

    `is_unnamed`: the person did not name this recipient themselves.
    """

    to_name: str
    to_number: str
    from_number: str
    body: str
    segments: int
    at_words: str
    agent_name: str
    field: str
    before: str
    after: str
    lines: list[DiffLine]
    is_unnamed: bool


NOTHING_SHOWN: Shown = {
    "to_name": "",
    "to_number": "",
    "from_number": "",
    "body": "",
    "segments": 0,
    "at_words": "",
    "agent_name": "",
    "field": "",
    "before": "",
    "after": "",
    "lines": [],
    "is_unnamed": False,
}


class ProposalRow(TypedDict):
    """A proposal as its person sees it. Times are ISO 8601 in UTC."""

    id: str
    kind: str
    status: str
    to_name: str
    to_number: str
    from_number: str
    body: str
    segments: int
    at_words: str
    agent_name: str
    field: str
    before: str
    after: str
    lines: list[DiffLine]
    is_unnamed: bool
    outcome: str
    link: str
    expires_at: str
    decided_at: str


class ToolRow(TypedDict):
    """A tool the assistant used: `status` is ok, proposed, ambiguous, refused or failed."""

    place: int
    name: str
    arguments: str
    result: str
    status: str


class Choice(TypedDict):
    """Somebody or something that could be meant; `say` is what to answer to mean it."""

    label: str
    detail: str
    say: str


class MessageRow(TypedDict):
    """One message of a talk, with the tools it used, what it asks to choose from, and what it proposes."""

    id: str
    seq: int
    role: str
    body: str
    status: str
    error: str
    at: str
    tools: list[ToolRow]
    choices: list[Choice]
    proposals: list[ProposalRow]
    model: str
    tokens: int
    cost_micros: int
    total_ms: int


class TalkRow(TypedDict):
    """One talk in the list."""

    id: str
    title: str
    at: str


@dataclass(frozen=True)
class Talk:
    """A talk with its newest messages, oldest first."""

    row: TalkRow
    messages: list[MessageRow]

    @property
    def is_writing(self) -> bool:
        """Whether the assistant is answering."""
        return any(message["status"] == Stage.WRITING for message in self.messages)


@dataclass(frozen=True)
class Desk:
    """What a tool may rely on: who asks, and everything they wrote themselves in this talk, oldest first."""

    session: AsyncSession
    principal: Principal
    zone: ZoneInfo
    country: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A proposal that is not stored yet: `effect` is what would happen, in plain JSON."""

    kind: Kind
    effect: Mapping[str, Any]
    shown: Shown
    expires_at: datetime


@dataclass(frozen=True)
class ToolAnswer:
    """What the model is told, what the person may choose from, and what is proposed."""

    status: str
    message: str
    choices: tuple[Choice, ...] = ()
    draft: Draft | None = None


@dataclass
class Answer:
    """What came of one answer, before it is stored."""

    text: str = ""
    error: str = ""
    tools: list[dict[str, Any]] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)


@dataclass(frozen=True)
class Begun:
    """A question that was stored, and the message that will answer it."""

    conversation_id: UUID
    message_id: UUID
