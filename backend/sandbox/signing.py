"""Signatures of carrier webhooks, as SignalWire's compatibility API makes them for form posts."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

SIGNATURE_HEADER = "X-SignalWire-Signature"


def form_signature(signing_key: str, url: str, form: Sequence[tuple[str, str]]) -> str:
    """Return base64 of HMAC-SHA1 over the URL followed by every field's name and value, sorted by name."""
    text = url + "".join(name + value for name, value in sorted(form, key=lambda field: field[0]))
    return base64.b64encode(hmac.new(signing_key.encode(), text.encode(), hashlib.sha1).digest()).decode()
