"""Shape alerts for screens: what they listen for, what they did, and what they would have done."""

from dataclasses import dataclass
from typing import TypedDict


class AlertRow(TypedDict):
    """An alert; of its secret only whether there is one. Times are ISO 8601 in UTC."""

    id: str
    name: str
    topic: str
    examples: list[str]
    threshold: float
    channels: list[str]
    cooldown_minutes: int
    is_cooldown_per_customer: bool
    action_type: str
    target: str
    """Where it goes: a number, an address, or the server of one."""
    subject: str
    words: str
    template_id: str
    has_secret: bool
    is_active: bool
    last_triggered_at: str
    trigger_count: int


class MatchRow(TypedDict):
    """One match: what was said, how alike it is, and what came of it."""

    id: str
    excerpt: str
    phrase: str
    score: float
    percent: int
    channel: str
    status: str
    result: str
    attempts: int
    conversation_id: str
    at: str


class TriedRow(TypedDict):
    """A message of the past, and how alike it is to what is tried."""

    text: str
    phrase: str
    score: float
    percent: int
    channel: str
    conversation_id: str
    at: str


@dataclass(frozen=True)
class Saved:
    """A stored alert. `new_secret` is what webhooks are signed with from now on, when there was none before."""

    row: AlertRow
    new_secret: str = ""


@dataclass(frozen=True)
class Likeness:
    """How alike a message is to a topic: the best pair of one of its parts and one of the topic's phrases."""

    score: float
    phrase: str
    part: str
