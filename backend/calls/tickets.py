"""Let the carrier's media stream into a call, and nobody else: a ticket in its instructions, for one call and soon.

Tickets are signed with the installation's secret, so that the voice process can tell one without asking anybody.
"""

from uuid import UUID

from backend.core import clock, crypto
from backend.core.errors import NotAllowed

# Between the carrier's question what to do and its stream stand an announcement at most.
VALID_S = 120
_PURPOSE = "voice-stream"


def issue(call_id: UUID, attempt: str = "") -> str:
    """Return a ticket for a call, such as `1795564800.3f…`; one for a person who was rung, or a wait, names that."""
    until = int(clock.now().timestamp()) + VALID_S
    return f"{until}.{_signature(call_id, until, attempt)}"


def check(call_id: UUID, ticket: str, attempt: str = "") -> None:
    """Let a ticket for this very call pass while it is good. Raises `NotAllowed`."""
    until, _, signature = ticket.partition(".")
    # More digits than this century's seconds have are no time.
    is_time = until.isascii() and until.isdecimal() and len(until) <= 11
    is_known = is_time and signature.isascii()
    if not is_known or not crypto.matches(_signature(call_id, int(until), attempt), signature):
        raise NotAllowed("This stream has no ticket for the call.", code="no_ticket")
    if int(until) < clock.now().timestamp():
        raise NotAllowed("This stream's ticket is too old.", code="ticket_expired")


def _signature(call_id: UUID, until: int, attempt: str) -> str:
    return crypto.digest(_PURPOSE, f"{call_id}:{until}" + (f":{attempt}" if attempt else ""))
