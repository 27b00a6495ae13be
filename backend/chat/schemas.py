"""Shape web chat: what a visitor's browser is shown, and what the team's screens and API callers see."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from backend.models.chat import ChatWidget


class WidgetView(TypedDict):
    """A widget for its settings page and API callers, in plain JSON. The identity secret is asked for on its own."""

    id: str
    agent_id: str
    agent_name: str
    widget_key: str
    name: str
    is_active: bool
    is_support_agent: bool
    primary_color: str
    theme: str
    position: str
    offset_x: int
    offset_y: int
    has_ai_greeting: bool
    welcome_message: str
    offline_message: str
    takes_identity: bool
    collect_visitor_name: bool
    collect_visitor_email: bool
    takes_files: bool
    allowed_domains: list[str]
    is_portal_widget: bool
    hidden_paths: list[str]
    created_at: str
    updated_at: str


class WidgetConfig(TypedDict):
    """What a browser needs to draw a widget: everyone may know it."""

    key: str
    name: str
    color: str
    ink: str
    theme: str
    position: str
    offset_x: int
    offset_y: int
    greeting: str
    offline: str
    is_open: bool
    asks: list[str]
    takes_files: bool
    takes_identity: bool
    file_types: str
    max_file_mb: int
    max_length: int
    lang: str
    words: dict[str, str]


class FileView(TypedDict):
    """A file a visitor may open: `url` is a path that needs no further proof."""

    id: str
    name: str
    type: str
    size: int
    is_image: bool
    url: str


class ChatLine(TypedDict):
    """One message as the visitor sees it. `from` is visitor, ai, person or system."""

    seq: int
    id: str
    who: str
    name: str
    text: str
    at: str
    client_id: str
    turn: str
    files: list[FileView]


class ChatState(TypedDict):
    """How a session stands: who answers (`ai` or `human`), who joined, and how far each side has read."""

    mode: str
    person: str
    team_read: int
    visitor_read: int


class Opened(TypedDict):
    """A session as its browser gets it."""

    token: str
    session: str
    visitor: str
    state: ChatState
    messages: list[ChatLine]


class SessionRow(TypedDict):
    """A session in the list of the API, under the reference product's names."""

    id: str
    widget_id: str
    widget_name: str
    visitor_id: str
    visitor_name: str
    visitor_email: str
    status: str
    last_message: str
    last_message_at: str
    message_count: int
    page_url: str
    created_at: str


class OwnPages(TypedDict):
    """The widget on our own pages: its key, the pages without it, and our signed word for the member."""

    key: str
    hidden: list[str]
    visitor: dict[str, str] | None


@dataclass(frozen=True)
class Visitor:
    """What a page says about who is looking at it. A typed email proves nothing; `seal` may prove `user_id`."""

    visitor_id: str = ""
    name: str = ""
    email: str = ""
    user_id: str = ""
    seal: str = ""
    page_url: str = ""
    page_title: str = ""
    language: str = ""
    browser_info: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Visit:
    """A visitor's message as its agent sees it: the session, who may be speaking, and what it may rely on."""

    org_id: UUID
    session_id: UUID
    conversation_id: UUID
    widget: ChatWidget
    visitor_name: str
    is_verified: bool
    is_claimed: bool
    """Whether they say they are somebody, and nobody vouches for it."""
    is_with_people: bool
    has_later_message: bool
    offline_message: str
    page_url: str
    page_title: str
    handed_to: UUID | None = None
    """The agent another one handed this chat to."""


@dataclass(frozen=True)
class Caller:
    """Where a browser's request comes from."""

    origin: str
    address: str


@dataclass(frozen=True)
class SessionFilter:
    """Which sessions an API caller wants; empty values do not filter."""

    widget_id: UUID | None = None
    status: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class ChatAnswer:
    """What came of a visitor's message: `text` is None when nobody answered (yet)."""

    text: str | None
    message_id: str = ""
    is_paused: bool = False
    error: str = ""
