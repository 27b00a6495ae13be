"""Shape a turn: what the brain is given, what it gives back, and how screens see it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict
from uuid import UUID

from backend.details.schemas import Found
from backend.functions.schemas import Offer, Outcome
from backend.knowledge.schemas import Passage
from backend.memory.rules import MemoryRules
from backend.memory.schemas import Recall
from backend.vendors.openai_models import OnText
from backend.vocab import Channel

Retrieve = Callable[[str], Awaitable[list[Passage]]]
# Calls a tool with checked arguments within so many seconds.
CallTool = Callable[[Offer, Mapping[str, Any], float], Awaitable[Outcome]]


@dataclass(frozen=True)
class Asking:
    """How an agent asks people: how long they have to decide, and what the customer is told meanwhile."""

    minutes: int = 60
    tells_customer: bool = True
    words: str = ""
    """Its own words for that; without any the customer gets ours in their language."""


@dataclass(frozen=True)
class AgentSpec:
    """An agent as one turn sees it: a copy, so that no transaction is open while the model thinks."""

    id: UUID
    name: str
    version: int
    system_prompt: str
    role: str
    business_name: str
    owner_name: str
    language: str
    model: str
    temperature: float
    max_tokens: int
    timezone: str
    variables: dict[str, str] = field(default_factory=dict)
    style: str = ""
    vocabulary: str = ""
    tools: tuple[Offer, ...] = ()
    """What it may call, each with its policy; what is switched off is not among them."""
    targets: tuple[dict[str, Any], ...] = ()
    """Whom it may hand a conversation to."""
    asking: Asking = Asking()
    details: tuple[dict[str, Any], ...] = ()
    """What it finds out, its own and everybody's; definitions as they are stored."""
    memory: MemoryRules = field(default_factory=MemoryRules)
    """What it remembers of whom it talks with."""


@dataclass(frozen=True)
class Customer:
    """Whom the agent talks with; an unknown person has empty values."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Line:
    """One message of the conversation so far, in the roles of the model: `user` or `assistant`."""

    role: str
    text: str


@dataclass(frozen=True)
class Effect:
    """Something a tool wants done; the caller does it in the transaction that stores the reply."""

    kind: str
    value: str


@dataclass(frozen=True)
class TurnRequest:
    """One turn: who answers, whom, what was said before, and the text to answer."""

    agent: AgentSpec
    customer: Customer
    history: tuple[Line, ...]
    text: str
    retrieve: Retrieve
    channel: Channel = Channel.SMS
    notes: tuple[str, ...] = ()
    """What else the agent should know of this conversation, a line each."""
    found: Mapping[str, Found] = field(default_factory=dict)
    """What was found out before this message, by name."""
    call_tool: CallTool | None = None
    """Calls the agent's tools; without it only those are offered that are done in the course of an answer."""
    before: tuple[dict[str, Any], ...] = ()
    """What the agent called before a person was asked, with what came of it; it goes on from there."""
    cost_micros: int | None = None
    """What is left of the conversation's money, where a turn could spend more."""
    recall: Recall | None = None
    """Looks up what is remembered of the customer; without it the agent remembers nobody."""
    on_text: OnText | None = None
    """Gets the answer while it is written; what is stored in the end may differ."""


class Attempt(TypedDict):
    """One try of a model; `error` is empty when it answered whole, `is_estimated` when the service told no figures."""

    model: str
    round: int
    ms: int
    error: str
    max_tokens: int
    tokens_in: int
    tokens_out: int
    cost_micros: int
    is_estimated: bool


@dataclass
class TurnRecord:
    """Everything that went into a turn and came out of it: its provenance, in plain JSON values."""

    reply: str = ""
    is_unanswered: bool = False
    hand_over_reason: str = ""
    failure: str = ""
    is_capped: bool = False
    """Whether what was left of the conversation's money paid for no answer."""
    is_withheld: bool = False
    """Whether there was an answer, and it was not fit to leave."""
    remark: str = ""
    is_waiting: bool = False
    """Whether a person has to approve a call before the agent goes on; what it asks for stands among `tools`."""
    effects: list[Effect] = field(default_factory=list)
    prompt: str = ""
    model: str = ""
    sources: list[dict[str, Any]] = field(default_factory=list)
    tools: list[dict[str, Any]] = field(default_factory=list)
    memory: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    tokens_in: int = 0
    tokens_out: int = 0
    cost_micros: int = 0
    retrieval_ms: int = 0
    model_ms: int = 0
    total_ms: int = 0


class AgentView(TypedDict):
    """An agent in plain JSON. Times are ISO 8601 in UTC."""

    id: str
    name: str
    agent_type: str
    version: int
    is_active: bool
    is_default: bool
    system_prompt: str
    greeting: str
    organization_name: str
    owner_name: str
    agent_role: str
    language: str
    llm_model: str
    temperature: float
    max_tokens: int
    texts_schedule: dict[str, list[list[str]]]
    schedule_timezone: str
    after_hours_message: str
    after_hours_sms_forwarding: str
    variables: dict[str, str]
    created_at: str
    updated_at: str


class SourceUsed(TypedDict):
    """A passage the agent read: `quote` is its text, `score` the merged rank, `similarity` from 0 to 1.

    `url` is the page it was read at, empty for what people typed or uploaded.
    """

    title: str
    path: str
    quote: str
    score: float
    similarity: float
    source_id: str
    chunk_id: str
    url: str


class ToolUsed(TypedDict):
    """A tool the agent called, with what it was given and what came back; `status` as in the log of calls.

    `call_id` names the entry of the log once there is one.
    """

    kind: str
    name: str
    arguments: dict[str, Any]
    result: str
    status: str
    ms: int
    call_id: str


class MemoryUsed(TypedDict):
    """Something the agent remembered: `kind` is summary, topics, note, fact, earlier or pattern; `at` may be empty.

    `quote` is the sentence that proves a fact, `by` the linked agent it was said to, `id` names a fact.
    """

    kind: str
    text: str
    id: str
    about: str
    quote: str
    at: str
    channel: str
    by: str
    confidence: float
    similarity: float


class TurnView(TypedDict):
    """A turn for the why-panel: plain JSON. `cost_micros` is the list price in micro-dollars, times are UTC."""

    id: str
    conversation_id: str
    agent_id: str
    agent_name: str
    agent_version: int
    status: str
    reason: str
    reply: str
    is_unanswered: bool
    prompt: str
    model: str
    sources: list[SourceUsed]
    tools: list[ToolUsed]
    memory: list[MemoryUsed]
    attempts: list[Attempt]
    tokens_in: int
    tokens_out: int
    cost_micros: int
    retrieval_ms: int
    model_ms: int
    total_ms: int
    started_at: str
    finished_at: str
