"""Sign links to recordings: each opens one recording, for an hour, to whoever has it."""

from datetime import timedelta
from uuid import UUID

from backend.core import clock, crypto
from backend.core.config import settings
from backend.core.errors import NotFound

VALID = timedelta(hours=1)
_PURPOSE = "recording-link"


def sign(org_id: UUID, recording_id: UUID) -> str:
    """Return an address of a recording that works for `VALID`."""
    until = int((clock.now() + VALID).timestamp())
    proof = f"{org_id.hex}/{until}/{_seal(org_id, recording_id, until)}"
    return f"{settings().public_url}/api/recordings/{recording_id}/{proof}"


def check(recording_id: UUID, org: str, until: str, seal: str) -> UUID:
    """Return whose recording a link opens. Raises `NotFound` when it is forged or too old."""
    try:
        org_id, last = UUID(org), int(until[:12])
    except ValueError:
        raise NotFound("This recording does not exist.") from None
    if not seal.isascii() or not crypto.matches(_seal(org_id, recording_id, last), seal):
        raise NotFound("This recording does not exist.")
    if clock.now().timestamp() > last:
        raise NotFound("This link is too old. Ask for a new one.", code="link_expired")
    return org_id


def _seal(org_id: UUID, recording_id: UUID, until: int) -> str:
    return crypto.digest(_PURPOSE, f"{org_id.hex}:{recording_id.hex}:{until}")
