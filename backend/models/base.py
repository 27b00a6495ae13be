"""Give every table its id and times, and every tenant table its organization."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from backend.core import clock
from backend.core.ids import new_id


def moment(default: Any = None, **options: Any) -> Any:
    """Declare a column that holds a moment in UTC; nullable unless it has a default."""
    if default is not None:
        return Field(default_factory=default, sa_type=DateTime(timezone=True), nullable=False, **options)
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=True, **options)


def document(default: Any) -> Any:
    """Declare a JSONB column; `default` is `dict` or `list`."""
    return Field(default_factory=default, sa_type=JSONB, nullable=False)


class Row(SQLModel):
    """A row with a UUIDv7 id and the times it was made and last changed."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = moment(clock.now)
    updated_at: datetime = moment(clock.now, sa_column_kwargs={"onupdate": clock.now})


class TenantRow(Row):
    """A row of one organization, guarded by row-level security."""

    org_id: UUID = Field(foreign_key="organizations.id", ondelete="CASCADE", index=False)
