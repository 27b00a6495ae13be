"""Serve email over the API: write to anybody from a mailbox of the organization."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions import repeats
from backend.api.functions.body import BadParameter, Body
from backend.conversations import service as conversations
from backend.core import idempotency
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.mailboxes import service as mailboxes

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

# An address has at most 254 characters (RFC 5321); markup is mostly not words.
_LONGEST_ADDRESS, _LONGEST_NAME, _LONGEST_MARKUP = 320, 320, 200_000


@router.post("/send-email")
async def send_email(request: Request, who: Caller) -> JSONResponse:
    """Send a member's email; the agent waits while people write."""
    body = await Body.of(request)
    to_email = body.text("to_email", "to", longest=_LONGEST_ADDRESS)
    subject = body.text("subject")
    text = body.text("body_text", "body", is_required=False)
    markup = body.text("body_html", is_required=False, longest=_LONGEST_MARKUP)
    if not text and not markup:
        raise BadParameter("body_text is missing.", field="body_text", code="missing_param")
    agent_id, thread_id = body.optional_id("agent_id"), body.optional_id("thread_id")
    in_reply_to = body.text("in_reply_to", is_required=False, longest=_LONGEST_NAME)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            remembered = await repeats.claim(session, request, "send-email")
            if remembered is not None and remembered.status:
                return JSONResponse(remembered.body, remembered.status)
            email = await mailboxes.write(
                session,
                who,
                to_email=to_email,
                subject=subject,
                body_text=text,
                body_html=markup,
                agent_id=agent_id,
                thread_id=thread_id,
                in_reply_to=in_reply_to,
            )
            until = (await conversations.get(session, email.conversation_id)).paused_until
            content: dict[str, Any] = {
                "success": True,
                "message": "The email is on its way.",
                "message_id": str(email.id),
                "thread_id": str(email.thread_id),
                "conversation_id": str(email.conversation_id),
                "contact_id": str(email.contact_id),
                "from": email.from_address,
                "status": email.status,
                "paused_until": until.isoformat() if until else None,
                "created_at": email.created_at.isoformat(),
            }
            if body.ignored:
                content["ignored_fields"] = body.ignored
            if remembered is not None:
                await idempotency.answer(session, remembered, 200, content)
    return JSONResponse(content)
