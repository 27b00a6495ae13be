"""Take the mail service's webhooks: answer at once, work later."""

from fastapi import APIRouter, Request

from backend.core.errors import MagpipeError
from backend.mailboxes import service as mailboxes
from backend.mailboxes.service import MailWebhook

router = APIRouter(prefix="/functions/v1")

# Postmark takes mails of up to 35 MB with their files, which base64 makes a third larger.
LARGEST_BODY = 48 * 1024 * 1024
_OURS = {"success": True}


class MailTooLarge(MagpipeError):
    """The request is larger than any the mail service sends."""

    status = 413
    default_code = "too_large"


@router.post("/webhook-inbound-email")
async def inbound_email(request: Request) -> dict[str, bool]:
    """An email arrived at one of our mailboxes."""
    return await _accept(request, MailWebhook.INBOUND)


@router.post("/webhook-email-status")
async def email_status(request: Request) -> dict[str, bool]:
    """An email of ours arrived, came back, or was called unwanted."""
    return await _accept(request, MailWebhook.STATUS)


async def _accept(request: Request, kind: MailWebhook) -> dict[str, bool]:
    mailboxes.require_proof(kind, request.headers.get("authorization", ""))
    await mailboxes.accept_webhook(kind, await _read(request))
    return _OURS


async def _read(request: Request) -> bytes:
    """Return the body, refusing it as soon as it is known to be too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        raise MailTooLarge("This request is larger than 48 MB.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise MailTooLarge("This request is larger than 48 MB.")
    return bytes(body)
