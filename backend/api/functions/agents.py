"""Serve agents over the API: list, read, make, change, delete, and try one."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.agents import service as agents
from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.functions import service as functions
from backend.knowledge import service as knowledge
from backend.vocab import AgentType
from backend.voice_copies import service as voice_copies

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

# Older names of the reference product's clients.
_TYPE_ALIASES = {"inbound": AgentType.INBOUND_VOICE, "outbound": AgentType.OUTBOUND_VOICE}
_TYPES = (*AgentType, *_TYPE_ALIASES)
_FIELD_ALIASES = {"transfer_number": "transfer_phone_number"}


@router.post("/list-agents")
async def list_agents(request: Request, who: Caller) -> JSONResponse:
    """List agents, newest first."""
    body = await Body.of(request, may_be_empty=True)
    limit, offset = body.page()
    agent_type, is_active = _agent_type(body), body.flag("is_active")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found, total = await agents.list_page(
                session, agent_type=agent_type, is_active=is_active, limit=limit, offset=offset
            )
    return body.reply(
        {"agents": [_row(agents.view(agent)) for agent in found], "total": total, "has_more": total > offset + limit}
    )


@router.post("/get-agent")
async def get_agent(request: Request, who: Caller) -> JSONResponse:
    """Read one agent, with the numbers it serves and the texts it knows."""
    body = await Body.of(request)
    agent_id = body.id("agent_id", "id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            agent = await agents.get(session, agent_id)
            served = await agents.numbers_served(session, agent_id)
            known = await knowledge.list_for_agent(session, agent_id)
    return body.reply(
        {
            **_row(agents.view(agent)),
            "phone_numbers": [
                {
                    "id": str(number.id),
                    "phone_number": number.phone_number,
                    "friendly_name": number.friendly_name,
                    "capabilities": number.capabilities,
                    "is_active": number.is_active,
                    "created_at": number.created_at.isoformat(),
                }
                for number in served
            ],
            "knowledge_sources": [
                {
                    "id": source["id"],
                    "title": source["title"],
                    "url": source["url"] or None,
                    "sync_status": source["status"],
                    "chunk_count": source["chunk_count"],
                    "last_synced_at": source["last_synced_at"] or None,
                    "created_at": source["created_at"],
                    "updated_at": source["updated_at"],
                }
                for source in known
            ],
        }
    )


@router.post("/create-agent")
async def create_agent(request: Request, who: Caller) -> JSONResponse:
    """Make an agent; what is not given comes from its type's defaults."""
    body = await Body.of(request)
    name = body.text("name", "agent_name")
    agent_type = _agent_type(body) or AgentType.INBOUND_VOICE
    fields = _fields(body, without=("name", "agent_type"))
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            made = await agents.create(session, who, agent_type, name, **fields)
    return body.reply({"agent": _row(agents.view(made))}, 201)


@router.post("/update-agent")
async def update_agent(request: Request, who: Caller) -> JSONResponse:
    """Change an agent; `expected_version` refuses to overwrite somebody else's change."""
    body = await Body.of(request)
    agent_id = body.id("agent_id", "id")
    expected = body.integer("expected_version", 0, low=1, high=1_000_000_000) or None
    changes = _fields(body, without=("agent_type",))
    if agent_type := _agent_type(body):
        changes["agent_type"] = agent_type
    if not changes:
        raise BadParameter(f"Name a field to change: {', '.join(agents.FIELDS)}.", code="no_updates")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            if "custom_functions" in changes:
                # What `get-agent` told may be sent back: it holds no header's value, and none is lost by that.
                former = agents.view(await agents.locked(session, agent_id))["custom_functions"]
                changes["custom_functions"] = await functions.replaced(
                    session, who, changes["custom_functions"], former
                )
            agent = await agents.update(session, who, agent_id, expected, **changes)
    return body.reply(_row(agents.view(agent)))


@router.post("/delete-agent")
async def delete_agent(request: Request, who: Caller) -> JSONResponse:
    """Delete an agent; its numbers are left without one, and for a month people can bring it back."""
    body = await Body.of(request)
    agent_id = body.id("agent_id", "id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            await agents.delete(session, who, agent_id)
    return body.reply({"success": True})


@router.post("/list-models")
async def list_models(request: Request, who: Caller) -> JSONResponse:
    """List the models an agent may use."""
    body = await Body.of(request, may_be_empty=True)
    provider = body.text("provider", is_required=False)
    first = agents.models()[0].name
    rows = [
        {
            "id": one.name,
            "name": one.label,
            "provider": "openai",
            "description": one.label,
            "latency": one.latency,
            "is_default": one.name == first,
        }
        for one in agents.models()
        if provider in ("", "openai")
    ]
    return body.reply({"models": rows})


@router.post("/list-voices")
async def list_voices(request: Request, who: Caller) -> JSONResponse:
    """List the voices an agent may speak with."""
    body = await Body.of(request, may_be_empty=True)
    provider, with_builtin = body.text("provider", is_required=False), body.flag("include_builtin")
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "description": one.description,
            "provider": one.provider,
            "is_custom": False,
        }
        for one in agents.voices()
        if provider in ("", one.provider) and with_builtin is not False
    ]
    if provider in ("", agents.ELEVENLABS):
        with org_scope(who.org_id):
            async with unit_of_work() as session:
                copied = await voice_copies.ready(session)
        told = {
            "description": "Copied from a caller who agreed to it",
            "provider": agents.ELEVENLABS,
            "is_custom": True,
        }
        rows += [{"id": one.id, "name": one.name, **told} for one in copied]
    return body.reply({"voices": rows})


@router.post("/delete-voice")
async def delete_voice(request: Request, who: Caller) -> JSONResponse:
    """Have a copied voice deleted, here and at the voice service."""
    body = await Body.of(request)
    voice = body.text("voice_id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            await voice_copies.remove(session, who, parse_id(voice.removeprefix(voice_copies.PREFIX)))
    return body.reply({"success": True})


def _row(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "custom_functions": [functions.shown(one) for one in found["custom_functions"]]}


def _agent_type(body: Body) -> str:
    given = body.choice("agent_type", _TYPES)
    return _TYPE_ALIASES.get(given, given)


def _fields(body: Body, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the agent's fields the caller sent; null counts as not sent."""
    values = {field: body.value(field) for field in agents.FIELDS if field not in without}
    for alias, field in _FIELD_ALIASES.items():
        given = body.value(alias)
        values[field] = given if values.get(field) is None else values[field]
    given = {field: value for field, value in values.items() if value is not None}
    if given.get("after_hours_sms_forwarding") and "after_hours_action" not in given:
        # The reference product has no such choice: there a number to forward to is the wish to forward.
        given["after_hours_action"] = "forward"
    return given
