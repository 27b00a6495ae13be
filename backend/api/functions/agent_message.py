"""Have an agent write a message over the API, for somebody to send."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.agents import service as agents
from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.core.principal import Principal
from backend.messaging import service as messaging
from backend.numbers import e164

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

MOST_LINES = 50


@router.post("/generate-agent-message")
async def generate_agent_message(request: Request, who: Caller) -> JSONResponse:
    """Write a text to somebody as an agent would; nothing is sent."""
    body = await Body.of(request)
    order = body.text("prompt", longest=1000)
    phone = e164.normalize(body.text("recipient_phone", longest=32), field="recipient_phone")
    name = body.text("recipient_name", is_required=False, longest=120)
    before = _said_before(body.value("conversation_history"))
    written = await agents.write_message(who, order, name=name, phone=phone, said_before=before)
    size = messaging.measure(written.text)
    return body.reply(
        {
            "message": written.text,
            "character_count": len(written.text),
            "segment_count": size.segments,
            "agent_id": written.agent_id,
        }
    )


def _said_before(given: Any) -> list[tuple[bool, str]]:
    """Read what was said before: a list of {role, content}, in which `user` is the customer."""
    if given is None:
        return []
    wrong = BadParameter(
        f"conversation_history must be a list of at most {MOST_LINES} objects with role and content.",
        field="conversation_history",
    )
    if not isinstance(given, list) or len(given) > MOST_LINES:
        raise wrong
    lines = []
    for line in given:
        if not isinstance(line, dict) or not isinstance(line.get("content"), str):
            raise wrong
        content = line["content"].replace("\x00", "")[:2000]
        lines.append((line.get("role") not in ("user", "customer", "contact", "inbound"), content))
    return lines
