"""What a team and its agents send or say often, in one library."""

from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from backend.models.base import TenantRow


class MessageTemplate(TenantRow, table=True):
    """Words with places for names: a message (text or chat), an email, or why an agent calls and what it is after.

    Personal ones are their writer's alone. `shortcut` finds a message in the inbox; it may be empty.
    """

    __tablename__ = "message_templates"
    __table_args__ = (
        Index(
            "message_templates_shared_key",
            "org_id",
            "shortcut",
            unique=True,
            postgresql_where=text("is_shared and shortcut <> ''"),
        ),
        Index(
            "message_templates_own_key",
            "org_id",
            "user_id",
            "shortcut",
            unique=True,
            postgresql_where=text("not is_shared and shortcut <> ''"),
        ),
        Index("message_templates_default_key", "org_id", unique=True, postgresql_where=text("is_default")),
    )

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    is_shared: bool = False
    kind: str = "message"
    folder: str = ""
    shortcut: str = ""
    title: str
    subject: str = ""
    body: str
    goal: str = ""
    """What a call is after; of calls alone."""
    is_default: bool = False
    """What is chosen first of the calls of the team."""
