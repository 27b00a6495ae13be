"""Check what people type about themselves: address, name, password, and where to go next."""

import re
import unicodedata
from collections.abc import Callable

from backend.core.errors import Invalid

NAME_LIMIT = 120
EMAIL_LIMIT = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
# NIST SP 800-63B-4 §3.1.1.2 asks for at least 8 with a second factor in reach and at least 64 as the upper end.
PASSWORD_SHORTEST, PASSWORD_LONGEST = 8, 128

_UNSAFE = r"\s@<>()\[\]\\,;:\""
_LABEL = rf"[^{_UNSAFE}._-][^{_UNSAFE}._]*"
_TOP = r"(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,63})"
_EMAIL = re.compile(rf"[^{_UNSAFE}]+@(?:{_LABEL}\.)+{_TOP}")
_PATH = re.compile(r"/(?![/\\])[\w\-./?=&%~+:@!,]*", re.ASCII)


def email(value: str) -> str:
    """Return an address in the one spelling we store (NFC, lower case). Raises `Invalid`."""
    address = unicodedata.normalize("NFC", value).strip().lower()
    local = address.rpartition("@")[0]
    if (
        len(address) > EMAIL_LIMIT
        or not _EMAIL.fullmatch(address)
        or local.startswith(".")
        or local.endswith(".")
        or not address.isprintable()
    ):
        raise Invalid("Enter an email address, like dana@example.com.", field="email")
    return address


def name(value: str, field: str = "name", what: str = "Your name") -> str:
    """Return a name on one line. Raises `Invalid` when nothing is left or it is too long."""
    words = " ".join(unicodedata.normalize("NFC", value).split())
    if not words or not words.isprintable():
        raise Invalid(f"{what} is missing.", field=field)
    if len(words) > NAME_LIMIT:
        raise Invalid(f"{what} has at most {NAME_LIMIT} characters.", field=field)
    return words


def new_password(value: str, address: str, field: str = "password") -> str:
    """Return a password that may be set, normalized so that every keyboard types the same. Raises `Invalid`."""
    password = unicodedata.normalize("NFKC", value)
    if len(password) < PASSWORD_SHORTEST:
        raise Invalid(f"Use at least {PASSWORD_SHORTEST} characters.", field=field)
    if len(password) > PASSWORD_LONGEST:
        raise Invalid(f"Use at most {PASSWORD_LONGEST} characters.", field=field)
    if password.lower() in (address, address.rpartition("@")[0]):
        raise Invalid("Use something else than your email address.", field=field)
    return password


def typed_password(value: str) -> str:
    """Return a password as it was set, without judging it; one that could never have been set becomes empty."""
    password = unicodedata.normalize("NFKC", value[: PASSWORD_LONGEST * 4])
    return password if len(password) <= PASSWORD_LONGEST else ""


def all_of(*checks: Callable[[], str]) -> list[str]:
    """Return what every check returns. Raises one `Invalid` with all that is wrong, by field in `details["fields"]`."""
    values, wrong = [], []
    for check in checks:
        try:
            values.append(check())
        except Invalid as error:
            wrong.append(error)
    if wrong:
        by_field = {str(error.field): error.message for error in wrong}
        raise Invalid(wrong[0].message, field=wrong[0].field, details={"fields": by_field})
    return values


def next_path(value: str, otherwise: str = "/inbox") -> str:
    """Return where to go after signing in: a path of this site, or `otherwise`."""
    is_page = _PATH.fullmatch(value) and not value.startswith(("/api", "/functions", "/login", "/signup", "/_"))
    return value if is_page and len(value) <= 500 else otherwise
