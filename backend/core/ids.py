"""Make identifiers: UUID version 7 (RFC 9562 §5.7), ordered by the millisecond they were made in."""

import os
import time
from datetime import datetime
from uuid import UUID

from backend.core.errors import Invalid

_last_ms = 0
_counter = 0


def new_id() -> UUID:
    """Return a UUIDv7; ids made by one process never go backwards.

    Layout: 48 bits of Unix milliseconds, a 12-bit counter that keeps order inside a millisecond (RFC 9562 §6.2
    method 1), 62 random bits.
    """
    global _last_ms, _counter
    ms = time.time_ns() // 1_000_000
    if ms > _last_ms:
        _last_ms, _counter = ms, int.from_bytes(os.urandom(1), "big")
    else:
        _counter += 1
        if _counter > 0xFFF:
            _last_ms, _counter = _last_ms + 1, 0
    random = int.from_bytes(os.urandom(8), "big") & (2**62 - 1)
    value = (_last_ms & (2**48 - 1)) << 80 | 0x7 << 76 | _counter << 64 | 0b10 << 62 | random
    return UUID(int=value)


def first_id(moment: datetime) -> UUID:
    """Return what every id made from a moment on is greater than: ids begin with their millisecond."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def parse_id(value: object, field: str = "id") -> UUID:
    """Return `value` as a UUID. Raises `Invalid` that names the field."""
    if isinstance(value, UUID):
        return value
    try:
        return UUID(str(value))
    except ValueError:
        raise Invalid(f"{field} is not a valid id.", field=field) from None
