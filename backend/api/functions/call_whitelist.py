"""Serve whose calls go straight to a person over the API."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions.body import Body
from backend.calls import service as calls
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work

router = APIRouter(prefix="/functions/v1/manage-call-whitelist")
Caller = Annotated[Principal, Depends(principal)]


@router.get("")
async def list_entries(request: Request, who: Caller) -> JSONResponse:
    """List the callers an agent does not answer; without an agent, those of all."""
    query = Body.of_query(request)
    agent_id = query.optional_id("agent_id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            return query.reply({"entries": await calls.whitelist(session, agent_id)})


@router.post("")
async def add_entry(request: Request, who: Caller) -> JSONResponse:
    """Send a caller's calls straight to a number."""
    body = await Body.of(request)
    agent_id = body.id("agent_id")
    caller, target = body.text("caller_number", longest=32), body.text("forward_to", longest=32)
    label = body.text("label", is_required=False, longest=200)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            entry = await calls.add_to_whitelist(
                session, who, agent_id, caller_number=caller, forward_to=target, label=label
            )
    return body.reply({"entry": entry}, 201)


@router.delete("")
async def remove_entry(request: Request, who: Caller) -> JSONResponse:
    """Let the agent answer a caller again; the entry's id stands in the address or the body."""
    query = Body.of_query(request) if "id" in request.query_params else await Body.of(request)
    entry_id = query.id("id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            await calls.remove_from_whitelist(session, who, entry_id)
    return query.reply({"ok": True})
