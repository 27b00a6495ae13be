"""Make one real row of any table, and the rows it points at, from what the models say."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Float, Integer, String, Table, Uuid, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.sqltypes import AutoString

from backend.core import clock
from backend.core.crypto import EncryptedText
from backend.core.ids import new_id

# What the types alone do not say: a member without an account is an invitation, so no person is needed twice.
EXCEPTIONS: dict[str, dict[str, Any]] = {"organization_members": {"user_id": None}}


class Rows:
    """The rows of one organization: at most one of each table, every text of which holds `mark`."""

    def __init__(self, session: AsyncSession, org_id: UUID, user_id: UUID, mark: str) -> None:
        self._session = session
        self._mark = mark
        self.made: dict[str, dict[str, Any]] = {"organizations": {"id": org_id}, "users": {"id": user_id}}

    async def make(self, name: str, **given: Any) -> dict[str, Any]:
        """Return the organization's row of the table `name`, inserting it the first time; needs platform scope."""
        if name not in self.made:
            table = SQLModel.metadata.tables[name]
            values = {column.name: await self._value(table, column) for column in table.columns if not column.computed}
            values |= EXCEPTIONS.get(name, {}) | given
            self.made[name] = {column: value for column, value in values.items() if value is not None}
            await self._session.execute(insert(table).values(**self.made[name]))
        return self.made[name]

    async def _value(self, table: Table, column: Column[Any]) -> Any:
        for key in column.foreign_keys:
            parent = key.column.table.name
            return None if parent == table.name or key.use_alter else (await self.make(parent))[key.column.name]
        kind = column.type
        if isinstance(kind, Uuid):
            return new_id()
        if isinstance(kind, DateTime):
            return clock.now()
        if isinstance(kind, String | AutoString | EncryptedText):
            return f"{self._mark} {table.name}.{column.name} {new_id().hex[-12:]}"
        if isinstance(kind, Boolean):
            return True
        if isinstance(kind, Integer | BigInteger):
            return 1
        if isinstance(kind, Float):
            return 0.5
        if isinstance(kind, JSONB):
            return {"text": self._mark}
        if column.nullable:
            return None
        raise TypeError(f"{table.name}.{column.name}: teach tests/tenancy/rows.py how to fill a {kind!r}")
