"""Serve what agents ask people to approve over the API: list it, read it, and decide."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.approvals import service as approvals
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import ToolCallStatus

router = APIRouter(prefix="/functions/v1/tool-approvals")
Caller = Annotated[Principal, Depends(principal)]

_DECISIONS = ("approve", "refuse")


@router.get("")
async def list_approvals(request: Request, who: Caller) -> JSONResponse:
    """List requests, newest first: those that wait, or of another status, or of any."""
    body = Body.of_query(request)
    wanted = body.choice("status", (*ToolCallStatus, "any")) or ToolCallStatus.WAITING
    status = None if wanted == "any" else ToolCallStatus(wanted)
    limit = body.integer("limit", approvals.MOST_LISTED, low=1, high=approvals.MOST_LISTED)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            conversation_id = body.optional_id("conversation_id")
            rows = await approvals.listed(session, status=status, conversation_id=conversation_id, limit=limit)
    return body.reply({"approvals": rows})


@router.get("/{approval_id}")
async def get_approval(approval_id: UUID, who: Caller) -> JSONResponse:
    """Read one request."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            return JSONResponse(await approvals.get(session, approval_id))


@router.post("/{approval_id}")
async def decide(approval_id: UUID, request: Request, who: Caller) -> JSONResponse:
    """Approve a request, or refuse it with a note to the agent; a second decision is a conflict."""
    body = await Body.of(request)
    decision = body.choice("decision", _DECISIONS)
    if not decision:
        raise BadParameter("decision is approve or refuse.", field="decision", code="missing_param")
    note = body.text("note", is_required=False, longest=approvals.NOTE_LIMIT)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            row = await approvals.decide(session, who, approval_id, is_approved=decision == "approve", note=note)
    return body.reply(row)
