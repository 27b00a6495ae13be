"""Say a field's stored value in a line of text, as fields show it and people compare it."""

from collections.abc import Mapping, Sequence
from typing import Any


def plain(value: Any) -> str:
    """Return a value as a form's field holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def shown(value: Any) -> str:
    """Return a value of any kind in a line; empty for nothing."""
    if isinstance(value, Mapping):
        named = ((str(key).replace("_", " ").capitalize(), _ranges(one)) for key, one in value.items())
        return "; ".join(f"{name} {words}".strip() for name, words in named)
    if isinstance(value, Sequence) and not isinstance(value, str) and value and isinstance(value[0], Mapping):
        return "; ".join(_holiday(one) for one in value)
    return plain(value)


def _ranges(value: Any) -> str:
    if isinstance(value, str | bool | int | float):
        return plain(value)
    return ", ".join("–".join(str(edge) for edge in one) for one in value)


def _holiday(one: Mapping[str, Any]) -> str:
    name = str(one.get("name") or one.get("title") or "")
    parts = (str(one.get("date", "")), name, _ranges(one.get("hours", [])))
    return " ".join(part for part in parts if part) or str(one.get("label", ""))
