"""Serve what people define for agents, such as functions: of one agent, or with `agent_id` null of every agent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi.responses import JSONResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.api.functions.body import BadParameter, Body
from backend.core.errors import NotFound
from backend.core.principal import Principal
from backend.core.shared_definitions import Definitions
from backend.core.tenancy import org_scope, unit_of_work


@dataclass(frozen=True)
class Kind:
    """One kind of definitions: what callers call it, the agent's field that holds its own, and the fields of a body.

    `shown` returns one as a caller may see it.
    """

    word: str
    field: str
    fields: tuple[str, ...]
    kept: Definitions
    shown: Callable[[Mapping[str, Any]], dict[str, Any]] = dict

    async def rows(self, agent_id: UUID | None, who: Principal) -> list[dict[str, Any]]:
        """Return an agent's own and then everybody's; without an agent, all there are."""
        with org_scope(who.org_id):
            async with unit_of_work() as session:
                owners = [await agents.get(session, agent_id)] if agent_id else await agents.list_all(session)
                every = await self.kept.shared(session)
        own = [self._row(str(owner.id), one) for owner in owners for one in agents.view(owner)[self.field]]
        return [*own, *(self._row(None, one) for one in every)]

    async def read(self, definition_id: str, who: Principal) -> dict[str, Any]:
        """Return one. Raises `NotFound`."""
        with org_scope(who.org_id):
            async with unit_of_work() as session:
                return self._row(*await self._find(session, definition_id))

    def owner(self, body: Body) -> UUID | None:
        """Return whose a new one is to be; None with `for_all`. Raises `BadParameter`."""
        if body.flag("for_all"):
            body.optional_id("agent_id")
            return None
        return body.id("agent_id")

    async def create(self, owner: UUID | None, body: Body, who: Principal) -> JSONResponse:
        """Make one of an agent, or without one of every agent."""
        given = self._given(body)
        with org_scope(who.org_id):
            async with unit_of_work() as session:
                if owner is None:
                    made = await self.kept.save_shared(session, who, given)
                else:
                    made = await self._save_own(session, owner, who, given)
        return body.reply(self._row(str(owner) if owner else None, made), 201)

    async def change(self, definition_id: str, body: Body, who: Principal) -> JSONResponse:
        """Change the fields a body names. Raises `NotFound`."""
        given = self._given(body)
        if not given:
            raise BadParameter(f"Name a field to change: {', '.join(self.fields)}.", code="no_updates")
        with org_scope(who.org_id):
            async with unit_of_work() as session:
                agent_id, found = await self._find(session, definition_id)
                if agent_id is None:
                    found = await self.kept.save_shared(session, who, given, definition_id)
                else:
                    found = await self._save_own(session, UUID(agent_id), who, given, definition_id)
        return body.reply(self._row(agent_id, found))

    async def delete(self, definition_id: str, who: Principal) -> dict[str, Any]:
        """Delete one, and return what the caller is told. Raises `NotFound`."""
        with org_scope(who.org_id):
            async with unit_of_work() as session:
                agent_id, found = await self._find(session, definition_id)
                if agent_id is None:
                    await self.kept.remove_shared(session, who, definition_id)
                else:
                    rows = agents.view(await agents.locked(session, UUID(agent_id)))[self.field]
                    await self._store(session, UUID(agent_id), who, self.kept.removed(rows, definition_id))
        return {"success": True, "message": f"The {self.word} {found['name']} is deleted."}

    async def _save_own(
        self, session: AsyncSession, agent_id: UUID, who: Principal, given: Mapping[str, Any], definition_id: str = ""
    ) -> dict[str, Any]:
        rows = agents.view(await agents.locked(session, agent_id))[self.field]
        rows, found = await self.kept.saved(session, who, rows, given, definition_id)
        await self._store(session, agent_id, who, rows)
        return found

    async def _store(self, session: AsyncSession, agent_id: UUID, who: Principal, rows: list[dict[str, Any]]) -> None:
        change: dict[str, Any] = {self.field: rows}
        await agents.update(session, who, agent_id, **change)

    async def _find(self, session: AsyncSession, definition_id: str) -> tuple[str | None, dict[str, Any]]:
        """Return whose one is (null for everybody's), and itself. Raises `NotFound`."""
        for one in await self.kept.shared(session):
            if one["id"] == definition_id:
                return None, one
        for agent in await agents.list_all(session):
            for one in agents.view(agent)[self.field]:
                if one["id"] == definition_id:
                    return str(agent.id), one
        raise NotFound(f"This {self.word} does not exist.")

    def _given(self, body: Body) -> dict[str, Any]:
        return {name: body.value(name) for name in self.fields if body.value(name) is not None}

    def _row(self, agent_id: str | None, found: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.shown(found), "agent_id": agent_id}
