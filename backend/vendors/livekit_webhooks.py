"""Read a webhook that LiveKit's server posted: JSON, vouched for by a token of our API secret over its digest.

The token is a JWT signed with HS256 whose issuer is the API key and whose `sha256` is the base64 of the body's digest
(LiveKit's documentation, "Webhooks"). LiveKit's own reader of them needs its media packages, which the web process
does without.
"""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt

from backend.core import telemetry
from backend.core.config import settings
from backend.core.errors import NotAllowed
from backend.vendors.signalwire_forms import MalformedWebhook, storable

SOURCE = "livekit"
# Clocks of two machines differ by so much at most.
_LEEWAY_S = 60


def read(kind: str, token: str, body: bytes) -> dict[str, Any]:
    """Return what LiveKit tells.

    Raises `NotAllowed` (403) for a body it does not vouch for, `MalformedWebhook` (400) for one that is no event.
    """
    if not _is_vouched_for(token, body):
        telemetry.webhooks.add(1, {"source": SOURCE, "kind": kind, "outcome": "refused"})
        raise NotAllowed("LiveKit does not vouch for this request.", code="bad_signature")
    try:
        told = json.loads(storable(body.decode("utf-8")).replace("\\u0000", ""))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise MalformedWebhook("The body is not JSON in UTF-8.", code="bad_encoding") from None
    if not isinstance(told, dict):
        raise MalformedWebhook("The body is not an event.")
    for name in ("id", "event"):
        if not isinstance(told.get(name), str) or not told[name]:
            raise MalformedWebhook(f"{name} is missing.", field=name, code="missing_param")
    return told


def _is_vouched_for(token: str, body: bytes) -> bool:
    key, secret = settings().livekit_api_key, settings().livekit_api_secret.get_secret_value()
    if not key or not secret:
        return False
    try:
        claims = jwt.decode(
            token.removeprefix("Bearer ").strip(),
            secret,
            algorithms=["HS256"],
            issuer=key,
            leeway=_LEEWAY_S,
            options={"require": ["exp", "iss"]},
        )
    except jwt.PyJWTError:
        return False
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return hmac.compare_digest(str(claims.get("sha256") or "").encode(), digest.encode())
