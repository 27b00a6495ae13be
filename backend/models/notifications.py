"""What each person wants to be told of, and where."""

from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from backend.models.base import TenantRow, document


class NotificationPreference(TenantRow, table=True):
    """One person's wishes for one agent; without an agent, for every agent they have said nothing else of."""

    __tablename__ = "notification_preferences"
    __table_args__ = (UniqueConstraint("user_id", "org_id", "agent_id", postgresql_nulls_not_distinct=True),)

    org_id: UUID = Field(foreign_key="organizations.id", ondelete="CASCADE", index=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="CASCADE", index=True)
    channels: dict[str, Any] = document(dict)
