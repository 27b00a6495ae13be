"""Shape tools and their calls: what an agent is offered, what a call rests on, what comes of it, how screens see it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypedDict
from uuid import UUID

from backend.vocab import Authority, ToolKind, ToolPolicy


@dataclass(frozen=True)
class Offer:
    """One tool an agent has, whatever its kind; plain JSON throughout, so that a person may be shown and asked.

    `definition` is what its kind needs to run it later and holds no secret. A call of a tool that is reading changes
    nothing where it arrives; one that is repeatable changes nothing more when it runs again under the same call id.
    """

    kind: ToolKind
    name: str
    description: str
    parameters: dict[str, Any]
    """A JSON schema of an object."""
    definition: dict[str, Any] = field(default_factory=dict)
    is_reading: bool = False
    is_repeatable: bool = False
    label: str = ""
    """What people call it."""
    default: ToolPolicy = ToolPolicy.ALLOWED
    policies: tuple[ToolPolicy, ...] = tuple(ToolPolicy)
    """What its policy may be."""
    policy: ToolPolicy = ToolPolicy.ALLOWED

    def schema(self) -> dict[str, Any]:
        """Return the tool as OpenAI's chat API describes one."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}

    def frozen(self) -> dict[str, Any]:
        """Return the tool in plain JSON, so that what was asked for is what runs."""
        return {**asdict(self), "policies": list(self.policies)}

    @classmethod
    def thawed(cls, kept: Mapping[str, Any]) -> "Offer":
        """Read what `frozen` wrote."""
        policies = tuple(ToolPolicy(one) for one in kept["policies"])
        given = {**kept, "kind": ToolKind(kept["kind"]), "policies": policies}
        return cls(**{**given, "default": ToolPolicy(kept["default"]), "policy": ToolPolicy(kept["policy"])})


@dataclass(frozen=True)
class CallSetting:
    """For whom and where a function is called; `known` are values its templates may name."""

    org_id: UUID
    agent_id: UUID | None = None
    agent_name: str = ""
    agent_version: int = 0
    channel: str = ""
    conversation_id: UUID | None = None
    turn_id: UUID | None = None
    answer_id: UUID | None = None
    """The answer a call belongs to while its turn is not stored, as in a phone call: the id that turn will have."""
    spoken: tuple[str, ...] = ()
    """What the customer has said in the phone call it is done for."""
    session_id: str = ""
    """The web chat it is done for, or an empty string."""
    is_proven: bool = True
    """Whether it is certain that the customer is who the conversation's contact is."""
    known: Mapping[str, str] = field(default_factory=dict)
    is_test: bool = False
    keeps_words: bool = True
    """Whether what it is given and answers may be kept."""
    allowed_by: UUID | None = None
    allowed_by_name: str = ""

    @property
    def authority(self) -> Authority:
        """Who allows what is called here."""
        return Authority.PERSON if self.allowed_by else Authority.POLICY


@dataclass(frozen=True)
class Outcome:
    """What came of a call: `message` or `data` is what the model is told, `result` what the log keeps of the answer."""

    call_id: UUID | None
    status: str
    message: str
    data: Any = None
    result: str = ""
    request: Mapping[str, str] = field(default_factory=dict)
    """The method and the address of what was asked, without headers."""
    http_status: int = 0
    attempts: int = 0


# Does the work of a call that stands in the log under this id, within so many seconds.
Work = Callable[[UUID, float], Awaitable[Outcome]]


class CallRow(TypedDict):
    """One call in plain JSON. `answer` is what the address said, or why nothing came; times are ISO 8601 in UTC."""

    id: str
    name: str
    status: str
    arguments: dict[str, Any]
    method: str
    url: str
    http_status: int
    answer: str
    attempts: int
    ms: int
    agent_name: str
    channel: str
    conversation_id: str
    is_test: bool
    allowed_by: str
    at: str
