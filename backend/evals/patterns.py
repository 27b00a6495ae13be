"""Match patterns that people write, without letting one of them hold up everybody else.

A pattern can take longer than the age of the universe on a few hundred characters (“catastrophic backtracking”), and
Python's own matcher can neither be interrupted nor shared. So patterns run on the `regex` package, which stops at a
time limit and lets other threads go on meanwhile.
"""

import regex

from backend.core.errors import Invalid

PATTERN_LIMIT = 200
# A plain pattern takes well under a millisecond on the longest reply (1,600 characters).
WITHIN_S = 0.1
_FLAGS = regex.IGNORECASE | regex.UNICODE


class TooSlow(Exception):
    """The pattern did not come to an end in time."""


def checked(pattern: str, field: str) -> str:
    """Return a pattern as it is kept. Raises `Invalid` for one that is none."""
    if not pattern or len(pattern) > PATTERN_LIMIT:
        raise Invalid(f"A pattern has 1 to {PATTERN_LIMIT} characters.", field=field)
    try:
        regex.compile(pattern, _FLAGS)
    except (regex.error, OverflowError, RecursionError):
        raise Invalid(f"“{pattern[:60]}” is not a pattern that can be read.", field=field) from None
    return pattern


def found(pattern: str, text: str) -> str | None:
    """Return what a pattern finds first in a text, or None. Raises `TooSlow`."""
    try:
        match = regex.compile(pattern, _FLAGS).search(text, timeout=WITHIN_S, concurrent=True)
    except TimeoutError:
        raise TooSlow from None
    except regex.error:
        return None
    return str(match.group()) if match else None
