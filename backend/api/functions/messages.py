"""Serve texts over the API: send now or later, list, read."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions import repeats
from backend.api.functions.body import BadParameter, Body
from backend.conversations import service as conversations
from backend.core import clock, idempotency
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.messaging import service as messaging
from backend.messaging.schemas import MessageFilter
from backend.numbers import e164
from backend.vocab import Direction, MessageStatus

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

_SENDER = ("serviceNumber", "from", "sender_number", "service_number")
_RECIPIENT = ("contactPhone", "to", "recipient_phone", "contact_phone")
_TEXT = ("message", "body")
_TIME = ("scheduled_at", "send_at")


@router.post("/send-user-sms")
async def send_user_sms(request: Request, who: Caller) -> JSONResponse:
    """Send a member's text; the agent waits while people write."""
    return await _send(request, who, "send-user-sms", is_time_required=False)


@router.post("/send-sms")
async def send_sms(request: Request, who: Caller) -> JSONResponse:
    """Send a text; the same as send-user-sms under the documented names `from`, `to`, `body`."""
    return await _send(request, who, "send-sms", is_time_required=False)


@router.post("/schedule-sms")
async def schedule_sms(request: Request, who: Caller) -> JSONResponse:
    """Send a text at a later time."""
    return await _send(request, who, "schedule-sms", is_time_required=True)


@router.post("/list-messages")
async def list_messages(request: Request, who: Caller) -> JSONResponse:
    """List texts, newest first."""
    body = await Body.of(request, may_be_empty=True)
    limit, offset = body.page()
    phone = body.text("phone_number", is_required=False, longest=32)
    wanted = MessageFilter(
        thread_id=body.optional_id("thread_id", "conversation_id"),
        direction=body.choice("direction", Direction),
        phone_number=e164.normalize(phone) if phone else "",
        since=body.moment("from_date"),
        until=body.moment("to_date", is_end=True),
    )
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found, total = await messaging.list_messages(session, wanted, limit, offset)
    return body.reply({"messages": found, "total": total, "has_more": total > offset + limit})


@router.post("/get-message")
async def get_message(request: Request, who: Caller) -> JSONResponse:
    """Read one text."""
    body = await Body.of(request)
    message_id = body.id("message_id", "id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            return body.reply(await messaging.get_message(session, message_id))


async def _send(request: Request, who: Principal, endpoint: str, *, is_time_required: bool) -> JSONResponse:
    body = await Body.of(request)
    sender = body.text(*_SENDER, longest=32)
    recipient = body.text(*_RECIPIENT, longest=32)
    text = body.text(*_TEXT)
    media = body.texts("media_urls")
    at = _time(body, is_time_required)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            remembered = await repeats.claim(session, request, endpoint)
            if remembered is not None and remembered.status:
                return JSONResponse(remembered.body, remembered.status)
            message = await messaging.send_from_person(
                session,
                who,
                sender_number=sender,
                recipient_number=recipient,
                body=text,
                media=media,
                at=at,
                created_via="api",
            )
            conversation = await conversations.get(session, message.conversation_id)
            until = conversation.paused_until
            is_later = message.status == MessageStatus.SCHEDULED
            content: dict[str, Any] = {
                "success": True,
                "message": "The text is scheduled." if is_later else "The text is on its way.",
                "message_id": str(message.id),
                "thread_id": str(message.conversation_id),
                "status": message.status,
                "segments": message.segments,
                "scheduled_at": at.isoformat() if is_later and at else None,
                "paused_until": until.isoformat() if until and not is_later else None,
                "created_at": message.created_at.isoformat(),
            }
            if body.ignored:
                content["ignored_fields"] = body.ignored
            if remembered is not None:
                await idempotency.answer(session, remembered, 200, content)
    return JSONResponse(content)


def _time(body: Body, is_required: bool) -> datetime | None:
    at = body.moment(*_TIME)
    if at is None and is_required:
        raise BadParameter("scheduled_at is missing.", field="scheduled_at", code="missing_param")
    if at is not None and at <= clock.now():
        raise BadParameter("scheduled_at must be in the future.", field="scheduled_at")
    return at
