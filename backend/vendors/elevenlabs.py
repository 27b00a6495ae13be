"""Have ElevenLabs copy a voice from a sample, and forget it (https://elevenlabs.io/docs/api-reference/voices).

POST /v1/voices/add makes a voice at once; a label of ours finds it again, because the vendor knows no idempotency key.
"""

import json
from typing import Any

import httpx

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.vendors import http

VENDOR = "ElevenLabs"
UNVERIFIED = "voice_unverified"
# A sample of a minute is sent and copied in seconds.
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
_RETRYABLE = (408, 425, 429, 500, 502, 503, 504)
# The name under which a voice carries our id of it.
_LABEL = "magpipe_copy"


async def add_voice(name: str, mark: str, wave: bytes) -> str:
    """Return the vendor's id of a voice made of a WAV sample; asked again under the same `mark`, the same voice's.

    Raises `VendorError` (`voice_unverified` where the vendor wants more proof than we have; nothing is left of it).
    """
    if found := await find_voice(mark):
        return found
    told = {"name": name, "labels": json.dumps({_LABEL: mark}), "remove_background_noise": "true"}
    answer = await _ask("POST", "/voices/add", data=told, files={"files": ("sample.wav", wave, "audio/wav")})
    voice_id = str(answer.get("voice_id") or "")
    if not voice_id:
        raise _failure("ElevenLabs named no voice.", "no_voice")
    if answer.get("requires_verification"):
        await delete_voice(voice_id)
        raise _failure("ElevenLabs asks for a verification that a call cannot give.", UNVERIFIED)
    return voice_id


async def delete_voice(voice_id: str) -> None:
    """Have a voice forgotten; one that is not there is. Raises `VendorError`."""
    await _ask("DELETE", f"/voices/{voice_id}", may_be_missing=True)


async def find_voice(mark: str) -> str:
    """Return the vendor's id of the voice that carries a mark, or an empty string. Raises `VendorError`."""
    voices = (await _ask("GET", "/voices")).get("voices")
    for one in voices if isinstance(voices, list) else ():
        if isinstance(one, dict) and (one.get("labels") or {}).get(_LABEL) == mark:
            return str(one.get("voice_id") or "")
    return ""


async def _ask(method: str, path: str, *, may_be_missing: bool = False, **sent: Any) -> dict[str, Any]:
    headers = {"xi-api-key": settings().elevenlabs_api_key.get_secret_value()}
    url = f"{settings().elevenlabs_base_url.rstrip('/')}{path}"
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False, verify=http.vendor_certificates()) as client:
            answer = await client.request(method, url, headers=headers, **sent)
    except httpx.HTTPError as error:
        raise _failure("ElevenLabs could not be reached.", "no_answer", retryable=True) from error
    status = answer.status_code
    try:
        told = answer.json()
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    if answer.is_success:
        return told
    detail = told.get("detail")
    code = str(detail.get("status") or "") if isinstance(detail, dict) else ""
    if may_be_missing and (status == 404 or code in ("voice_not_found", "voice_does_not_exist")):
        return {}
    raise _failure(f"ElevenLabs answered {status}.", code or str(status), retryable=status in _RETRYABLE)


def _failure(message: str, code: str, *, retryable: bool = False) -> VendorError:
    return VendorError(message, vendor=VENDOR, code=code, is_retryable=retryable)
