"""Serve custom functions over the API: list, read, make, change and delete what agents may call.

A change here answers customers at once, as every change over the API does. `agent_id` null marks a function that every
agent has; it is made with `for_all`. Header values go in and never come out.
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
from backend.functions import service as functions

router = APIRouter(prefix="/functions/v1/custom-functions")
Caller = Annotated[Principal, Depends(principal)]

_REQUIRED = ("name", "description", "http_method", "endpoint_url")
_FIELDS = (
    *_REQUIRED, "headers", "query_params", "body_template", "body_schema", "response_variables", "timeout_ms",
    "max_retries", "is_active",
)  # fmt: skip


@router.get("")
async def list_functions(request: Request, who: Caller) -> JSONResponse:
    """List an agent's functions, its own and then everybody's; without an agent, all there are."""
    return await _list(Body.of_query(request), who)


@router.get("/{function_id}")
async def get_function(function_id: str, who: Caller) -> JSONResponse:
    """Read one function."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            agent_id, found = await _find(session, function_id)
    return JSONResponse(_row(agent_id, found))


@router.post("")
async def act(request: Request, who: Caller) -> JSONResponse:
    """Make a function; with an `action`, list, change or delete, as older callers do."""
    body = await Body.of(request)
    match body.text("action", is_required=False, longest=20):
        case "list":
            return await _list(body, who)
        case "update":
            return await _change(str(body.id("function_id", "id")), body, who)
        case "delete":
            return await _delete(str(body.id("function_id", "id")), body, who)
    return await _create(body, who)


@router.patch("/{function_id}")
async def change_function(function_id: str, request: Request, who: Caller) -> JSONResponse:
    """Change a function; headers without a value keep theirs."""
    return await _change(function_id, await Body.of(request), who)


@router.delete("/{function_id}")
async def delete_function(function_id: str, who: Caller) -> JSONResponse:
    """Delete a function; versions that had it keep it in their record."""
    return await _delete(function_id, Body({}), who)


async def _list(body: Body, who: Principal) -> JSONResponse:
    agent_id = body.optional_id("agent_id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            owners = [await agents.get(session, agent_id)] if agent_id else await agents.list_all(session)
            every = await functions.shared(session)
    own = [_row(str(owner.id), one) for owner in owners for one in agents.view(owner)["custom_functions"]]
    return JSONResponse([*own, *(_row(None, one) for one in every)])


async def _create(body: Body, who: Principal) -> JSONResponse:
    for_all = body.flag("for_all") or False
    agent_id = body.optional_id("agent_id") if for_all else body.id("agent_id")
    for name in _REQUIRED:
        if not body.value(name):
            raise BadParameter(f"{name} is required", field=name, code="missing_param")
    given = _given(body)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            if for_all:
                made = await functions.save_shared(session, who, given)
                return body.reply(_row(None, made), 201)
            rows = agents.view(await agents.locked(session, body.id("agent_id")))["custom_functions"]
            rows, made = await functions.saved(session, who, rows, given)
            await agents.update(session, who, body.id("agent_id"), custom_functions=rows)
    return body.reply(_row(str(agent_id), made), 201)


async def _change(function_id: str, body: Body, who: Principal) -> JSONResponse:
    given = _given(body)
    if not given:
        raise BadParameter(f"Name a field to change: {', '.join(_FIELDS)}.", code="no_updates")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            agent_id, found = await _find(session, function_id)
            if agent_id is None:
                return body.reply(_row(None, await functions.save_shared(session, who, given, found["id"])))
            rows = agents.view(await agents.locked(session, UUID(agent_id)))["custom_functions"]
            rows, found = await functions.saved(session, who, rows, given, found["id"])
            await agents.update(session, who, UUID(agent_id), custom_functions=rows)
    return body.reply(_row(agent_id, found))


async def _delete(function_id: str, body: Body, who: Principal) -> JSONResponse:
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            agent_id, found = await _find(session, function_id)
            if agent_id is None:
                await functions.remove_shared(session, who, found["id"])
            else:
                rows = agents.view(await agents.locked(session, UUID(agent_id)))["custom_functions"]
                left = functions.removed(rows, found["id"])
                await agents.update(session, who, UUID(agent_id), custom_functions=left)
    return body.reply({"success": True, "message": f"The function {found['name']} is deleted."})


async def _find(session: AsyncSession, function_id: str) -> tuple[str | None, dict[str, Any]]:
    """Return whose a function is (null for everybody's), and itself. Raises `NotFound`."""
    for one in await functions.shared(session):
        if one["id"] == function_id:
            return None, one
    for agent in await agents.list_all(session):
        for one in agents.view(agent)["custom_functions"]:
            if one["id"] == function_id:
                return str(agent.id), one
    raise NotFound("This function does not exist.")


def _given(body: Body) -> dict[str, Any]:
    return {name: body.value(name) for name in _FIELDS if body.value(name) is not None}


def _row(agent_id: str | None, found: Mapping[str, Any]) -> dict[str, Any]:
    return {**functions.shown(found), "agent_id": agent_id}
