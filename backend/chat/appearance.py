"""Check the settings of a widget, field by field, and choose a text colour that can be read on its colour."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backend.chat import domains
from backend.core.errors import Invalid

POSITIONS = ("bottom-right", "bottom-left", "top-right", "top-left")
THEMES = ("auto", "light", "dark")
MOST_OFFSET = 200
NAME_LIMIT, MESSAGE_LIMIT = 80, 500
# Signed-in pages on which an organization's own widget may be left out.
PAGES = ("/inbox", "/contacts", "/agents", "/knowledge", "/phone", "/analytics", "/apps", "/team", "/settings")
_COLOR = re.compile(r"#[0-9a-f]{6}")


def checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings in the form they are stored in. Raises `Invalid` that names the field."""
    unknown = sorted(set(changes) - set(_CHECKS))
    if unknown:
        raise Invalid(f"A widget has no setting {unknown[0][:40]}.", field=unknown[0][:40])
    return {name: _CHECKS[name](name, value) for name, value in changes.items()}


def readable(color: str) -> tuple[str, str]:
    """Return a colour and the text colour on it that can be read (WCAG 2.2 §1.4.3: 4.5 to 1).

    White text is what people expect on a brand's colour, so one that white nearly fits is darkened a little.
    """
    shade = color
    while 3.0 <= _contrast_with_white(shade) < 4.5:
        parts = [round(int(shade[place : place + 2], 16) * 0.98) for place in (1, 3, 5)]
        shade = "#" + "".join(f"{part:02x}" for part in parts)
    return (shade, "#ffffff") if _contrast_with_white(shade) >= 4.5 else (color, "#000000")


def _contrast_with_white(color: str) -> float:
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _line(limit: int, *, is_required: bool = False) -> Callable[[str, Any], str]:
    def check(field: str, value: Any) -> str:
        words = " ".join(_text(field, value).split())
        if is_required and not words:
            raise Invalid("This cannot be empty.", field=field)
        if len(words) > limit:
            raise Invalid(f"Use at most {limit} characters.", field=field)
        return words

    return check


def _message(field: str, value: Any) -> str:
    words = _text(field, value).strip()
    if len(words) > MESSAGE_LIMIT:
        raise Invalid(f"Use at most {MESSAGE_LIMIT} characters.", field=field)
    return words


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise Invalid("This must be text.", field=field)
    return value


def _flag(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid("This is either on or off.", field=field)
    return value


def _choice(options: Sequence[str]) -> Callable[[str, Any], str]:
    def check(field: str, value: Any) -> str:
        if value not in options:
            raise Invalid(f"Choose one of: {', '.join(options)}.", field=field)
        return str(value)

    return check


def _offset(field: str, value: Any) -> int:
    digits = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 5 and int(digits) <= MOST_OFFSET):
        raise Invalid(f"Enter a number from 0 to {MOST_OFFSET}.", field=field)
    return int(digits)


def _color(field: str, value: Any) -> str:
    color = _text(field, value).strip().lower()
    if not _COLOR.fullmatch(color):
        raise Invalid("Enter a colour like #4f46e5.", field=field)
    return color


def _domains(field: str, value: Any) -> list[str]:
    parts = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise Invalid("List sites like example.com.", field=field)
    return domains.checked(parts)


def _pages(field: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(page in PAGES for page in value):
        raise Invalid(f"Choose from: {', '.join(PAGES)}.", field=field)
    return [page for page in PAGES if page in value]


_CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "name": _line(NAME_LIMIT, is_required=True),
    "agent_name": _line(NAME_LIMIT),
    "is_active": _flag,
    "is_support_agent": _flag,
    "primary_color": _color,
    "theme": _choice(THEMES),
    "position": _choice(POSITIONS),
    "offset_x": _offset,
    "offset_y": _offset,
    "has_ai_greeting": _flag,
    "welcome_message": _message,
    "offline_message": _message,
    "takes_identity": _flag,
    "collect_visitor_name": _flag,
    "collect_visitor_email": _flag,
    "takes_files": _flag,
    "allowed_domains": _domains,
    "is_portal_widget": _flag,
    "hidden_paths": _pages,
}
FIELDS = tuple(_CHECKS)
