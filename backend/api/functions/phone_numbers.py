"""Serve phone numbers over the API: list them, and say which agent serves which."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.agents import service as agents
from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.numbers import service as numbers
from backend.numbers.schemas import SLOT_TYPES, NumberView, Slot

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

# The API's names for the slots, older than ours.
_CHANNELS = {"inbound": Slot.VOICE, "outbound": Slot.OUTBOUND, "sms": Slot.TEXT}


@router.post("/list-phone-numbers")
async def list_phone_numbers(request: Request, who: Caller) -> JSONResponse:
    """List the organization's numbers."""
    body = await Body.of(request, may_be_empty=True)
    limit, offset = body.page()
    agent_id, text_agent_id = body.optional_id("agent_id"), body.optional_id("text_agent_id")
    is_active = body.flag("is_active")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await numbers.list_all(session)
    wanted = [
        number
        for number in found
        if (agent_id is None or str(agent_id) in (number["agent_id"], number["text_agent_id"]))
        and (text_agent_id is None or str(text_agent_id) == number["text_agent_id"])
        and (is_active is None or is_active == number["is_active"])
    ]
    page = [_shown(number) for number in wanted[offset : offset + limit]]
    return body.reply({"numbers": page, "total": len(wanted), "has_more": len(wanted) > offset + limit})


@router.post("/assign-phone-number")
async def assign_phone_number(request: Request, who: Caller) -> JSONResponse:
    """Let an agent serve a number; the channel follows from the agent's type unless it is named."""
    body = await Body.of(request)
    phone_number = body.text("phone_number", "phoneNumber", longest=32)
    agent_id = body.id("agent_id")
    channel = body.text("channel", is_required=False, longest=16)
    if channel and channel not in _CHANNELS:
        raise BadParameter(f"channel must be one of: {', '.join(_CHANNELS)}.", field="channel", code="invalid_channel")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            number = await numbers.get_owned(session, e164.normalize(phone_number))
            agent = await agents.get(session, agent_id)
            slot = _CHANNELS[channel] if channel else _slot_of(agent.agent_type)
            number = await numbers.assign(session, who, number.id, agent_id, slot)
            if not number.is_active:
                number = await numbers.set_active(session, who, number.id, True)
    named = next(name for name, known in _CHANNELS.items() if known == slot)
    return body.reply(
        {
            "success": True,
            "phone_number": number.phone_number,
            "agent_id": str(agent_id),
            "channel": named,
            "is_active": number.is_active,
        }
    )


def _slot_of(agent_type: str) -> Slot:
    for slot, known in SLOT_TYPES.items():
        if known == agent_type:
            return slot
    raise BadParameter(
        "An agent of this type serves no phone number; choose a text or a voice agent.",
        field="agent_id",
        code="invalid_agent",
    )


def _shown(number: NumberView) -> dict[str, object]:
    return {
        "id": number["id"],
        "phone_number": number["phone_number"],
        "friendly_name": number["friendly_name"],
        "agent_id": number["agent_id"] or None,
        "agent_name": number["agent_name"] or None,
        "text_agent_id": number["text_agent_id"] or None,
        "text_agent_name": number["text_agent_name"] or None,
        "outbound_agent_id": number["outbound_agent_id"] or None,
        "outbound_agent_name": number["outbound_agent_name"] or None,
        "capabilities": number["capabilities"],
        "is_active": number["is_active"],
        "provider": "signalwire",
        "created_at": number["created_at"],
    }
