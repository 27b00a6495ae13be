"""Have Deepgram hear a recording: what was said in it, as one text.

Deepgram's pre-recorded speech to text (POST /v1/listen): the sound is the body, in whichever container it lies.
"""

import httpx

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.vendors import http

VENDOR = "Deepgram"
# A few minutes of sound are heard in a few seconds.
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
_RETRYABLE = (408, 429, 500, 502, 503, 504)


async def hear(sound: bytes, content_type: str) -> str:
    """Return what is said in a recording, empty for nothing. Raises `VendorError`."""
    options = {"model": settings().deepgram_model, "punctuate": "true", "smart_format": "true"}
    headers = {
        "authorization": f"Token {settings().deepgram_api_key.get_secret_value()}",
        "content-type": content_type,
    }
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False, verify=http.vendor_certificates()) as client:
            url = f"{settings().deepgram_base_url}/listen"
            answer = await client.post(url, params=options, headers=headers, content=sound)
    except httpx.HTTPError as error:
        raise _failure("Deepgram could not be reached.", "no_answer", retryable=True) from error
    if not answer.is_success:
        is_retryable = answer.status_code in _RETRYABLE
        raise _failure(f"Deepgram answered {answer.status_code}.", str(answer.status_code), retryable=is_retryable)
    try:
        channels = answer.json()["results"]["channels"]
        return " ".join(str(one["alternatives"][0]["transcript"]).strip() for one in channels).strip()
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise _failure("Deepgram answered with what is no transcript.", "no_transcript") from error


def _failure(message: str, code: str, *, retryable: bool = False) -> VendorError:
    return VendorError(message, vendor=VENDOR, code=code, is_retryable=retryable)
