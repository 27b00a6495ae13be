"""Check what an organization is called and where its clock stands."""

import unicodedata
from functools import lru_cache
from zoneinfo import available_timezones

from backend.core.errors import Invalid

NAME_LIMIT = 80


def check_name(value: str) -> str:
    """Return the name on one line. Raises `Invalid` when nothing is left or it is too long."""
    name = " ".join(unicodedata.normalize("NFC", value).split())
    if not name or not name.isprintable():
        raise Invalid("Give the organization a name.", field="name")
    if len(name) > NAME_LIMIT:
        raise Invalid(f"A name has at most {NAME_LIMIT} characters.", field="name")
    return name


def check_timezone(value: str) -> str:
    """Return a time zone of the IANA database. Raises `Invalid`."""
    if value not in timezones():
        raise Invalid("Choose a time zone from the list.", field="timezone")
    return value


@lru_cache(maxsize=1)
def timezones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())
