"""Serve an organization's tickets over the API: list, read, open and change."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions import repeats
from backend.api.functions.body import BadParameter, Body
from backend.core import idempotency
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.support import service as support
from backend.vocab import TicketPriority, TicketStatus

router = APIRouter(prefix="/functions/v1/support-tickets")
Caller = Annotated[Principal, Depends(principal)]

_ALL = "all"


@router.get("")
async def list_tickets(request: Request, who: Caller) -> JSONResponse:
    """List tickets, newest first: the open ones, or of another status, or all."""
    body = Body.of_query(request)
    status = body.choice("status", (*TicketStatus, _ALL)) or TicketStatus.OPEN
    wanted = support.TicketFilter(
        status="" if status == _ALL else status,
        priority=body.choice("priority", TicketPriority),
        assigned_to=body.text("assigned_to", is_required=False, longest=36),
        search=body.text("search", is_required=False, longest=support.SEARCH_LIMIT),
    )
    limit = body.integer("limit", 25, low=1, high=100)
    after = str(body.optional_id("after") or "")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await support.page(session, wanted, after, limit)
    return body.reply(
        {"tickets": found.rows, "total": found.total, "has_more": bool(found.next), "next": found.next or None}
    )


@router.get("/{ticket_id}")
async def get_ticket(ticket_id: UUID, who: Caller) -> JSONResponse:
    """Read one ticket."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            return JSONResponse(await support.get(session, ticket_id))


@router.post("")
async def create_ticket(request: Request, who: Caller) -> JSONResponse:
    """Open a ticket for a customer, named by conversation or contact."""
    body = await Body.of(request)
    body.text("subject", longest=support.SUBJECT_LIMIT)
    conversation_id, contact_id = body.optional_id("conversation_id"), body.optional_id("contact_id")
    if conversation_id is None and contact_id is None:
        raise BadParameter("conversation_id or contact_id is missing.", field="conversation_id", code="missing_param")
    given = {name: value for name, value in _given(body).items() if name != "status" and value is not None}
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            remembered = await repeats.claim(session, request, "support-tickets")
            if remembered is not None and remembered.status:
                return JSONResponse(remembered.body, remembered.status)
            row = await support.open_by_person(
                session, who, given, conversation_id=conversation_id, contact_id=contact_id
            )
            content: dict[str, Any] = {**row, **({"ignored_fields": body.ignored} if body.ignored else {})}
            if remembered is not None:
                await idempotency.answer(session, remembered, 201, content)
    return JSONResponse(content, 201)


@router.patch("/{ticket_id}")
async def change_ticket(ticket_id: UUID, request: Request, who: Caller) -> JSONResponse:
    """Change the fields a body names; null takes an assignee or a due date off."""
    body = await Body.of(request)
    given = _given(body)
    if not given:
        raise BadParameter(f"Name a field to change: {', '.join(support.FIELDS)}.", code="no_updates")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            return body.reply(await support.change(session, who, ticket_id, given))


def _given(body: Body) -> dict[str, Any]:
    return {name: body.value(name) for name in support.FIELDS if body.has(name)}
