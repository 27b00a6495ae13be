"""Serve web chat over the API: one message in one request, making widgets, listing sessions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.agents import service as agents
from backend.api.auth import client_address, principal
from backend.api.functions.body import BadParameter, Body
from backend.chat import service as chat
from backend.chat.schemas import Caller as Visiting
from backend.chat.schemas import SessionFilter, Visitor
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

_STATUSES = ("active", "closed")


@router.post("/webhook-chat-message")
async def webhook_chat_message(request: Request) -> JSONResponse:
    """Take a visitor's message and answer it, or greet.

    From a page, the widget's list of sites is enforced; from a server, an API key of the widget's organization is
    needed. The answer's `token` proves the session to the next request of somebody without a key.
    """
    owner = await principal(request) if request.headers.get("authorization") else None
    body = await Body.of(request)
    visitor = _visitor(body)
    session_id = body.optional_id("sessionId", "session_id")
    token = body.text("token", is_required=False, longest=600)
    is_greeting = bool(body.flag("requestGreeting") or body.flag("request_greeting"))
    message = body.text("message", is_required=not is_greeting, longest=20_000)
    caller = Visiting(request.headers.get("origin", ""), client_address(request.scope))
    widget = await _widget(body, owner, caller)
    is_trusted = owner is not None
    if is_greeting:
        found, token, greeting = await chat.greet(widget, caller, visitor, token=token, is_trusted=is_trusted)
        return body.reply(
            {
                "success": True,
                "sessionId": str(found),
                "messageId": None,
                "aiResponse": greeting,
                "isGreeting": True,
                "token": token,
            }
        )
    asked = await chat.ask(widget, caller, visitor, message, token=token, session_id=session_id, is_trusted=is_trusted)
    content: dict[str, Any] = {
        "success": True,
        "sessionId": str(asked.session_id),
        "messageId": str(asked.message_id),
        "aiResponse": asked.answer.text,
        "isGreeting": False,
        "token": asked.token,
    }
    if asked.answer.message_id:
        content["aiMessageId"] = asked.answer.message_id
    if asked.answer.is_paused:
        content["aiPaused"] = True
    if asked.answer.error:
        content["error"] = asked.answer.error
    return body.reply(content)


@router.post("/create-chat-widget")
async def create_chat_widget(request: Request, who: Caller) -> JSONResponse:
    """Make a chat widget that an agent answers."""
    body = await Body.of(request)
    agent_id = body.id("agent_id", "agentId")
    given = {name: body.value(name) for name in chat.FIELDS}
    fields = {name: value for name, value in given.items() if value is not None}
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            made = await chat.create(session, who, agent_id, **{"collect_visitor_name": True, **fields})
            agent = await agents.get(session, agent_id)
    code = chat.embed_code(made)
    return body.reply({**chat.view(made), "agent_name": made.agent_name or agent.name, "embed_code": code}, 201)


@router.post("/list-chat-sessions")
async def list_chat_sessions(request: Request, who: Caller) -> JSONResponse:
    """List visitors' sessions, the one spoken in last first."""
    body = await Body.of(request, may_be_empty=True)
    limit, offset = body.page()
    wanted = SessionFilter(
        widget_id=body.optional_id("widget_id"),
        status=body.choice("status", _STATUSES),
        since=body.moment("from_date"),
    )
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            rows, total = await chat.list_sessions(session, wanted, limit, offset)
    return body.reply({"sessions": rows, "total": total, "has_more": total > offset + limit})


async def _widget(body: Body, owner: Principal | None, caller: Visiting) -> Any:
    """Return the widget a request names, if its page, or its key's organization, may use it."""
    key = body.text("widgetKey", "widget_key", is_required=False, longest=60)
    agent_id: UUID | None = body.optional_id("agentId", "agent_id")
    if not key and agent_id is None:
        raise BadParameter("widgetKey or agentId is missing.", field="widgetKey", code="missing_params")
    return await chat.widget_for(key, agent_id, owner.org_id if owner else None, caller.origin)


def _visitor(body: Body) -> Visitor:
    info = body.value("browserInfo") or body.value("browser_info")
    return Visitor(
        visitor_id=body.text("visitorId", "visitor_id", is_required=False, longest=128),
        name=body.text("visitorName", "visitor_name", is_required=False, longest=200),
        email=body.text("visitorEmail", "visitor_email", is_required=False, longest=254),
        page_url=body.text("pageUrl", "page_url", is_required=False, longest=2048),
        browser_info=info if isinstance(info, dict) else {},
    )
