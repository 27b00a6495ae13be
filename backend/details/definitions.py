"""Say what a detail is that an agent finds out: its kind, which values are right, and whether it is read back.

A definition is plain JSON under the reference product's names (`var_type`, `enum_options`); the product calls it a
dynamic variable. What is found out can be named in prompts and in functions as `{{name}}`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from backend.core import strict_json
from backend.core.errors import Invalid
from backend.core.ids import new_id
from backend.numbers import e164

KINDS = ("text", "number", "boolean", "enum")
FORMATS = ("", "email", "phone", "date", "url")
MOST_DETAILS = 30
MOST_OPTIONS = 30
NAME_LIMIT, DESCRIPTION_LIMIT, OPTION_LIMIT, VALUE_LIMIT = 40, 300, 80, 300
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[A-Za-z0-9.-]{1,250}\.[A-Za-z]{2,24}")
_URL = re.compile(r"https?://[^\s<>\"]{3,290}", re.IGNORECASE)
_YES = frozenset({"true", "yes", "y", "1"})
_NO = frozenset({"false", "no", "n", "0"})
_BOUND = 1e15


def checked(value: Any, field: str) -> list[dict[str, Any]]:
    """Return what an agent finds out as it is stored. Raises `Invalid` that names the one at fault."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST_DETAILS:
        raise Invalid(f"An agent finds out at most {MOST_DETAILS} details of its own.", field=field)
    found: list[dict[str, Any]] = []
    for one in value:
        try:
            found.append(definition(one))
        except Invalid as error:
            name = str(one.get("name", "")) if isinstance(one, Mapping) else ""
            raise Invalid(f"“{name[:NAME_LIMIT]}”: {error.message}", field=field) from None
    names = [one["name"] for one in found]
    for name in names:
        if names.count(name) > 1:
            raise Invalid(f"There is a detail “{name}” already.", field=field, code="duplicate")
    return found


def definition(given: Any) -> dict[str, Any]:
    """Return one detail as it is stored. Raises `Invalid` that names its field."""
    if not isinstance(given, Mapping):
        raise Invalid("This is an object with a name and a kind.", field="name")
    name = _said(given, "name", "")
    if not isinstance(name, str) or not _NAME.fullmatch(name.strip()):
        raise Invalid("Use lower-case letters, digits and _, beginning with a letter.", field="name")
    kind = _said(given, "var_type", "text")
    if kind not in KINDS:
        raise Invalid(f"The kind is one of: {', '.join(KINDS)}.", field="var_type")
    description = _said(given, "description", "")
    if not isinstance(description, str) or len(description) > DESCRIPTION_LIMIT:
        raise Invalid(f"At most {DESCRIPTION_LIMIT} characters.", field="description")
    form = _said(given, "format", "")
    if form not in FORMATS or (form and kind != "text"):
        raise Invalid(f"The form of a text is one of: {', '.join(filter(None, FORMATS))}.", field="format")
    low, high = _bound(given.get("low"), kind), _bound(given.get("high"), kind)
    if low is not None and high is not None and low > high:
        raise Invalid("The least is more than the most.", field="low")
    return {
        "id": _id(given.get("id")),
        "name": name.strip(),
        "description": " ".join(description.replace("\x00", "").split()),
        "var_type": kind,
        "enum_options": _options(given.get("enum_options"), kind),
        "required": _flag(given.get("required"), "required"),
        "read_back": _flag(given.get("read_back"), "read_back"),
        "format": form,
        "low": low,
        "high": high,
        "send_to": _send_to(given.get("send_to")),
    }


