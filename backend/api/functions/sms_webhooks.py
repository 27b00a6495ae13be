"""Take the carrier's webhooks for texts: answer an empty instruction at once, work later."""

from fastapi import APIRouter, Request, Response

from backend.core.errors import MagpipeError
from backend.messaging import service as messaging
from backend.messaging.service import WebhookKind

router = APIRouter(prefix="/functions/v1")

# A text has at most 1,600 characters, every one at most twelve bytes when percent-encoded, and eight media addresses.
LARGEST_BODY = 64 * 1024
_NOTHING_TO_DO = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


class BodyTooLarge(MagpipeError):
    """The request is larger than any the carrier sends."""

    status = 413
    default_code = "too_large"


@router.post("/webhook-inbound-sms")
async def inbound_sms(request: Request) -> Response:
    """A customer's text arrived at one of our numbers."""
    return await _accept(request, WebhookKind.INBOUND, "/functions/v1/webhook-inbound-sms")


@router.post("/webhook-sms-status")
async def sms_status(request: Request) -> Response:
    """A text of ours moved on."""
    return await _accept(request, WebhookKind.STATUS, "/functions/v1/webhook-sms-status")


async def _accept(request: Request, kind: WebhookKind, path: str) -> Response:
    body = await _read(request)
    query = request.scope["query_string"].decode("latin-1")
    signature = request.headers.get("x-signalwire-signature", "")
    await messaging.accept_webhook(kind, f"{path}?{query}" if query else path, signature, body)
    return Response(_NOTHING_TO_DO, media_type="application/xml")


async def _read(request: Request) -> bytes:
    """Return the body, refusing it as soon as it is known to be too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        raise BodyTooLarge("This request is larger than 64 KB.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BodyTooLarge("This request is larger than 64 KB.")
    return bytes(body)
