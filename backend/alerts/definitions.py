"""Say what an alert is: its topic, how alike a message must be, when it is quiet, and what it does."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from backend.core.config import settings
from backend.core.errors import Invalid
from backend.core.strict_json import clean
from backend.numbers import e164
from backend.templates import filling
from backend.vendors import http
from backend.vocab import AlertAction, Channel

NAME_LIMIT, TOPIC_LIMIT, EXAMPLE_LIMIT, WORDS_LIMIT, SUBJECT_LIMIT = 60, 200, 200, 1000, 150
MOST_EXAMPLES, MOST_ALERTS = 10, 20
# What customers write and agents answer today.
CHANNELS = (Channel.SMS, Channel.CHAT)
LEAST, HIGHEST = 0.2, 0.95
# Of what was meant 80 % is heard, and 2 % of what was not (measured: tests/backend/alerts/test_meaning.py).
USUAL = 0.4
# The reference product's choices (ui.md §4.5), and none at all.
COOLDOWNS = (0, 15, 30, 60, 240, 1440)
VARIABLES = (
    "alert.name", "alert.topic", "agent.name", "message", "link",
    *(name for name in filling.BUILT_IN if not name.startswith("me.")),
)  # fmt: skip
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an alert as they are stored. Raises `Invalid` that names the field."""
    kind = _line(given, "action_type", 10)
    if kind not in tuple(AlertAction):
        raise Invalid("Choose what the alert does.", field="action_type")
    return {
        "name": _required(given, "name", NAME_LIMIT, "Give the alert a name."),
        "topic": _required(given, "topic", TOPIC_LIMIT, "Say in a few words what customers write about."),
        "examples": _examples(given.get("examples")),
        "threshold": _threshold(given.get("threshold")),
        "channels": _channels(given.get("channels")),
        "cooldown_minutes": _cooldown(given.get("cooldown_minutes")),
        "is_cooldown_per_customer": _flag(given, "is_cooldown_per_customer"),
        "is_active": _flag(given, "is_active"),
        "action_type": kind,
        "action_config": _config(kind, given),
        "words": _words(given, "words", WORDS_LIMIT),
    }


def checked_secret(kind: str, given: Any) -> str:
    """Return what a kind of action must keep secret as it was given, or an empty string. Raises `Invalid`."""
    if kind not in (AlertAction.SLACK, AlertAction.HUBSPOT) or not given:
        return ""
    secret = clean(given).strip() if isinstance(given, str) else ""
    if not secret or len(secret) > 500 or not secret.isascii() or any(one.isspace() for one in secret):
        raise Invalid("This must be one line of plain letters.", field="secret")
    if kind == AlertAction.SLACK:
        _require_address(secret, "secret")
    return secret


def shown_secret(kind: str, secret: str) -> str:
    """Return what may be shown of a secret: the server it belongs to."""
    return str(urlsplit(secret).hostname or "") if kind == AlertAction.SLACK else ""


def phrases(topic: str, examples: Sequence[str]) -> list[str]:
    """Return all that a message is compared with."""
    return [topic, *examples]


def _config(kind: str, given: Mapping[str, Any]) -> dict[str, str]:
    target = _line(given, "target", 2000)
    match kind:
        case AlertAction.SMS:
            return {"phone_number": e164.normalize(target, field="target")}
        case AlertAction.EMAIL:
            if not _EMAIL.fullmatch(target) or len(target) > 254:
                raise Invalid("Give a whole email address.", field="target")
            return {"email_address": target, "subject": " ".join(_words(given, "subject", SUBJECT_LIMIT).split())}
        case AlertAction.WEBHOOK:
            _require_address(target, "target")
            return {"url": target}
    return {}


def _require_address(url: str, field: str) -> None:
    try:
        origin = http.checked_origin(url)
    except http.AddressRefused:
        raise Invalid("Give a whole web address, such as https://example.com/alerts.", field=field) from None
    if not origin.startswith("https://") and origin not in settings().reachable_private_origins:
        raise Invalid("The address must begin with https://.", field=field)


def _words(given: Mapping[str, Any], name: str, limit: int) -> str:
    words = _text(given, name, limit)
    if wrong := filling.fault(words):
        raise Invalid(wrong, field=name)
    if unknown := filling.unknown(words, frozenset(VARIABLES)):
        said = ", ".join(f"{{{{{one}}}}}" for one in unknown[:5])
        raise Invalid(f"There is no variable {said}.", field=name, code="unknown_variable")
    return words


def _examples(value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Invalid("Examples are a list of texts.", field="examples")
    found = [one for one in (" ".join(clean(each).split()) for each in value) if one]
    if len(found) > MOST_EXAMPLES or any(len(one) > EXAMPLE_LIMIT for one in found):
        raise Invalid(f"At most {MOST_EXAMPLES} examples of {EXAMPLE_LIMIT} characters.", field="examples")
    return list(dict.fromkeys(found))


def _threshold(value: Any) -> float:
    if value is None:
        return USUAL
    if isinstance(value, bool) or not isinstance(value, int | float) or not LEAST <= value <= HIGHEST:
        raise Invalid(f"Choose a number from {LEAST:.0%} to {HIGHEST:.0%}.", field="threshold")
    return round(float(value), 3)


def _channels(value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or any(one not in CHANNELS for one in value):
        raise Invalid("Choose texts, chats or both.", field="channels")
    found = [str(one) for one in CHANNELS if one in value]
    return [] if len(found) == len(CHANNELS) else found


def _cooldown(value: Any) -> int:
    if value is None:
        return 60
    if isinstance(value, bool) or value not in COOLDOWNS:
        raise Invalid(f"Choose one of: {', '.join(map(str, COOLDOWNS))} minutes.", field="cooldown_minutes")
    return int(value)


def _flag(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name)
    if not isinstance(value, bool):
        raise Invalid("This is either true or false.", field=name)
    return value


def _text(given: Mapping[str, Any], name: str, limit: int) -> str:
    value = given.get(name) or ""
    if not isinstance(value, str):
        raise Invalid("This must be text.", field=name)
    found = clean(value).strip()
    if len(found) > limit:
        raise Invalid(f"At most {limit:,} characters.", field=name)
    return found


def _line(given: Mapping[str, Any], name: str, limit: int) -> str:
    return " ".join(_text(given, name, limit).split())


def _required(given: Mapping[str, Any], name: str, limit: int, instead: str) -> str:
    found = _line(given, name, limit)
    if not found:
        raise Invalid(instead, field=name)
    return found
