"""Tell two versions of an agent apart: which fields differ, and which lines of the long ones."""

import json
from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from typing import Any, TypedDict

from backend.agents import fields

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


def _functions(value: Any) -> str:
    """Write functions out for comparison; ids, of secrets too, say nothing to people."""
    shown = [
        {
            key: one if key != "headers" else [header["name"] for header in one]
            for key, one in row.items()
            if key != "id"
        }
        for row in value
    ]
    return json.dumps(shown, ensure_ascii=False, indent=2) if shown else ""


# The fields whose differences are shown line by line, each with how it is written out.
_WRITTEN: Mapping[str, Callable[[Any], str]] = {"text": str, "functions": _functions}


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
