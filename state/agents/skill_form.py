"""Turn a skill's settings into the fields of a form, and what the form says back into settings."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from backend.core.errors import Invalid
from backend.skills.schemas import SkillSettings

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Option(TypedDict):
    """One answer of a choice."""

    value: str
    label: str
    is_on: bool


class Field(TypedDict):
    """One setting of a skill; `kind` says how it is drawn."""

    name: str
    label: str
    hint: str
    kind: str
    value: str
    is_on: bool
    options: list[Option]
    error: str


def fields(settings: SkillSettings, date_fields: Sequence[tuple[str, str]]) -> list[Field]:
    """Return the fields of a skill's own settings; `date_fields` are the contacts' fields that hold a date."""
    return [
        _field(name, rule, settings["config"].get(name), date_fields)
        for name, rule in settings["schema"]["properties"].items()
    ]


def config(shown: Sequence[Field], form: Mapping[str, Any]) -> dict[str, Any]:
    """Return a skill's own settings as the form has them. Raises `Invalid` for a number that is none."""
    found: dict[str, Any] = {}
    for field in shown:
        name = field["name"]
        said = str(form.get(f"skill-{name}", "") or "")
        match field["kind"]:
            case "boolean":
                found[name] = is_on(form, f"skill-{name}")
            case "number":
                found[name] = whole(said, name)
            case "lines":
                found[name] = said.splitlines()
            case "many":
                found[name] = [one["value"] for one in field["options"] if is_on(form, f"skill-{name}-{one['value']}")]
            case _:
                found[name] = said
    return found


def days(form: Mapping[str, Any], prefix: str) -> list[str]:
    """Return the weekdays that are ticked."""
    return [day for day in DAYS if is_on(form, f"{prefix}-{day}")]


def is_on(form: Mapping[str, Any], name: str) -> bool:
    """Tell whether a box of the form is ticked."""
    return form.get(name) in ("on", "true", True)


def whole(said: str, field: str) -> int:
    """Return a whole number. Raises `Invalid` that names the field."""
    digits = said.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 8):
        raise Invalid("Write a whole number.", field=field)
    return int(digits)


def _field(name: str, rule: Mapping[str, Any], value: Any, date_fields: Sequence[tuple[str, str]]) -> Field:
    options: list[Option] = []
    match rule["type"]:
        case "boolean":
            kind = "boolean"
        case "integer":
            kind = "number"
        case "array" if "enum" in rule["items"]:
            kind = "many"
            options = _options(rule["items"], value)
        case "array":
            kind, value = "lines", "\n".join(value or [])
        case _ if "enum" in rule:
            kind = "choice"
            options = _options(rule, [value])
        case _ if rule.get("format") == "date_field":
            kind = "choice"
            options = [Option(value="", label="Choose a field", is_on=not value)]
            options += [Option(value=key, label=label, is_on=key == value) for key, label in date_fields]
        case _:
            kind = "message" if rule.get("format") == "message" else "text"
    return Field(
        name=name,
        label=rule["title"],
        hint=rule.get("description", ""),
        kind=kind,
        value="" if kind in ("boolean", "many") else str(value if value is not None else ""),
        is_on=value is True,
        options=options,
        error="",
    )


def _options(rule: Mapping[str, Any], chosen: Any) -> list[Option]:
    names = zip(rule["enum"], rule.get("enumNames", rule["enum"]), strict=True)
    return [Option(value=value, label=label, is_on=value in (chosen or [])) for value, label in names]
