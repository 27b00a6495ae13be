"""Serve custom functions over the API: list, read, make, change and delete what agents may call.

A change here answers customers at once, as every change over the API does. `agent_id` null marks a function that every
agent has; it is made with `for_all`. Header values go in and never come out.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.api.functions.definitions import Kind
from backend.core.principal import Principal
from backend.functions import service as functions

router = APIRouter(prefix="/functions/v1/custom-functions")
Caller = Annotated[Principal, Depends(principal)]

_REQUIRED = ("name", "description", "http_method", "endpoint_url")
_FIELDS = (
    *_REQUIRED, "headers", "query_params", "body_template", "body_schema", "response_variables", "timeout_ms",
    "max_retries", "is_active",
)  # fmt: skip
_FUNCTIONS = Kind("function", "custom_functions", _FIELDS, functions.DEFINITIONS, functions.shown)


@router.get("")
async def list_functions(request: Request, who: Caller) -> JSONResponse:
    """List an agent's functions, its own and then everybody's; without an agent, all there are."""
    return JSONResponse(await _FUNCTIONS.rows(Body.of_query(request).optional_id("agent_id"), who))


@router.get("/{function_id}")
async def get_function(function_id: str, who: Caller) -> JSONResponse:
    """Read one function."""
    return JSONResponse(await _FUNCTIONS.read(function_id, who))


@router.post("")
async def act(request: Request, who: Caller) -> JSONResponse:
    """Make a function; with an `action`, list, change or delete, as older callers do."""
    body = await Body.of(request)
    match body.text("action", is_required=False, longest=20):
        case "list":
            return JSONResponse(await _FUNCTIONS.rows(body.optional_id("agent_id"), who))
        case "update":
            return await _FUNCTIONS.change(str(body.id("function_id", "id")), body, who)
        case "delete":
            return body.reply(await _FUNCTIONS.delete(str(body.id("function_id", "id")), who))
    owner = _FUNCTIONS.owner(body)
    for name in _REQUIRED:
        if not body.value(name):
            raise BadParameter(f"{name} is required", field=name, code="missing_param")
    return await _FUNCTIONS.create(owner, body, who)


@router.patch("/{function_id}")
async def change_function(function_id: str, request: Request, who: Caller) -> JSONResponse:
    """Change a function; headers without a value keep theirs."""
    return await _FUNCTIONS.change(function_id, await Body.of(request), who)


@router.delete("/{function_id}")
async def delete_function(function_id: str, who: Caller) -> JSONResponse:
    """Delete a function; versions that had it keep it in their record."""
    return JSONResponse(await _FUNCTIONS.delete(function_id, who))
