"""Serve what is planned: list it, plan a text, take it back."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions import repeats
from backend.api.functions.body import BadParameter, Body
from backend.core import clock, idempotency
from backend.core.errors import NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.messaging import service as messaging
from backend.numbers import service as numbers
from backend.vocab import ActionStatus

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

_TYPES = ("send_sms", "call_contact", "execute_skill")


@router.get("/scheduled-actions")
async def list_actions(request: Request, who: Caller) -> JSONResponse:
    """List scheduled actions, newest first."""
    return await _list(Body.of_query(request), who)


@router.post("/process-scheduled-actions")
async def process(request: Request, who: Caller) -> JSONResponse:
    """List scheduled actions for callers of the older name; nothing is ever run on request."""
    body = await Body.of(request, may_be_empty=True)
    body.choice("action", ("list",))
    return await _list(body, who)


@router.post("/scheduled-actions", status_code=201)
async def create(request: Request, who: Caller) -> JSONResponse:
    """Plan a text."""
    body = await Body.of(request)
    if body.choice("action_type", _TYPES) not in ("", "send_sms"):
        raise BadParameter("Only send_sms can be planned here.", field="action_type")
    at = body.moment("scheduled_at")
    if at is None:
        raise BadParameter("scheduled_at is missing.", field="scheduled_at", code="missing_param")
    if at <= clock.now():
        raise BadParameter("scheduled_at must be in the future.", field="scheduled_at")
    parameters = body.object("parameters")
    recipient = parameters.text("recipient_phone", "to", longest=32)
    text = parameters.text("message", "body")
    sender = parameters.text("sender_number", "from", is_required=False, longest=32)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            remembered = await repeats.claim(session, request, "scheduled-actions")
            if remembered is not None and remembered.status:
                return JSONResponse(remembered.body, remembered.status)
            if not sender:
                sender = (await numbers.default_sender(session)).phone_number
            message = await messaging.send_from_person(
                session,
                who,
                sender_number=sender,
                recipient_number=recipient,
                body=text,
                at=at,
                created_via="api",
            )
            content: dict[str, Any] = {**await messaging.action_of(session, message.id)}
            if body.ignored:
                content["ignored_fields"] = body.ignored
            if remembered is not None:
                await idempotency.answer(session, remembered, 201, content)
    return JSONResponse(content, 201)


@router.patch("/scheduled-actions/{action_id}")
async def change(action_id: str, request: Request, who: Caller) -> JSONResponse:
    """Take a scheduled action back: the one change there is."""
    body = await Body.of(request)
    if body.choice("status", (ActionStatus.CANCELLED,)) == "":
        raise BadParameter("status is missing.", field="status", code="missing_param")
    try:
        wanted = UUID(action_id)
    except ValueError:
        raise NotFound("Nothing is planned under this id.") from None
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            return body.reply({**await messaging.cancel_action(session, who, wanted)})


async def _list(body: Body, who: Principal) -> JSONResponse:
    limit, offset = body.page()
    status = body.choice("status", ActionStatus)
    action_type = body.choice("action_type", _TYPES)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found, total = await messaging.list_actions(
                session, status=status, action_type=action_type, limit=limit, offset=offset
            )
    page: dict[str, Any] = {"data": found, "actions": found, "total": total, "has_more": total > offset + limit}
    return body.reply(page)
