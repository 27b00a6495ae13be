"""Count what a text costs to send: its encoding and how many segments the carrier bills.

Rules of 3GPP TS 23.038 §6.2.1 (the GSM 7-bit alphabet and its extension table) and TS 23.040 §9.2.3.24.1: one message
carries 160 septets or 70 UCS-2 units; when it is split, the six-byte header leaves 153 septets or 67 units for each
part, and neither an escaped character nor a surrogate pair is cut in two.
"""

from dataclasses import dataclass

from backend.core.errors import Invalid

# The documented limit of the carrier's API: https://developer.signalwire.com (error 21617).
LONGEST = 1600

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class Size:
    """What a body becomes on the wire: `units` are septets for GSM-7 and 16-bit units for UCS-2."""

    encoding: str
    units: int
    segments: int


def measure(body: str) -> Size:
    """Return how `body` is encoded and split; an empty body is one empty segment."""
    if all(character in _BASIC or character in _EXTENDED for character in body):
        widths = [2 if character in _EXTENDED else 1 for character in body]
        return Size("GSM-7", sum(widths), _parts(widths, alone=160, split=153))
    widths = [2 if ord(character) > 0xFFFF else 1 for character in body]
    return Size("UCS-2", sum(widths), _parts(widths, alone=70, split=67))


def checked(body: str, field: str = "body") -> Size:
    """Return the size of a body that may be sent. Raises `Invalid` naming `field` when it is empty or too long."""
    if not body.strip():
        raise Invalid("Write a message first.", field=field, code="empty_message")
    if len(body) > LONGEST:
        raise Invalid(
            f"A text has at most {LONGEST:,} characters; this one has {len(body):,}.",
            field=field,
            code="message_too_long",
        )
    return measure(body)


def _parts(widths: list[int], alone: int, split: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, room = 1, split
    for width in widths:
        if width > room:
            parts, room = parts + 1, split
        room -= width
    return parts
