"""Filling a tool's arguments from what the customer wrote, by its JSON schema; never by invention."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.sandbox.model import values
from backend.sandbox.model.words import fold, is_stop, stem, tokens

_KEY_FIELDS = ("key", "name", "variable", "variable_name", "field", "field_name", "label")
_FREE_TEXT = re.compile(
    r"query|question|text|message|reason|note|summary|description|body|content|request|details|topic|issue"
    r"|subject|title|comment|search"
)


@dataclass
class Filled:
    """Arguments found, and the required fields nothing was said about."""

    arguments: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def properties_of(tool: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the tool's parameters by name."""
    parameters = tool.get("parameters") or {}
    found = parameters.get("properties") or {}
    return {str(name): schema if isinstance(schema, dict) else {} for name, schema in found.items()}


def required_of(tool: Mapping[str, Any]) -> list[str]:
    """Return the names of the parameters the tool insists on."""
    return [str(name) for name in (tool.get("parameters") or {}).get("required") or []]


def is_memo(tool: Mapping[str, Any]) -> bool:
    """Say whether a tool stores one named value, such as set_variable(name, value)."""
    names = properties_of(tool)
    return "value" in names and any(name in names for name in _KEY_FIELDS)


def fill_memo(tool: Mapping[str, Any], text: str) -> Filled | None:
    """Fill a tool that stores one named value with something the customer states about themselves."""
    names = properties_of(tool)
    key_field = next(name for name in _KEY_FIELDS if name in names)
    allowed = names[key_field].get("enum")
    for what, value in values.own_facts(text):
        key = _closest(what, [str(item) for item in allowed]) if allowed else re.sub(r"\W+", "_", what.strip())
        if key:
            return Filled({key_field: key, "value": value})
    return None


def _closest(what: str, allowed: list[str]) -> str | None:
    wanted = {stem(word) for word in tokens(what.replace("_", " "))}
    scored = [(len(wanted & {stem(word) for word in tokens(item.replace("_", " "))}), item) for item in allowed]
    best = max(scored, key=lambda pair: pair[0], default=(0, ""))
    return best[1] if best[0] else None


def fill(tool: Mapping[str, Any], text: str, answers: Mapping[str, str] | None = None) -> Filled:
    """Fill every parameter that the text speaks about. `answers` are replies to questions about single fields."""
    filled = Filled()
    properties, required = properties_of(tool), required_of(tool)
    given = answers or {}
    used: set[Any] = set()
    for name, schema in properties.items():
        value = value_for(name, schema, text, is_required=name in required)
        if value is None and name in given:
            value = value_for(name, schema, given[name], is_required=True)
            if value is None and _kind(schema) == "string" and "enum" not in schema:
                value = given[name].strip().rstrip(".!")
        if value is None or (name not in required and isinstance(value, str) and value in used):
            if name in required:
                filled.missing.append(name)
            continue
        if isinstance(value, str):
            used.add(value)
        filled.arguments[name] = value
    filled.missing += [name for name in required if name not in properties]
    return filled


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = next((item for item in kind if item != "null"), "string")
    return str(kind)


def value_for(name: str, schema: Mapping[str, Any], text: str, is_required: bool) -> Any:
    """Return what the text says for one parameter, or None."""
    kind = _kind(schema)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return enum_value(schema["enum"], text)
    if kind in ("integer", "number"):
        found = values.number(text)
        return None if found is None else int(found) if kind == "integer" or found.is_integer() else found
    if kind == "boolean":
        return _boolean(name, text)
    if kind == "array":
        items = schema.get("items") or {}
        item = value_for(name, items, text, is_required)
        return None if item is None else [item]
    if kind == "object":
        inner = {"parameters": schema}
        found_object = fill(inner, text)
        return found_object.arguments if found_object.arguments and not found_object.missing else None
    return _string_value(name, schema, text, is_required)


def enum_value(allowed: list[Any], text: str) -> Any:
    """Return which of the allowed values a text says, or None."""
    said = {stem(word) for word in tokens(text)}
    best, most = None, 0.0
    for item in allowed:
        words = [stem(word) for word in tokens(str(item).replace("_", " ")) if not is_stop(word)]
        share = sum(word in said for word in words) / len(words) if words else 0.0
        if share > most:
            best, most = item, share
    return best if most >= 0.5 else None


def _boolean(name: str, text: str) -> bool | None:
    said = {stem(word) for word in tokens(text)}
    words = {stem(word) for word in tokens(name.replace("_", " ")) if not is_stop(word)}
    if not words & said:
        return None
    return not re.search(r"\b(?:no|not|don't|without|never)\b", fold(text))


def _string_value(name: str, schema: Mapping[str, Any], text: str, is_required: bool) -> str | None:
    label = fold(f"{name} {schema.get('format', '')}".replace("_", " "))
    about = fold(f"{label} {schema.get('description', '')}")
    if "email" in label or "e-mail" in label:
        return values.email(text)
    if re.search(r"phone|mobile|\bto number\b|\bcaller\b|\btel\b", label) or (
        "e.164" in about or "phone number" in about
    ):
        return values.phone(text)
    if re.search(r"\burl\b|\buri\b|\blink\b|website", label):
        return values.url(text)
    if re.search(r"\bdate\b|\btime\b|\bwhen\b|\bday\b|datetime|date-time|\bstart\b|\bslot\b", label):
        return values.when(text)
    if re.search(r"\bname\b", label) and not re.search(r"product|item|service|file|company|business|city|tool", label):
        return values.person(text)
    if re.search(r"city|town|location|place|country|region|state\b", label):
        return values.place(text) or (text.strip() if is_required and len(text.split()) <= 3 else None)
    if re.search(r"\b(?:order|ticket|reference|booking|account|invoice|tracking|id|code|number)\b", label):
        match = re.search(
            r"(?:#\s?|\b(?:number|no\.?|id|code|order|ticket|reference)\s+#?)([\w-]*\d[\w-]*)",
            text,
            re.IGNORECASE,
        )
        found = match.group(1) if match else None
        return found or (str(int(plain)) if (plain := values.number(text)) is not None else None)
    if re.search(r"\bmessage\b|\bbody\b|\btext\b", label):
        return values.message(text) or (text.strip() if is_required else None)
    if not is_required:
        return values.message(text) if _FREE_TEXT.search(label) else None
    return values.message(text) or text.strip() or None
