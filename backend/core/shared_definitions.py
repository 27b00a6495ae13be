"""Keep definitions that people make for agents, such as functions: those of every agent, and those of one agent's list.

What every agent has stands in a table of its own (`name`, `definition`) and holds at once; what one agent has alone is
a list that its draft and versions keep, so here it is only looked through and changed. A name stands once in either.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock, realtime
from backend.core.errors import Conflict, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.vocab import MemberRole

# Returns the definition that stands afterwards, from what is given and the former one (empty for a new one). Raises
# `Invalid`.
Check = Callable[[AsyncSession, Mapping[str, Any], Mapping[str, Any]], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Definitions:
    """One kind of them: the table of those every agent has, what people call one and several, and how many fit."""

    table: type[Any]
    word: str
    plural: str
    most: int
    check: Check

    async def shared(self, session: AsyncSession) -> list[dict[str, Any]]:
        """Return those every agent has, by name."""
        return [row.definition for row in await self._rows(session)]

    async def save_shared(
        self, session: AsyncSession, principal: Principal, given: Mapping[str, Any], definition_id: str = ""
    ) -> dict[str, Any]:
        """Make one for every agent, or with `definition_id` change it; what is not given stays. Editors.

        Raises `NotFound`, `Conflict` (`too_many`, `duplicate`), and `Invalid` that names the field.
        """
        principal.require(MemberRole.EDITOR)
        rows = await self._rows(session, for_update=True)
        row = next((one for one in rows if definition_id and one.definition["id"] == definition_id), None)
        if definition_id and row is None:
            raise self._missing()
        if row is None and len(rows) >= self.most:
            raise Conflict(f"There are {self.most} {self.plural} for every agent already.", code="too_many")
        found = await self.check(session, given, row.definition if row else {})
        if any(one.name == found["name"] for one in rows if one is not row):
            raise self._taken()
        row = row or self.table(org_id=org_id_of(session), name=found["name"])
        row.name, row.definition, row.updated_at = found["name"], found, clock.now()
        try:
            async with session.begin_nested():
                session.add(row)
                await session.flush()
        except IntegrityError:
            # Somebody made one of the same name in this very moment.
            raise self._taken() from None
        await self._tell(session, principal, "saved", found["id"], found["name"])
        return found

    async def remove_shared(self, session: AsyncSession, principal: Principal, definition_id: str) -> None:
        """Take one from every agent. Editors. Raises `NotFound`."""
        principal.require(MemberRole.EDITOR)
        for row in await self._rows(session, for_update=True):
            if row.definition["id"] == definition_id:
                await session.delete(row)
                await session.flush()
                await self._tell(session, principal, "removed", definition_id, row.name)
                return
        raise self._missing()

    async def saved(
        self,
        session: AsyncSession,
        principal: Principal,
        rows: Sequence[Mapping[str, Any]],
        given: Mapping[str, Any],
        definition_id: str = "",
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return an agent's own with one made or, with `definition_id`, changed; and that one. Editors.

        Raises `NotFound`, `Conflict` (`duplicate`), and `Invalid` that names the field.
        """
        principal.require(MemberRole.EDITOR)
        former = next((one for one in rows if definition_id and one["id"] == definition_id), None)
        if definition_id and former is None:
            raise self._missing()
        found = await self.check(session, given, former or {})
        left = [dict(one) for one in rows]
        if any(one["name"] == found["name"] and one["id"] != found["id"] for one in left):
            raise self._taken()
        if former is None:
            return [*left, found], found
        return [found if one["id"] == found["id"] else one for one in left], found

    def removed(self, rows: Sequence[Mapping[str, Any]], definition_id: str) -> list[dict[str, Any]]:
        """Return an agent's own without one. Raises `NotFound`."""
        left = [dict(one) for one in rows if one["id"] != definition_id]
        if len(left) == len(rows):
            raise self._missing()
        return left

    async def _rows(self, session: AsyncSession, *, for_update: bool = False) -> list[Any]:
        query = select(self.table).where(self.table.org_id == org_id_of(session)).order_by(self.table.name)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return list((await session.execute(query)).scalars())

    async def _tell(
        self, session: AsyncSession, principal: Principal, what: str, definition_id: str, name: str
    ) -> None:
        await audit.record(session, principal, f"ui:{self.plural}:{what}", definition_id, {"name": name})
        await realtime.announce(session, org_id_of(session), f"{self.plural}.changed")

    def _missing(self) -> NotFound:
        return NotFound(f"This {self.word} does not exist.")

    def _taken(self) -> Conflict:
        return Conflict(f"There is a {self.word} of this name already.", code="duplicate", field="name")
