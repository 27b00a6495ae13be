"""Sign what a visitor's browser holds: the token of its session, and the addresses of its files.

A token names one session of one widget and cannot be made or changed without our secret key. It is renewed when it is
a day old, ends after a month, and is void at once when its session begins a new generation (somebody else signed in on
that page). The address of a file opens that file alone, for two days at most.
"""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

from backend.core import clock, crypto
from backend.core.errors import NotFound, NotSignedIn
from backend.models.chat import ChatFile, ChatSession

LIFETIME = timedelta(days=30)
RENEW_AFTER = timedelta(days=1)
LONGEST_TOKEN = 600
_TOKEN, _FILE = "chat_session", "chat_file"
_DAY_S = 86_400


@dataclass(frozen=True)
class Ticket:
    """Which session a browser may speak for."""

    org_id: UUID
    widget_id: UUID
    session_id: UUID
    generation: int
    issued_at: datetime

    @property
    def is_aging(self) -> bool:
        """Whether the browser is to be given a fresh one."""
        return clock.now() - self.issued_at > RENEW_AFTER


def issue(session: ChatSession) -> str:
    """Return a token for a session."""
    says = [
        session.org_id.hex,
        session.widget_id.hex,
        session.id.hex,
        session.generation,
        int(clock.now().timestamp()),
    ]
    body = urlsafe_b64encode(json.dumps(says, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{body}.{crypto.digest(_TOKEN, body)}"


def read(token: str) -> Ticket:
    """Return what a token allows. Raises `NotSignedIn` (`chat_ended`) when it is not ours or too old."""
    body, _, seal = token[:LONGEST_TOKEN].partition(".")
    if not seal.isascii() or not crypto.matches(crypto.digest(_TOKEN, body), seal):
        raise ended()
    try:
        org, widget, session, generation, stamp = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        found = Ticket(UUID(org), UUID(widget), UUID(session), int(generation), datetime.fromtimestamp(stamp, UTC))
    except (ValueError, TypeError, binascii.Error):
        raise ended() from None
    if clock.now() - found.issued_at > LIFETIME:
        raise ended()
    return found


def ended() -> NotSignedIn:
    """Return the error of a token that opens nothing (any more)."""
    return NotSignedIn("This chat has ended. Start a new one.", code="chat_ended")


def file_address(file: ChatFile) -> str:
    """Return the path that opens a file without further proof; it changes once a day, so that browsers can keep it."""
    until = (int(clock.now().timestamp()) // _DAY_S + 2) * _DAY_S
    proof = urlencode({"o": file.org_id.hex, "e": until, "s": _file_seal(file.org_id, file.id, until)})
    return f"/api/chat/file/{file.id}?{proof}"


def check_file(org: str, file_id: UUID, until: str, seal: str) -> UUID:
    """Return whose file an address opens. Raises `NotFound` when it is forged or too old."""
    try:
        org_id, last = UUID(org), int(until[:12])
    except ValueError:
        raise NotFound("This file does not exist.") from None
    if not seal.isascii() or not crypto.matches(_file_seal(org_id, file_id, last), seal):
        raise NotFound("This file does not exist.")
    if clock.now().timestamp() > last:
        raise NotFound("This address is too old. Open the chat again.", code="address_expired")
    return org_id


def identity_seal(secret: str, who: str) -> str:
    """Return what a site computes to vouch for its user: HMAC-SHA256 of their id (or email), hex."""
    return hmac.new(secret.encode(), who.encode(), sha256).hexdigest()


def is_vouched(secret: str, who: str, seal: str) -> bool:
    """Tell, in constant time, whether the site that knows the secret vouches for somebody."""
    return bool(who) and seal.isascii() and crypto.matches(identity_seal(secret, who), seal.lower())


def _file_seal(org_id: UUID, file_id: UUID, until: int) -> str:
    return crypto.digest(_FILE, f"{org_id.hex}:{file_id.hex}:{until}")
