"""Serve dynamic variables over the API: the details that agents find out.

A change here answers customers at once, as every change over the API does. `agent_id` null marks a detail that every
agent finds out; it is made with `for_all`.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions.body import Body
from backend.api.functions.definitions import Kind
from backend.core.principal import Principal
from backend.details import service as details

router = APIRouter(prefix="/functions/v1/manage-dynamic-variables")
Caller = Annotated[Principal, Depends(principal)]

_FIELDS = (
    "name", "description", "var_type", "enum_options", "required", "read_back", "format", "low", "high", "send_to",
)  # fmt: skip
_VARIABLES = Kind("variable", "dynamic_variables", _FIELDS, details.DEFINITIONS)


@router.get("")
async def list_variables(request: Request, who: Caller) -> JSONResponse:
    """List an agent's variables, its own and then everybody's; without an agent, all there are."""
    return JSONResponse(await _VARIABLES.rows(Body.of_query(request).optional_id("agent_id"), who))


@router.get("/{variable_id}")
async def get_variable(variable_id: str, who: Caller) -> JSONResponse:
    """Read one variable."""
    return JSONResponse(await _VARIABLES.read(variable_id, who))


@router.post("")
async def create_variable(request: Request, who: Caller) -> JSONResponse:
    """Make a variable of an agent, or with `for_all` of every agent."""
    body = await Body.of(request)
    owner = _VARIABLES.owner(body)
    body.text("name", longest=100)
    return await _VARIABLES.create(owner, body, who)


@router.patch("/{variable_id}")
async def change_variable(variable_id: str, request: Request, who: Caller) -> JSONResponse:
    """Change a variable."""
    return await _VARIABLES.change(variable_id, await Body.of(request), who)


@router.delete("/{variable_id}")
async def delete_variable(variable_id: str, who: Caller) -> JSONResponse:
    """Delete a variable; what was found out stays in its conversations."""
    return JSONResponse(await _VARIABLES.delete(variable_id, who))
