"""Say which kinds of appointments an agent books: its field, in its draft and versions.

Each is named by the calendar's own id; title and length stand beside it as they were when it was chosen.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.core.errors import Invalid

MOST_KINDS = 20
TITLE_LIMIT = 120
# A day and a night; nothing is booked longer.
MOST_MINUTES = 1440


def checked(value: Any, field: str) -> list[dict[str, Any]]:
    """Return the kinds of appointments as they are stored, each once. Raises `Invalid`."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST_KINDS:
        raise Invalid(f"An agent books at most {MOST_KINDS} kinds of appointments.", field=field)
    found: dict[int, dict[str, Any]] = {}
    for one in value:
        if not isinstance(one, Mapping):
            raise Invalid("A kind of appointment has an id, a title and minutes.", field=field)
        number, title, minutes = one.get("id"), one.get("title"), one.get("minutes", 0)
        if not _is_whole(number) or not 0 < int(number or 0) < 2**53:
            raise Invalid("A kind of appointment is named by the calendar’s id, a whole number.", field=field)
        if not isinstance(title, str) or not title.replace("\x00", "").strip() or len(title) > TITLE_LIMIT:
            raise Invalid(f"A kind of appointment has a title of at most {TITLE_LIMIT} letters.", field=field)
        if not _is_whole(minutes) or not 0 <= minutes <= MOST_MINUTES:
            raise Invalid(f"An appointment takes at most {MOST_MINUTES:,} minutes.", field=field)
        clean = " ".join(title.replace("\x00", "").split())
        found[int(number or 0)] = {"id": int(number or 0), "title": clean, "minutes": int(minutes)}
    return list(found.values())


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
