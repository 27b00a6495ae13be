"""Web chat: the widget on a site, a visitor's sessions, what was said in them, and the files they sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from backend.core import clock
from backend.core.crypto import EncryptedText
from backend.models.base import TenantRow, document, moment


class ChatWidget(TenantRow, table=True):
    """A chat bubble for one site: how it looks, whom it asks what, where it may stand, and which agent answers."""

    __tablename__ = "chat_widgets"
    __table_args__ = (
        UniqueConstraint("widget_key"),
        Index("chat_widgets_org", "org_id", "id"),
        Index("chat_widgets_portal", "org_id", unique=True, postgresql_where=text("is_portal_widget")),
    )

    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    widget_key: str
    name: str = "Website chat"
    agent_name: str = ""
    is_active: bool = True
    is_support_agent: bool = False
    # Defaults of the reference product (ui.md §12.1).
    primary_color: str = "#6366f1"
    theme: str = "auto"
    position: str = "bottom-right"
    offset_x: int = 20
    offset_y: int = 20
    has_ai_greeting: bool = False
    welcome_message: str = "Hi! How can I help you today?"
    offline_message: str = ""
    # What the agent wrote to greet with, and for which version of it; written once, not once a visitor.
    greeting_text: str = ""
    greeting_version: int = 0
    takes_identity: bool = True
    collect_visitor_name: bool = False
    collect_visitor_email: bool = False
    takes_files: bool = True
    allowed_domains: list[str] = document(list)
    is_portal_widget: bool = False
    hidden_paths: list[str] = document(list)
    identity_secret: str = Field(sa_type=EncryptedText)


class ChatSession(TenantRow, table=True):
    """One visitor's talk through one widget. It has a contact and a conversation from the first message on."""

    __tablename__ = "chat_sessions"
    __table_args__ = (
        Index("chat_sessions_org_recent", "org_id", "last_message_at", "id"),
        Index("chat_sessions_visitor", "widget_id", "visitor_id"),
    )

    widget_id: UUID = Field(foreign_key="chat_widgets.id", ondelete="CASCADE")
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contacts.id", ondelete="CASCADE", index=True)
    conversation_id: UUID | None = Field(default=None, foreign_key="conversations.id", ondelete="CASCADE", index=True)
    visitor_id: str
    visitor_name: str = ""
    visitor_email: str = ""
    # Whether the site signed who this is; a typed address proves nothing.
    is_verified: bool = False
    # Whether the contact came to be by this session, so that the visitor may say what they are called.
    is_contact_new: bool = False
    status: str = "active"
    # Tokens of an older generation are void.
    generation: int = 1
    origin: str = ""
    page_url: str = ""
    browser_info: dict[str, Any] = document(dict)
    last_seq: int = Field(default=0, sa_type=BigInteger)
    visitor_read_seq: int = Field(default=0, sa_type=BigInteger)
    team_read_seq: int = Field(default=0, sa_type=BigInteger)
    # While people answer this session alone, and the agent goes on elsewhere in the conversation (see chat.waiting).
    is_with_people: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    with_people_until: datetime | None = moment()
    # The agent another one handed this chat to.
    handed_to_agent_id: UUID | None = Field(
        default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True
    )
    # The person who joined last, until the agent speaks again.
    joined_name: str = ""
    last_message_at: datetime = moment(clock.now)
    last_seen_at: datetime = moment(clock.now)


class ChatMessage(TenantRow, table=True):
    """One message of a session, in the order of `seq`. `client_id` makes a repeated send happen once."""

    __tablename__ = "chat_messages"
    __table_args__ = (
        UniqueConstraint("session_id", "seq"),
        Index(
            "chat_messages_client_key", "session_id", "client_id", unique=True, postgresql_where=text("client_id <> ''")
        ),
        Index(
            "chat_messages_dedupe_key", "org_id", "dedupe_key", unique=True, postgresql_where=text("dedupe_key <> ''")
        ),
    )

    session_id: UUID = Field(foreign_key="chat_sessions.id", ondelete="CASCADE")
    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE", index=True)
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    sent_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    seq: int = Field(sa_type=BigInteger)
    role: str
    author_name: str = ""
    content: str = ""
    is_ai_generated: bool = False
    client_id: str = ""
    dedupe_key: str = ""
    turn_id: UUID | None = None
    read_at: datetime | None = moment()


class ChatFile(TenantRow, table=True):
    """A picture or file of a session in our own private storage; it belongs to a message once that is sent."""

    __tablename__ = "chat_files"
    __table_args__ = (Index("chat_files_unsent", "created_at", postgresql_where=text("message_id is null")),)

    session_id: UUID = Field(foreign_key="chat_sessions.id", ondelete="CASCADE", index=True)
    message_id: UUID | None = Field(default=None, foreign_key="chat_messages.id", ondelete="CASCADE", index=True)
    name: str
    content_type: str
    size_bytes: int
    path: str
    sent_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
