"""What a team keeps beside its conversations: views, drafts, bulk work, translations, preferences."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from backend.core import clock
from backend.models.base import TenantRow, document, moment


class SavedView(TenantRow, table=True):
    """A filter of the inbox under a name: `query` is the address's query string. Shared ones belong to the team."""

    __tablename__ = "saved_views"
    __table_args__ = (Index("saved_views_org", "org_id", "user_id"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    name: str
    query: str
    is_shared: bool = False


class MessageDraft(TenantRow, table=True):
    """What one person was writing in one conversation; `mode` is `reply` or `note`."""

    __tablename__ = "message_drafts"
    __table_args__ = (UniqueConstraint("user_id", "conversation_id", "mode"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE", index=True)
    mode: str = "reply"
    channel: str = ""
    body: str = ""
    began_seq: int = Field(default=0, sa_type=BigInteger)
    saved_at: datetime = moment(clock.now)


class BulkAction(TenantRow, table=True):
    """One change to many conversations by one person; its id is the token that undoes it until `undo_until`."""

    __tablename__ = "bulk_actions"
    __table_args__ = (Index("bulk_actions_org_time", "org_id", "created_at"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    user_name: str = ""
    action: str
    parameters: dict[str, Any] = document(dict)
    status: str = "running"
    total: int = 0
    done_count: int = 0
    undo_until: datetime = moment(clock.now)


class BulkChange(TenantRow, table=True):
    """What a bulk action changed in one conversation: what stood there before, and what it put there."""

    __tablename__ = "bulk_changes"
    __table_args__ = (UniqueConstraint("bulk_id", "conversation_id"),)

    bulk_id: UUID = Field(foreign_key="bulk_actions.id", ondelete="CASCADE")
    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE", index=True)
    before: dict[str, Any] = document(dict)
    after: dict[str, Any] = document(dict)


class ItemTranslation(TenantRow, table=True):
    """A message in another language, translated once."""

    __tablename__ = "item_translations"
    __table_args__ = (UniqueConstraint("item_id", "language"),)

    item_id: UUID = Field(foreign_key="conversation_items.id", ondelete="CASCADE")
    language: str
    body: str
    model: str = ""


class InboxPreference(TenantRow, table=True):
    """How one person wants the inbox of one organization to reach them; away people are not given conversations."""

    __tablename__ = "inbox_preferences"
    __table_args__ = (UniqueConstraint("org_id", "user_id"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    has_sound: bool = False
    has_desktop: bool = False
    has_mail: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    is_away: bool = False
    language: str = ""


class OutgoingFile(TenantRow, table=True):
    """A file a person chose for a message that is not sent yet; unsent ones are swept after a day."""

    __tablename__ = "outgoing_files"
    __table_args__ = (Index("outgoing_files_time", "created_at"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE", index=True)
    name: str
    content_type: str
    size_bytes: int
    path: str