def schema(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of a detail's value, for the tool that saves it."""
    kind = {"number": "number", "boolean": "boolean"}.get(found["var_type"], "string")
    made: dict[str, Any] = {"type": kind, "description": found["description"] or found["name"].replace("_", " ")}
    if found["enum_options"]:
        made["enum"] = list(found["enum_options"])
    return made


def value_of(found: Mapping[str, Any], given: Any) -> str | int | float | bool:
    """Return a value as it is kept. Raises `Invalid` that says what a right one is."""
    kind, name = found["var_type"], found["name"]
    if kind == "number":
        return _number(found, given)
    if kind == "boolean":
        said = str(given).strip().casefold()
        if said not in _YES | _NO:
            raise Invalid(f"{name} is yes or no.", field=name)
        return said in _YES
    if not isinstance(given, str | int | float) or isinstance(given, bool):
        raise Invalid(f"{name} is a text.", field=name)
    said = " ".join(str(given).replace("\x00", "").split())
    if not said or len(said) > VALUE_LIMIT:
        raise Invalid(f"{name} is a text of 1 to {VALUE_LIMIT} characters.", field=name)
    if kind == "enum":
        for option in found["enum_options"]:
            if option.casefold() == said.casefold():
                return str(option)
        raise Invalid(f"{name} is one of: {', '.join(found['enum_options'])}.", field=name)
    return _formed(found, said)


def shown(value: Any) -> str:
    """Return a value as people and prompts read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _said(given: Mapping[str, Any], name: str, default: str) -> Any:
    """Return a field as it was given; nothing and null are the default, and nothing else is."""
    value = given.get(name)
    return default if value is None else value


def _formed(found: Mapping[str, Any], said: str) -> str:
    name, form = found["name"], found["format"]
    if form == "email":
        if not _EMAIL.fullmatch(said):
            raise Invalid(f"{name} is an email address.", field=name)
        return said.lower()
    if form == "phone":
        return e164.normalize(said, field=name)
    if form == "url":
        if not _URL.fullmatch(said):
            raise Invalid(f"{name} is a web address with https://.", field=name)
        return said
    if form == "date":
        try:
            return date.fromisoformat(said).isoformat()
        except ValueError:
            raise Invalid(f"{name} is a date such as 2026-12-24.", field=name) from None
    return said


def _number(found: Mapping[str, Any], given: Any) -> int | float:
    try:
        number = float(str(given).strip().replace(",", "")) if not isinstance(given, bool) else float("nan")
    except ValueError:
        number = float("nan")
    low, high = found["low"], found["high"]
    is_right = abs(number) <= _BOUND and (low is None or number >= low) and (high is None or number <= high)
    if not is_right:
        bounds = [f"at least {low:g}" if low is not None else "", f"at most {high:g}" if high is not None else ""]
        words = " and ".join(filter(None, bounds))
        raise Invalid(f"{found['name']} is a number{' of ' + words if words else ''}.", field=found["name"])
    return int(number) if number.is_integer() else number


def _bound(value: Any, kind: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _BOUND or kind != "number":
        raise Invalid("Only a number has a least and a most.", field="low")
    return float(value)


def _options(value: Any, kind: str) -> list[str]:
    given = [] if value is None else value
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Invalid("Choices are a list of texts.", field="enum_options")
    found = list(dict.fromkeys(words for one in given if (words := " ".join(one.replace("\x00", "").split()))))
    if len(found) > MOST_OPTIONS or any(len(one) > OPTION_LIMIT for one in found):
        raise Invalid(f"At most {MOST_OPTIONS} choices of {OPTION_LIMIT} characters.", field="enum_options")
    if kind == "enum" and not found:
        raise Invalid("Give the choices.", field="enum_options")
    return found if kind == "enum" else []


def _send_to(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or len(json.dumps(value, default=str)) > 1000:
        raise Invalid("This is an object that names apps.", field="send_to")
    return {
        strict_json.clean(str(key)): strict_json.clean(one) if isinstance(one, str) else one
        for key, one in value.items()
        if isinstance(one, bool | str)
    }


def _flag(value: Any, field: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Invalid("This is either true or false.", field=field)
    return value


def _id(value: Any) -> str:
    if value in (None, ""):
        return str(new_id())
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise Invalid("This is not an id.", field="id") from None
