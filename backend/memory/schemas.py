"""Shape memory: what a turn is told of somebody, and what people see of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypedDict
from uuid import UUID

SUMMARY, TOPICS, NOTE, FACT, EARLIER, PATTERN = "summary", "topics", "note", "fact", "earlier", "pattern"


@dataclass(frozen=True)
class Remembered:
    """One thing an agent is told of the customer: what kind, the words, and where they come from.

    `by` names the linked agent it was said to; empty for the agent's own memory. `at` is ISO 8601 in UTC.
    """

    kind: str
    text: str
    id: str = ""
    about: str = ""
    quote: str = ""
    at: str = ""
    channel: str = ""
    by: str = ""
    confidence: float = 1.0
    similarity: float = 0.0


@dataclass(frozen=True)
class Recalled:
    """What is remembered: `chosen` enters the prompt, `facts` are all there are, those that fit best first."""

    chosen: tuple[Remembered, ...] = ()
    facts: tuple[Remembered, ...] = ()


# Looks up what is remembered for a question.
Recall = Callable[[str], Awaitable[Recalled]]


@dataclass(frozen=True)
class Asker:
    """Whose memory an agent reads: a contact's, or only what was said in the chat `told_in` of a nameless visitor."""

    contact_id: UUID
    agent_id: UUID
    told_in: str = ""


@dataclass(frozen=True)
class Proposal:
    """A fact a model proposes: the message by its place, the sentence that proves it, and how long it holds."""

    place: int
    quote: str
    content: str
    kind: str = ""
    confidence: float = 0.7
    days: int = 0
    replaces: int = 0


@dataclass(frozen=True)
class Reading:
    """What a model made of a stretch of a conversation."""

    facts: tuple[Proposal, ...] = ()
    summary: str = ""
    summary_so_far: str = ""
    topics: tuple[str, ...] = field(default=())


class FactRow(TypedDict):
    """A fact as people see it. `origin` is said, corrected or team; times are ISO 8601 in UTC, `expires_at` may be
    empty. `seq` is the place of the message that proves it in the conversation, 0 when there is none."""

    id: str
    memory_id: str
    kind: str
    content: str
    quote: str
    conversation_id: str
    seq: int
    said_at: str
    channel: str
    confidence: float
    expires_at: str
    origin: str
    author: str


class EarlierRow(TypedDict):
    """A conversation that was read for the memory."""

    id: str
    at: str
    channel: str
    summary: str
    topics: list[str]


class MemoryRow(TypedDict):
    """A memory in a list: whose, by which agent, and what it is about. `similarity` is from 0 to 1 in a search."""

    id: str
    agent_id: str
    agent_name: str
    contact_id: str
    contact_name: str
    contact_phone: str
    contact_phone_display: str
    is_chat: bool
    summary: str
    key_topics: list[str]
    preferences: dict[str, object]
    relationship_notes: str
    interaction_count: int
    sms_interaction_count: int
    semantic_match_count: int
    fact_count: int
    similarity: float
    last_updated: str
    created_at: str


class MemoryView(TypedDict):
    """One memory with its facts, those said last first, and the conversations it was made of."""

    memory: MemoryRow
    facts: list[FactRow]
    earlier: list[EarlierRow]
