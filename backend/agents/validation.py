"""Check what people and programs want to change of an agent; each refusal names its field."""

from collections.abc import Callable, Mapping
from typing import Any

from backend.agents import models, schedule, variables
from backend.core.errors import Invalid
from backend.numbers import e164

NAME_LIMIT = 80
SHORT_LIMIT = 120
ROLE_LIMIT = 200
PROMPT_LIMIT = 20_000
GREETING_LIMIT = 500
# A text that is sent as it is written has to fit one message of the carrier.
MESSAGE_LIMIT = 1600
MOST_VARIABLES = 50
TEMPERATURES = (0.0, 1.0)
REPLY_TOKENS = (50, 4096)
# `multi` follows the customer.
LANGUAGES = ("en-US", "multi", "fr", "es", "de")


def checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes as they are stored. Raises `Invalid` that names the first field at fault."""
    stored: dict[str, Any] = {}
    for field, value in changes.items():
        check = _CHECKS.get(field)
        if check is None:
            raise Invalid(f"An agent has no field “{field[:40]}” that can be changed.", field=field)
        stored[field] = check(value, field)
    return stored


def _text(limit: int, *, required: str = "", is_line: bool = True) -> Callable[[Any, str], str]:
    def check(value: Any, field: str) -> str:
        if not isinstance(value, str):
            raise Invalid("This must be text.", field=field)
        text = value.replace("\x00", "")
        text = " ".join(text.split()) if is_line else text.strip()
        if required and not text:
            raise Invalid(required, field=field)
        if len(text) > limit:
            raise Invalid(f"At most {limit:,} characters; this has {len(text):,}.", field=field)
        return text

    return check


def _flag(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid("This is either true or false.", field=field)
    return value


def _temperature(value: Any, field: str) -> float:
    low, high = TEMPERATURES
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Invalid("Choose a value from 0 (exact) to 1 (inventive).", field=field)
    return float(value)


def _max_tokens(value: Any, field: str) -> int:
    low, high = REPLY_TOKENS
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Invalid(f"Choose a whole number from {low} to {high:,}.", field=field)
    return value


def _model(value: Any, field: str) -> str:
    if not isinstance(value, str) or not models.is_offered(value):
        offered = ", ".join(model.name for model in models.models())
        raise Invalid(f"This model is not on offer. Choose one of: {offered}.", field=field)
    return value


def _language(value: Any, field: str) -> str:
    if value not in LANGUAGES:
        raise Invalid(f"Choose one of: {', '.join(LANGUAGES)}.", field=field)
    return str(value)


def _timezone(value: Any, field: str) -> str:
    return schedule.checked_timezone(value if isinstance(value, str) else "", field)


def _forwarding(value: Any, field: str) -> str:
    if value in ("", None):
        return ""
    return e164.normalize(str(value), field=field)


def _variables(value: Any, field: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > MOST_VARIABLES:
        raise Invalid(f"An agent has at most {MOST_VARIABLES} variables, each a name with a text.", field=field)
    found: dict[str, str] = {}
    for name, text in value.items():
        if not isinstance(name, str) or not variables.NAME.fullmatch(name):
            raise Invalid(
                "A variable's name has lower-case letters, digits and _, and begins with a letter.", field=field
            )
        if name in variables.BUILT_IN:
            raise Invalid(f"“{name}” is filled in by itself. Choose another name.", field=field)
        if not isinstance(text, str) or len(text) > variables.VALUE_LIMIT:
            raise Invalid(
                f"The value of “{name}” is a text of at most {variables.VALUE_LIMIT} characters.", field=field
            )
        found[name] = text.replace("\x00", "").strip()
    return found


_CHECKS: Mapping[str, Callable[[Any, str], Any]] = {
    "name": _text(NAME_LIMIT, required="Give the agent a name."),
    "system_prompt": _text(PROMPT_LIMIT, required="Write what the agent should do.", is_line=False),
    "greeting": _text(GREETING_LIMIT),
    "organization_name": _text(SHORT_LIMIT),
    "owner_name": _text(SHORT_LIMIT),
    "agent_role": _text(ROLE_LIMIT),
    "language": _language,
    "llm_model": _model,
    "temperature": _temperature,
    "max_tokens": _max_tokens,
    "texts_schedule": schedule.checked,
    "schedule_timezone": _timezone,
    "after_hours_message": _text(MESSAGE_LIMIT, is_line=False),
    "after_hours_sms_forwarding": _forwarding,
    "variables": _variables,
    "is_active": _flag,
}
FIELDS = tuple(_CHECKS)
