"""Shape what was found out, for tools and screens."""

from dataclasses import dataclass
from typing import TypedDict


@dataclass(frozen=True)
class Found:
    """A value that was found out; `is_confirmed` is false until the customer agreed to it as it was read back."""

    name: str
    var_type: str
    value: str | int | float | bool
    is_confirmed: bool = True


class DetailRow(TypedDict):
    """What was found out in a conversation, ready to read. `at` is ISO 8601 in UTC."""

    name: str
    label: str
    value: str
    is_confirmed: bool
    agent_name: str
    channel: str
    at: str
