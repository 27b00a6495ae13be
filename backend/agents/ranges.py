"""Check the hours of one day: pairs of times, several of them, that may run into the next day."""

import re
from collections.abc import Sequence

from backend.core.errors import Invalid

MOST = 6
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def checked(value: object, field: str) -> list[list[str]]:
    """Return the hours of a day as pairs of times. Raises `Invalid` that names `field`."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST:
        raise Invalid(f"A day has at most {MOST} pairs of hours.", field=field)
    return [_checked_one(one, field) for one in value]


def _checked_one(value: object, field: str) -> list[str]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise Invalid("Hours have a start and an end, such as 09:00 and 17:00.", field=field)
    for edge in value:
        if not isinstance(edge, str) or not _TIME.fullmatch(edge):
            raise Invalid(f"“{str(edge)[:20]}” is not a time; write it as 09:00.", field=field)
    return [str(value[0]), str(value[1])]
