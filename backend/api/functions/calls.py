"""Serve calls over the API: have an agent call somebody, end a call, list and read them, and hear them."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.api.auth import principal
from backend.api.functions import repeats
from backend.api.functions.body import BadParameter, Body
from backend.calls import service as calls
from backend.core import idempotency
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.recordings import service as recordings
from backend.vocab import CallStatus, Direction

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

# What is kept of a call for its caller, and what an agent is told of it.
_LARGEST_OBJECT = 10_000


@router.post("/initiate-bridged-call")
async def initiate_bridged_call(request: Request, who: Caller) -> JSONResponse:
    """Have an agent call somebody, or with `own_phone` the caller's own telephone rung first and no agent take part.

    The carrier's ids are known once the telephone rings.
    """
    body = await Body.of(request)
    phone_number, caller_id = body.text("phone_number", longest=32), body.text("caller_id", longest=32)
    if body.flag("own_phone"):
        return await _own_phone(request, who, body, "initiate-bridged-call", phone_number, caller_id)
    order = calls.CallOrder(
        phone_number=phone_number,
        caller_id=caller_id,
        agent_id=body.optional_id("agent_id"),
        purpose=body.text("purpose", is_required=False, longest=2000),
        goal=body.text("goal", is_required=False, longest=2000),
        template_id=body.optional_id("template_id"),
        prompt_override=body.text("outbound_system_prompt", is_required=False),
        variables=_object(body, "dynamic_variables"),
        caller_data=_object(body, "metadata"),
    )
    return await _placed(request, who, body, "initiate-bridged-call", lambda session: calls.place(session, who, order))


@router.post("/initiate-callback-call")
async def initiate_callback_call(request: Request, who: Caller) -> JSONResponse:
    """Ring the caller's own telephone, and once they pressed the key, that of whom they call."""
    body = await Body.of(request)
    destination, caller_id = body.text("destination_number", longest=32), body.text("caller_id", longest=32)
    return await _own_phone(request, who, body, "initiate-callback-call", destination, caller_id)


@router.post("/terminate-call")
async def terminate_call(request: Request, who: Caller) -> JSONResponse:
    """End a call, by our id or the carrier's."""
    body = await Body.of(request)
    call = body.text("call_id", longest=64)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            call_id = await calls.terminate(session, who, call)
    return body.reply({"success": True, "call_id": str(call_id), "platform": "signalwire", "status": "terminated"})


@router.post("/conference-transfer")
async def conference_transfer(request: Request, who: Caller) -> JSONResponse:
    """Ring a telephone whose owner joins a call that lasts, named by our id or the carrier's."""
    body = await Body.of(request)
    call, number = body.text("caller_call_sid", "call_id", longest=64), body.text("target_number", longest=32)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            remembered = await repeats.claim(session, request, "conference-transfer")
            if remembered is not None and remembered.status:
                return JSONResponse(remembered.body, remembered.status)
            call_id = await calls.by_any_id(session, call)
            party = await calls.add_party(session, who, call_id, number)
            content: dict[str, Any] = {
                "success": True,
                "call_id": str(call_id),
                "participant_id": party,
                "status": "ringing",
            }
            if body.ignored:
                content["ignored_fields"] = body.ignored
            if remembered is not None:
                await idempotency.answer(session, remembered, 200, content)
    return JSONResponse(content)


@router.post("/list-calls")
async def list_calls(request: Request, who: Caller) -> JSONResponse:
    """List calls, newest first."""
    body = await Body.of(request, may_be_empty=True)
    limit, offset = body.page()
    phone = body.text("phone_number", is_required=False, longest=32)
    wanted = calls.CallFilter(
        direction=body.choice("direction", Direction),
        status=body.choice("status", CallStatus),
        agent_id=body.optional_id("agent_id"),
        phone_number=e164.normalize(phone) if phone else "",
        since=body.moment("from_date"),
        until=body.moment("to_date", is_end=True),
    )
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found, total = await calls.page(session, wanted, limit, offset)
    return body.reply({"calls": found, "total": total, "has_more": total > offset + limit})


@router.post("/get-call")
async def get_call(request: Request, who: Caller) -> JSONResponse:
    """Read one call."""
    body = await Body.of(request)
    call_id = body.id("call_id", "id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await calls.one(session, call_id)
            heard = await recordings.links_of(session, call_id) if await recordings.of_call(session, call_id) else []
    first = next((one["url"] for one in heard if one["url"]), None)
    return body.reply({**found, "recording_url": first, "recordings": heard})


@router.post("/get-signed-recording-url")
async def get_signed_recording_url(request: Request, who: Caller) -> JSONResponse:
    """Return links to the recordings of a call; each works for an hour, for whoever has it."""
    body = await Body.of(request)
    call_id = body.id("call_id", "id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await recordings.links_of(session, call_id)
    first = next((one["url"] for one in found if one["url"]), None)
    return body.reply({"call_id": str(call_id), "recording_url": first, "recordings": found})


async def _own_phone(
    request: Request, who: Principal, body: Body, endpoint: str, phone_number: str, caller_id: str
) -> JSONResponse:
    def place(session: AsyncSession) -> Awaitable[Any]:
        return calls.place_by_own_phone(session, who, phone_number, caller_id)

    return await _placed(request, who, body, endpoint, place, message="Your own phone rings. Pick it up and press 1.")


async def _placed(
    request: Request,
    who: Principal,
    body: Body,
    endpoint: str,
    place: Callable[[AsyncSession], Awaitable[Any]],
    **more: str,
) -> JSONResponse:
    """Keep a call and answer its id; a request that is repeated with its key is answered as the first time."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            remembered = await repeats.claim(session, request, endpoint)
            if remembered is not None and remembered.status:
                return JSONResponse(remembered.body, remembered.status)
            call = await place(session)
            content: dict[str, Any] = {
                "success": True,
                "call_sid": None,
                "agent_call_sid": None,
                "call_record_id": str(call.id),
                "status": call.status,
                **more,
            }
            if body.ignored:
                content["ignored_fields"] = body.ignored
            if remembered is not None:
                await idempotency.answer(session, remembered, 200, content)
    return JSONResponse(content)


def _object(body: Body, name: str) -> dict[str, Any]:
    value = body.value(name)
    if value is None:
        return {}
    if not isinstance(value, dict) or len(json.dumps(value)) > _LARGEST_OBJECT:
        raise BadParameter(f"{name} must be an object of at most {_LARGEST_OBJECT:,} characters.", field=name)
    if "\\u0000" in json.dumps(value):
        raise BadParameter(f"{name} holds a null character.", field=name)
    return value
