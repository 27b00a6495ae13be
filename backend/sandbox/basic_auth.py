"""HTTP Basic credentials, as SignalWire's REST APIs ask for them."""

import base64
import binascii
import hmac

from starlette.requests import Request

from backend.sandbox.settings import SandboxSettings


def has_credentials(request: Request, settings: SandboxSettings) -> bool:
    """Say whether the request carries the project and token."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, f"{settings.project}:{settings.token}".encode())
