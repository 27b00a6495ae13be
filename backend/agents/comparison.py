"""Tell two versions of an agent apart: which fields differ, and which lines of the long ones."""

from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from typing import Any, TypedDict

from backend.agents import fields
from backend.vocab import ToolPolicy

SAME, OLD, NEW = " ", "-", "+"
# Unchanged lines shown around a change.
AROUND = 3
GAP = "…"


class LineChange(TypedDict):
    """One line: `mark` is " " (on both sides), "-" (the older alone), "+" (the newer alone) or "…" (lines left out)."""

    mark: str
    text: str


class FieldChange(TypedDict):
    """A field that differs, with both values as they are stored; `lines` compares long texts."""

    field: str
    before: Any
    after: Any
    lines: list[LineChange]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """Return the fields that differ, in the order of the form."""
    return [
        FieldChange(
            field=field.name,
            before=before[field.name],
            after=after[field.name],
            lines=lines(*map(_WRITTEN[field.kind], (before[field.name], after[field.name])))
            if field.kind in _WRITTEN
            else [],
        )
        for field in fields.ALL
        if before[field.name] != after[field.name]
    ]


# What people call the parts of a function or detail where the stored name says something else.
_PARTS = {
    "var_type": "kind",
    "enum_options": "choices",
    "low": "at least",
    "high": "at most",
    "send_to": "sent to",
    "http_method": "method",
    "endpoint_url": "address",
    "query_params": "query",
    "body_template": "body",
    "body_schema": "filled in by the agent",
    "response_variables": "read from the answer",
    "timeout_ms": "seconds to wait",
    "max_retries": "tries again",
    "is_active": "on",
}


def _rows(value: Any) -> str:
    """Write a list of functions or details out for comparison; ids, of secrets too, say nothing to people."""
    return "\n".join(line for row in value for line in (row["name"], *_parts(row), ""))


def _policies(value: Any) -> str:
    return "\n".join(
        f"{name.replace('_', ' ')}: {'ask first' if policy == ToolPolicy.ASK else policy}"
        for name, policy in value.items()
    )


def _targets(value: Any) -> str:
    return "\n".join(f"{one['label']} ({one['kind']}){': ' + one['when'] if one['when'] else ''}" for one in value)


def _numbers(value: Any) -> str:
    rows = (f"{one['label']}: {one['phone_number']} ({one['mode']})" for one in value)
    return "\n".join(f"{row}: {one['when']}" if one["when"] else row for row, one in zip(rows, value, strict=True))


def _recipients(value: Any) -> str:
    return "\n".join(f"{one['label']}: {one['address']}" for one in value)


def _parts(row: Mapping[str, Any]) -> list[str]:
    found = []
    for key, value in sorted(row.items(), key=lambda one: (one[0] != "description", one[0])):
        if key in ("id", "name") or value in ("", None, [], {}):
            continue
        words = _PARTS.get(key) or key.replace("_", " ")
        if isinstance(value, list) and isinstance(value[0], Mapping):
            rows = [", ".join(_said(part, one) for part, one in _shown(entry)) for entry in value]
            found += [f"  {words}:", *(f"    {one}" for one in rows)]
        else:
            found.append(f"  {words}: {_plain(value / 1000 if key == 'timeout_ms' else value)}")
    return found


def _shown(entry: Mapping[str, Any]) -> list[tuple[str, Any]]:
    parts = [one for one in entry.items() if one[0] != "secret" and one[1] not in ("", None, [], False)]
    return sorted(parts, key=lambda one: (one[0] != "name", one[0]))


def _said(part: str, value: Any) -> str:
    return part if value is True else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _appointments(value: Any) -> str:
    return "\n".join(f"{row['title']} ({row['minutes']} min)" for row in value)


def _server_tools(value: Any) -> str:
    """Write tools of servers out; their schemas are long, and that they changed is said by the words at hand."""
    return "\n".join(
        line
        for row in value
        for line in (
            row["called"],
            *(f"  {words}" for words in row["description"].splitlines()),
            f"  {row['fingerprint']}",
        )
    )


# The fields whose differences are shown line by line, each with how it is written out.
_WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "text": str, "functions": _rows, "details": _rows, "policies": _policies, "targets": _targets,
    "numbers": _numbers, "recipients": _recipients, "appointments": _appointments, "mcp_tools": _server_tools,
}  # fmt: skip


def lines(before: str, after: str) -> list[LineChange]:
    """Return the lines of two texts side by side; long stretches that agree are left out."""
    old, new = before.splitlines(), after.splitlines()
    found: list[LineChange] = []
    for group in SequenceMatcher(a=old, b=new, autojunk=False).get_grouped_opcodes(AROUND):
        if found or group[0][1] > 0:
            found.append(LineChange(mark=GAP, text=""))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                found += [LineChange(mark=SAME, text=line) for line in old[old_from:old_to]]
                continue
            found += [LineChange(mark=OLD, text=line) for line in old[old_from:old_to]]
            found += [LineChange(mark=NEW, text=line) for line in new[new_from:new_to]]
    return found
