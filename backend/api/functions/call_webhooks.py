"""Take the carrier's and LiveKit's webhooks for calls: say at once what a caller hears, store the rest for later."""

from fastapi import APIRouter, Request, Response

from backend.api.functions import carrier_body
from backend.calls import service as calls

router = APIRouter(prefix="/functions/v1")

_NOTHING_TO_DO = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@router.post("/webhook-inbound-call")
async def inbound_call(request: Request) -> Response:
    """Somebody calls one of our numbers."""
    return _xml(await calls.answer_inbound(*await _signed(request, "webhook-inbound-call")))


@router.post("/outbound-call-cxml")
async def outbound_call(request: Request) -> Response:
    """Somebody answered a call of ours."""
    return _xml(await calls.answer_outbound(*await _signed(request, "outbound-call-cxml")))


@router.post("/own-phone-cxml")
async def own_phone(request: Request) -> Response:
    """Somebody picked up their own telephone, to be joined with whom they call, or pressed a key on it."""
    return _xml(await calls.own_phone_instructions(*await _signed(request, "own-phone-cxml")))


@router.post("/transfer-cxml")
async def transfer(request: Request) -> Response:
    """A caller is put through to a telephone."""
    return _xml(await calls.transfer_instructions(*await _signed(request, "transfer-cxml")))


@router.post("/warm-transfer-cxml")
async def warm_transfer(request: Request) -> Response:
    """Somebody was rung who may take a caller: they answered, or pressed a key."""
    return _xml(await calls.consult_instructions(*await _signed(request, "warm-transfer-cxml")))


@router.post("/warm-transfer-status")
async def warm_transfer_status(request: Request) -> Response:
    """Something became of a telephone that was rung for a caller."""
    await calls.consult_told(*await _signed(request, "warm-transfer-status"))
    return _xml(_NOTHING_TO_DO)


@router.post("/conference-cxml")
async def conference(request: Request) -> Response:
    """Somebody answered who is added to a call."""
    return _xml(await calls.party_instructions(*await _signed(request, "conference-cxml")))


@router.post("/conference-status")
async def conference_status(request: Request) -> Response:
    """Something became of a telephone that was rung to be added to a call."""
    await calls.party_told(*await _signed(request, "conference-status"))
    return _xml(_NOTHING_TO_DO)


@router.post("/webhook-call-status")
async def call_status(request: Request) -> Response:
    """A call moved on."""
    await calls.accept_status(*await _signed(request, "webhook-call-status"))
    return _xml(_NOTHING_TO_DO)


@router.post("/webhook-call-pickup")
async def call_pickup(request: Request) -> Response:
    """A person or a machine picked up a call of ours."""
    await calls.accept_pickup(*await _signed(request, "webhook-call-pickup"))
    return _xml(_NOTHING_TO_DO)


@router.post("/sip-call-status")
async def sip_call_status(request: Request) -> Response:
    """The leg to an agent or a person ended, and the caller is still there."""
    return _xml(await calls.leg_ended(*await _signed(request, "sip-call-status")))


@router.post("/sip-recording-callback")
async def sip_recording(request: Request) -> Response:
    """A recording of a call is there."""
    await calls.accept_recording(*await _signed(request, "sip-recording-callback"))
    return _xml(_NOTHING_TO_DO)


@router.post("/webhook-livekit-egress")
async def livekit(request: Request) -> dict[str, bool]:
    """Something happened in a room of LiveKit, or to a recording of one; its server has one address for all of it."""
    await calls.accept_room_event(request.headers.get("authorization", ""), await carrier_body.read(request))
    return {"success": True}


async def _signed(request: Request, function: str) -> tuple[str, str, bytes]:
    """Return what a webhook is judged by: its address, its signature and its body."""
    signature = request.headers.get("x-signalwire-signature", "")
    return carrier_body.address(request, function), signature, await carrier_body.read(request)


def _xml(document: bytes) -> Response:
    return Response(document, media_type="application/xml")
