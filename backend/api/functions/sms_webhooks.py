"""Take the carrier's webhooks for texts: answer an empty instruction at once, work later."""

from fastapi import APIRouter, Request, Response

from backend.api.functions import carrier_body
from backend.messaging import service as messaging
from backend.messaging.service import WebhookKind

router = APIRouter(prefix="/functions/v1")

_NOTHING_TO_DO = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@router.post("/webhook-inbound-sms")
async def inbound_sms(request: Request) -> Response:
    """A customer's text arrived at one of our numbers."""
    return await _accept(request, WebhookKind.INBOUND, "webhook-inbound-sms")


@router.post("/webhook-sms-status")
async def sms_status(request: Request) -> Response:
    """A text of ours moved on."""
    return await _accept(request, WebhookKind.STATUS, "webhook-sms-status")


async def _accept(request: Request, kind: WebhookKind, function: str) -> Response:
    body = await carrier_body.read(request)
    signature = request.headers.get("x-signalwire-signature", "")
    await messaging.accept_webhook(kind, carrier_body.address(request, function), signature, body)
    return Response(_NOTHING_TO_DO, media_type="application/xml")
