"""Send mail through Postmark's HTTP API, documented at postmarkapp.com/developer."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.vendors import http

VENDOR = "Postmark"
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
# What Postmark says about a recipient it will not deliver to, and about a mail it cannot read (error code table of its
# API overview). Every other refusal is about us: the token, the sender's signature, the account's standing.
_INACTIVE_RECIPIENT, _UNREADABLE_MAIL = 406, 300
_REFERENCE = "reference"
_SEARCHED = 50


@dataclass(frozen=True)
class Attachment:
    """A file that goes with an email."""

    name: str
    content_type: str
    content: bytes


def _client() -> httpx.AsyncClient:
    ours = settings()
    return httpx.AsyncClient(
        base_url=ours.postmark_base_url,
        headers={
            "Accept": "application/json",
            "X-Postmark-Server-Token": ours.postmark_server_token.get_secret_value(),
        },
        timeout=_TIMEOUT,
        verify=http.vendor_certificates(),
    )


async def send(
    *,
    to: str,
    subject: str,
    text_body: str,
    reference: str,
    html_body: str = "",
    sender: str = "",
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
) -> str:
    """Hand one email over and return Postmark's id of it; `reference` is ours, for `find_sent`.

    It comes from `sender`, else from the platform. What goes into headers holds no line breaks.

    Raises `VendorError`: `recipient_inactive` and `mail_refused` for good, `mail_setup` until an operator has mended
    our token or sender, retryable when the service is the trouble, and `may_have_happened` when the email may have
    left although no answer came.
    """
    message: dict[str, Any] = {
        "From": sender or settings().email_from,
        "To": to,
        "Subject": subject,
        "TextBody": text_body,
        "MessageStream": "outbound",
        "Metadata": {_REFERENCE: reference},
    }
    message |= {name: value for name, value in (("HtmlBody", html_body), ("ReplyTo", reply_to)) if value}
    if headers:
        message["Headers"] = [{"Name": name, "Value": value} for name, value in headers.items()]
    if attachments:
        message["Attachments"] = [
            {"Name": one.name, "ContentType": one.content_type, "Content": base64.b64encode(one.content).decode()}
            for one in attachments
        ]
    try:
        async with _client() as client:
            response = await client.post("/email", json=message)
    except httpx.ConnectError as error:
        raise _unreachable(error, may_have_happened=False) from None
    except httpx.HTTPError as error:
        raise _unreachable(error, may_have_happened=True) from None
    answer = _json(response)
    if response.is_success and answer.get("ErrorCode") == 0 and answer.get("MessageID"):
        return str(answer["MessageID"])
    code = answer.get("ErrorCode")
    words = str(answer.get("Message") or f"status {response.status_code}")[:300]
    if code == _INACTIVE_RECIPIENT:
        inactive = "This address takes no mail: an earlier one came back, or its owner called it unwanted."
        raise VendorError(inactive, vendor=VENDOR, code="recipient_inactive")
    if code == _UNREADABLE_MAIL:
        raise VendorError(f"The mail service refused this mail: {words}", vendor=VENDOR, code="mail_refused")
    if _is_trouble(response):
        raise VendorError(
            f"The mail service failed: {words}",
            vendor=VENDOR,
            is_retryable=True,
            may_have_happened=response.status_code != 429,
            details={"status": response.status_code, "vendor_code": code},
        )
    raise _setup(words)


async def find_sent(to: str, reference: str) -> str:
    """Return Postmark's id of the email with our reference among the latest to this recipient, or "".

    Postmark lists a message seconds after it took it, so an empty answer is likely, not certain. Raises `VendorError`.
    """
    query = {"recipient": to, "count": str(_SEARCHED), "offset": "0"}
    try:
        async with _client() as client:
            response = await client.get("/messages/outbound", params=query)
    except httpx.HTTPError as error:
        raise _unreachable(error, may_have_happened=False) from None
    if not response.is_success:
        if not _is_trouble(response):
            raise _setup(str(_json(response).get("Message") or f"status {response.status_code}")[:300])
        raise VendorError(f"The mail service answered {response.status_code}.", vendor=VENDOR, is_retryable=True)
    for message in _json(response).get("Messages") or []:
        if (message.get("Metadata") or {}).get(_REFERENCE) == reference:
            return str(message["MessageID"])
    return ""


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _is_trouble(response: httpx.Response) -> bool:
    """Whether waiting may mend an answer: theirs to mend, or a success we cannot read."""
    return response.status_code >= 500 or response.status_code in (408, 429) or response.is_success


def _setup(words: str) -> VendorError:
    return VendorError(
        f"The mail service does not take our mail: {words} Check POSTMARK_SERVER_TOKEN, EMAIL_FROM and the account at "
        "Postmark, then send this job round again.",
        vendor=VENDOR,
        code="mail_setup",
    )


def _unreachable(error: httpx.HTTPError, *, may_have_happened: bool) -> VendorError:
    return VendorError(
        f"The mail service could not be reached ({type(error).__name__}).",
        vendor=VENDOR,
        is_retryable=True,
        may_have_happened=may_have_happened,
    )
