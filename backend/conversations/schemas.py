"""Shape conversations for screens: plain rows of strings, numbers and flags that travel to a browser as they are."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from backend.vocab import AuthorKind


class ConversationRow(TypedDict):
    """One line of the conversation list. Times are ISO 8601 in UTC, ids are strings, absent values empty."""

    id: str
    contact_id: str
    name: str
    phone: str
    phone_display: str
    preview: str
    channel: str
    direction: str
    author_kind: str
    last_status: str
    last_at: str
    last_seq: int
    status: str
    answer_mode: str
    paused_until: str
    needs_person: bool
    assignee_id: str
    assignee_name: str
    unread: int


class TimelineItem(TypedDict):
    """One row of a timeline. `data` holds what the kind needs: segments, error, media, turn_id, agent_version."""

    id: str
    seq: int
    kind: str
    channel: str
    direction: str
    author_kind: str
    author_id: str
    author_name: str
    body: str
    status: str
    record_id: str
    at: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Author:
    """Who stands behind an item: a contact, an agent, a member of the team, or the system."""

    kind: AuthorKind
    name: str = ""
    id: UUID | None = None


SYSTEM = Author(AuthorKind.SYSTEM)


@dataclass(frozen=True)
class ListFilter:
    """Which conversations a person wants to see. Empty values do not filter."""

    view: str = "all"
    """`all`, `mine`, `unassigned` or `unread`."""
    status: str = "open"
    """A conversation status, or `any`."""
    search: str = ""
    """Part of a name or of a phone number."""


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the last row's time and id, newest first."""

    at: datetime
    id: UUID


@dataclass(frozen=True)
class Page:
    """One page of conversations, newest first; `next` is None at the end."""

    rows: list[ConversationRow]
    next: Cursor | None


@dataclass(frozen=True)
class ChangedConversation:
    """A conversation as it is now, with each person's unread count, for patching every tab from one read."""

    row: ConversationRow
    unread_by: dict[str, int] = field(default_factory=dict)
