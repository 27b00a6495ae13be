"""Serve dynamic variables over the API: the details that agents find out.

A change here answers customers at once, as every change over the API does. `agent_id` null marks a detail that every
agent finds out; it is made with `for_all`.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.core.errors import NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.details import service as details

router = APIRouter(prefix="/functions/v1/manage-dynamic-variables")
Caller = Annotated[Principal, Depends(principal)]

_FIELDS = (
    "name", "description", "var_type", "enum_options", "required", "read_back", "format", "low", "high", "send_to",
)  # fmt: skip


@router.get("")
async def list_variables(request: Request, who: Caller) -> JSONResponse:
    """List an agent's variables, its own and then everybody's; without an agent, all there are."""
    agent_id = Body.of_query(request).optional_id("agent_id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            owners = [await agents.get(session, agent_id)] if agent_id else await agents.list_all(session)
            every = await details.shared(session)
    own = [_row(str(owner.id), one) for owner in owners for one in agents.view(owner)["dynamic_variables"]]
    return JSONResponse([*own, *(_row(None, one) for one in every)])


@router.get("/{variable_id}")
async def get_variable(variable_id: str, who: Caller) -> JSONResponse:
    """Read one variable."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            agent_id, found = await _find(session, variable_id)
    return JSONResponse(_row(agent_id, found))


@router.post("")
async def create_variable(request: Request, who: Caller) -> JSONResponse:
    """Make a variable of an agent, or with `for_all` of every agent."""
    body = await Body.of(request)
    for_all = body.flag("for_all") or False
    agent_id = body.optional_id("agent_id") if for_all else body.id("agent_id")
    body.text("name", longest=100)
    given = _given(body)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            if for_all or agent_id is None:
                return body.reply(_row(None, await details.save_shared(session, who, given)), 201)
            rows = agents.view(await agents.locked(session, agent_id))["dynamic_variables"]
            rows, made = details.saved(who, rows, given)
            await agents.update(session, who, agent_id, dynamic_variables=rows)
    return body.reply(_row(str(agent_id), made), 201)


@router.patch("/{variable_id}")
async def change_variable(variable_id: str, request: Request, who: Caller) -> JSONResponse:
    """Change a variable."""
    body = await Body.of(request)
    given = _given(body)
    if not given:
        raise BadParameter(f"Name a field to change: {', '.join(_FIELDS)}.", code="no_updates")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            agent_id, found = await _find(session, variable_id)
            if agent_id is None:
                return body.reply(_row(None, await details.save_shared(session, who, given, found["id"])))
            rows = agents.view(await agents.locked(session, UUID(agent_id)))["dynamic_variables"]
            rows, found = details.saved(who, rows, given, found["id"])
            await agents.update(session, who, UUID(agent_id), dynamic_variables=rows)
    return body.reply(_row(agent_id, found))


@router.delete("/{variable_id}")
async def delete_variable(variable_id: str, who: Caller) -> JSONResponse:
    """Delete a variable; what was found out stays in its conversations."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            agent_id, found = await _find(session, variable_id)
            if agent_id is None:
                await details.remove_shared(session, who, found["id"])
            else:
                rows = agents.view(await agents.locked(session, UUID(agent_id)))["dynamic_variables"]
                left = details.removed(rows, found["id"])
                await agents.update(session, who, UUID(agent_id), dynamic_variables=left)
    return JSONResponse({"success": True, "message": f"The variable {found['name']} is deleted."})


async def _find(session: AsyncSession, variable_id: str) -> tuple[str | None, dict[str, Any]]:
    """Return whose a variable is (null for everybody's), and itself. Raises `NotFound`."""
    for one in await details.shared(session):
        if one["id"] == variable_id:
            return None, one
    for agent in await agents.list_all(session):
        for one in agents.view(agent)["dynamic_variables"]:
            if one["id"] == variable_id:
                return str(agent.id), one
    raise NotFound("This variable does not exist.")


def _given(body: Body) -> dict[str, Any]:
    return {name: body.value(name) for name in _FIELDS if body.value(name) is not None}


def _row(agent_id: str | None, found: Mapping[str, Any]) -> dict[str, Any]:
    return {**found, "agent_id": agent_id}
