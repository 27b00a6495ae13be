"""Shape accounts for edges and screens."""

from dataclasses import dataclass
from typing import TypedDict


@dataclass(frozen=True)
class Entry:
    """Where an attempt to get in led: cookies to set and the page to go to.

    `token` is a session's, `pending` binds the codes of this browser; either may be empty, and then is not set.
    """

    next: str
    token: str = ""
    pending: str = ""


class ProfileRow(TypedDict):
    """What a person sees of their own account."""

    name: str
    email: str
    timezone: str


class KeyRow(TypedDict):
    """One API key as its list shows it. Times are ISO 8601 in UTC, empty when never."""

    id: str
    name: str
    key_prefix: str
    owner: str
    created_at: str
    last_used_at: str
    is_active: bool
    is_yours: bool


class NewKey(TypedDict):
    """A key at its birth: the only time `key` is shown."""

    key: str
    id: str
    name: str
    key_prefix: str
    created_at: str
