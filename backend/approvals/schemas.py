"""Shape approvals: what an agent asks for, and what a person decides."""

from dataclasses import dataclass
from typing import Any, TypedDict

from backend.functions.schemas import Offer


@dataclass(frozen=True)
class Wish:
    """A call that a person has to approve: the tool, its arguments, and what it would do in plain words."""

    offer: Offer
    arguments: dict[str, Any]
    words: str
    key: str


class ApprovalRow(TypedDict):
    """A request in plain JSON. `status` is as in the log of calls; times are ISO 8601 in UTC."""

    id: str
    conversation_id: str
    agent_id: str
    agent_name: str
    tool: str
    label: str
    words: str
    arguments: dict[str, Any]
    status: str
    note: str
    decided_by: str
    result: str
    asked_at: str
    expires_at: str
    decided_at: str
