"""Tell two versions of an agent apart: which fields differ, and which lines of the long ones."""

from collections.abc import Mapping
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
            lines=lines(before[field.name], after[field.name]) if field.kind == "text" else [],
        )
        for field in fields.ALL
        if before[field.name] != after[field.name]
    ]


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
