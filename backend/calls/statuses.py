"""Say in our words what the carrier's are: the status of a call, and why it could not be connected."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from backend.calls.projection import Kind
from backend.vocab import CallStatus

# SignalWire's compatibility API, "Call status values"; hyphens and underscores are both met.
_KINDS = {
    "queued": Kind.INITIATED,
    "initiated": Kind.INITIATED,
    "ringing": Kind.RINGING,
    "in-progress": Kind.ANSWERED,
    "answered": Kind.ANSWERED,
}
_ENDS = {
    "completed": CallStatus.COMPLETED,
    "busy": CallStatus.BUSY,
    "no-answer": CallStatus.NO_ANSWER,
    "failed": CallStatus.FAILED,
    "canceled": CallStatus.CANCELED,
    "cancelled": CallStatus.CANCELED,
}
# What a SIP answer means to a person (RFC 3261 §21, RFC 3398 §8.2.6.1).
_SIP = {
    "403": "The carrier refused this call.",
    "404": "This number does not exist.",
    "408": "The phone could not be reached in time.",
    "410": "This number is no longer in service.",
    "480": "The phone is switched off or out of reach.",
    "484": "The number is not complete.",
    "488": "The two ends could not agree on how to carry sound.",
    "500": "The carrier failed. Try again later.",
    "503": "The carrier failed. Try again later.",
    "603": "The call was declined.",
    "604": "This number does not exist.",
}


def end_of(status: str) -> CallStatus | None:
    """Return which end the carrier's status is, or None."""
    return _ENDS.get(_plain(status))


def kind_of(status: str) -> Kind | None:
    """Return the event that the carrier's status tells of, or None for one we do not know."""
    return Kind.ENDED if end_of(status) else _KINDS.get(_plain(status))


def reason(sip_code: str) -> str:
    """Return why a call ended in words, or an empty string when the SIP answer says nothing a person needs."""
    return _SIP.get(sip_code.strip(), "")


def seconds(text: str) -> int:
    """Return a duration of the carrier's, 0 for what is none."""
    # More digits than a year of seconds are no duration.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def moment(text: str, otherwise: datetime) -> datetime:
    """Return a time of the carrier's (RFC 2822), or `otherwise` for what is none."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return otherwise
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _plain(status: str) -> str:
    return status.strip().casefold().replace("_", "-")
