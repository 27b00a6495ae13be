"""Send the platform's own mail through Postmark's HTTP API, documented at postmarkapp.com/developer."""

from typing import Any

import httpx

from backend.core.config import settings
from backend.core.errors import VendorError

VENDOR = "Postmark"
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
# What Postmark says about a recipient it will not deliver to (error code table of its API overview).
_INACTIVE_RECIPIENT = 406
_REFERENCE = "reference"
_SEARCHED = 50


def _client() -> httpx.AsyncClient:
    ours = settings()
    return httpx.AsyncClient(
        base_url=ours.postmark_base_url,
        headers={
            "Accept": "application/json",
            "X-Postmark-Server-Token": ours.postmark_server_token.get_secret_value(),
        },
        timeout=_TIMEOUT,
    )


async def send(*, to: str, subject: str, text_body: str, html_body: str, reference: str) -> str:
    """Hand one email over and return Postmark's id of it; `reference` is ours, for `find_sent`.

    Raises `VendorError`: `recipient_inactive` for good, retryable when the service is the trouble, and
    `may_have_happened` when the email may have left although no answer came.
    """
    message = {
        "From": settings().email_from,
        "To": to,
        "Subject": subject,
        "TextBody": text_body,
        "HtmlBody": html_body,
        "MessageStream": "outbound",
        "Metadata": {_REFERENCE: reference},
    }
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
        raise VendorError(f"This address does not take mail: {words}", vendor=VENDOR, code="recipient_inactive")
    is_trouble = response.status_code >= 500 or response.status_code == 429 or response.is_success
    raise VendorError(
        f"The mail service refused: {words}",
        vendor=VENDOR,
        is_retryable=is_trouble,
        may_have_happened=response.status_code >= 500 or response.is_success,
        details={"status": response.status_code, "vendor_code": code},
    )


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
        raise VendorError(
            f"The mail service answered {response.status_code}.",
            vendor=VENDOR,
            is_retryable=response.status_code >= 500 or response.status_code == 429,
        )
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


def _unreachable(error: httpx.HTTPError, *, may_have_happened: bool) -> VendorError:
    return VendorError(
        f"The mail service could not be reached ({type(error).__name__}).",
        vendor=VENDOR,
        is_retryable=True,
        may_have_happened=may_have_happened,
    )
