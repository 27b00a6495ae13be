"""Shape conversations for screens: plain rows of strings, numbers and flags that travel to a browser as they are."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from backend.vocab import AuthorKind


class ConversationRow(TypedDict):
    """One line of the conversation list. Times are ISO 8601 in UTC, ids are strings, absent values empty.

    `phone_display` is the email address of somebody who has no number. `match` is what a search found in the
    conversation, at `match_seq`; both are empty without a search.
    """

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
    snoozed_until: str
    answer_mode: str
    paused_until: str
    needs_person: bool
    awaits_approval: bool
    assignee_id: str
    assignee_name: str
    team_id: str
    team_name: str
    agent_id: str
    agent_version: int
    sentiment: str
    tag_ids: list[str]
    unread: int
    mentioned: bool
    match: str
    match_seq: int


NO_ROW: ConversationRow = {
    "id": "",
    "contact_id": "",
    "name": "",
    "phone": "",
    "phone_display": "",
    "preview": "",
    "channel": "",
    "direction": "",
    "author_kind": "",
    "last_status": "",
    "last_at": "",
    "last_seq": 0,
    "status": "",
    "snoozed_until": "",
    "answer_mode": "",
    "paused_until": "",
    "needs_person": False,
    "awaits_approval": False,
    "assignee_id": "",
    "assignee_name": "",
    "team_id": "",
    "team_name": "",
    "agent_id": "",
    "agent_version": 0,
    "sentiment": "",
    "tag_ids": [],
    "unread": 0,
    "mentioned": False,
    "match": "",
    "match_seq": 0,
}


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


class Period(TypedDict):
    """A time somebody was in touch: where it begins in the timeline, from when to when, and its first words."""

    seq: int
    began: str
    ended: str
    messages: int
    channels: list[str]
    words: str


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
    """`all`, `mine`, `unassigned`, `unread` or `mentions`."""
    status: str = "open"
    """A conversation status, or `any`."""
    search: str = ""
    """Beginnings of words that were said, or part of a name, number or address."""
    channel: str = ""
    """The channel of the last message."""
    direction: str = ""
    """Which way the last message went: `inbound` is what nobody has answered."""
    agent_id: UUID | None = None
    """The agent that answered last."""
    team_id: UUID | None = None
    tag_id: UUID | None = None
    sentiment: str = ""
    needs_person: bool = False
    since: datetime | None = None
    """Not before this moment, by the last message."""
    until: datetime | None = None
    """Before this moment."""
    awaits_approval: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the filter in plain JSON, for a job."""
        return {
            name: str(value) if isinstance(value, UUID) else value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
            if value not in (None, "", False)
        }

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> "ListFilter":
        """Read what `as_json` wrote."""
        ids: dict[str, Any] = {name: UUID(said[name]) for name in ("agent_id", "team_id", "tag_id") if name in said}
        moments: dict[str, Any] = {
            name: datetime.fromisoformat(said[name]) for name in ("since", "until") if name in said
        }
        return cls(**{**said, **ids, **moments})


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
    mentioned: frozenset[str] = frozenset()
    """Whom an unread note names."""

    def row_for(self, user_id: str) -> ConversationRow:
        """Return the row as one person sees it."""
        return {**self.row, "unread": self.unread_by.get(user_id, 0), "mentioned": user_id in self.mentioned}
