"""Make the checks of an agent's fields: each takes a value and its field's name, and refuses in words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backend.agents import models, schedule, variables, voices
from backend.core.errors import Invalid
from backend.numbers import e164

Check = Callable[[Any, str], Any]

MOST_VARIABLES = 50
MOST_PHRASES = 20
PHRASE_LIMIT = 120


def text(limit: int, *, required: str = "", is_line: bool = True) -> Check:
    """Return a check for text of at most `limit` characters; a line has no breaks."""

    def check(value: Any, field: str) -> str:
        if not isinstance(value, str):
            raise Invalid("This must be text.", field=field)
        found = value.replace("\x00", "")
        found = " ".join(found.split()) if is_line else found.strip()
        if required and not found:
            raise Invalid(required, field=field)
        if len(found) > limit:
            raise Invalid(f"At most {limit:,} characters; this has {len(found):,}.", field=field)
        return found

    return check


def flag(value: Any, field: str) -> bool:
    """Return a truth value as it is."""
    if not isinstance(value, bool):
        raise Invalid("This is either true or false.", field=field)
    return value


def number(low: float, high: float) -> Check:
    """Return a check for a number from `low` to `high`."""

    def check(value: Any, field: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise Invalid(f"Choose a number from {low:g} to {high:g}.", field=field)
        return float(value)

    return check


def whole(low: int, high: int) -> Check:
    """Return a check for a whole number from `low` to `high`."""

    def check(value: Any, field: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Invalid(f"Choose a whole number from {low:,} to {high:,}.", field=field)
        return value

    return check


def choice(options: Sequence[str]) -> Check:
    """Return a check for one of a few words; nothing given counts as the empty one where that is on offer."""

    def check(value: Any, field: str) -> str:
        found = "" if value is None else value
        if not isinstance(found, str) or found not in options:
            raise Invalid(f"Choose one of: {', '.join(option or 'off' for option in options)}.", field=field)
        return found

    return check


def model(value: Any, field: str) -> str:
    """Return the name of a language model on offer."""
    if not isinstance(value, str) or not models.is_offered(value):
        offered = ", ".join(one.name for one in models.models())
        raise Invalid(f"This model is not on offer. Choose one of: {offered}.", field=field)
    return value


def voice(value: Any, field: str) -> str:
    """Return the id of a voice on offer."""
    found = voices.known(value) if isinstance(value, str) else ""
    if not found:
        raise Invalid("This voice is not on offer. Choose one of the list.", field=field)
    return found


def timezone(value: Any, field: str) -> str:
    """Return the name of a time zone."""
    return schedule.checked_timezone(value if isinstance(value, str) else "", field)


def phone(value: Any, field: str) -> str:
    """Return a phone number in E.164, or an empty string for none."""
    if value in ("", None):
        return ""
    return e164.normalize(str(value), field=field)


def phrases(value: Any, field: str) -> list[str]:
    """Return a few short phrases, each once."""
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, Sequence) or not all(isinstance(one, str) for one in given):
        raise Invalid("Give phrases, separated by commas.", field=field)
    found = list(dict.fromkeys(words for one in given if (words := " ".join(one.replace("\x00", "").split()))))
    if len(found) > MOST_PHRASES or any(len(one) > PHRASE_LIMIT for one in found):
        raise Invalid(f"At most {MOST_PHRASES} phrases of {PHRASE_LIMIT} characters.", field=field)
    return found


def pronunciations(value: Any, field: str) -> list[str]:
    """Return words with how they are said, each `written = spoken`."""
    found = []
    for one in phrases(value, field):
        written, _, spoken = (part.strip() for part in one.partition("="))
        if not written or not spoken:
            raise Invalid("Give each word as “written = spoken”, separated by commas.", field=field)
        found.append(f"{written} = {spoken}")
    return found


def own_variables(value: Any, field: str) -> dict[str, str]:
    """Return the person's own variables: names with texts."""
    if not isinstance(value, Mapping) or len(value) > MOST_VARIABLES:
        raise Invalid(f"An agent has at most {MOST_VARIABLES} variables, each a name with a text.", field=field)
    found: dict[str, str] = {}
    for name, words in value.items():
        if not isinstance(name, str) or not variables.NAME.fullmatch(name):
            raise Invalid(
                "A variable’s name has lower-case letters, digits and _, and begins with a letter.", field=field
            )
        if name in variables.BUILT_IN:
            raise Invalid(f"“{name}” is filled in by itself. Choose another name.", field=field)
        if not isinstance(words, str) or len(words) > variables.VALUE_LIMIT:
            raise Invalid(
                f"The value of “{name}” is a text of at most {variables.VALUE_LIMIT} characters.", field=field
            )
        found[name] = words.replace("\x00", "").strip()
    return found
