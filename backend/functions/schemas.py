"""Shape calls of functions: what a call rests on, what comes of it, and how screens and the API see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict
from uuid import UUID


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
    known: Mapping[str, str] = field(default_factory=dict)
    is_test: bool = False
    allowed_by: UUID | None = None
    allowed_by_name: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a call: `status` is ok, refused or failed; `data` what the model is told of the answer."""

    call_id: UUID | None
    status: str
    message: str
    data: Any = None


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
