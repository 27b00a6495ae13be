"""Check the days on which a business keeps other hours, and find the one of a date."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backend.agents import ranges
from backend.core.errors import Invalid

# Two years of public holidays and a few of one's own.
MOST = 60
NAME_LIMIT = 60
Holiday = Mapping[str, Any]


def checked(value: object, field: str = "holidays") -> list[dict[str, Any]]:
    """Return holidays by date: `{"date": "2026-12-25", "name": …, "is_yearly": …, "hours": [] or pairs}`.

    Raises `Invalid` that names `field`.
    """
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST:
        raise Invalid(f"There are at most {MOST} holidays.", field=field)
    found = [_checked_one(one, field) for one in value]
    taken: set[tuple[str, bool]] = set()
    for one in found:
        if (key := (_key(one), one["is_yearly"])) in taken:
            raise Invalid(f"{one['date']} stands there twice.", field=field)
        taken.add(key)
    return sorted(found, key=lambda one: one["date"])


def on(holidays: Sequence[Holiday], day: date) -> Holiday | None:
    """Return the holiday of a date; one of that very year goes before a yearly one."""
    exact, yearly = day.isoformat(), day.isoformat()[5:]
    found = [one for one in holidays if one["date"] == exact or (one["is_yearly"] and one["date"][5:] == yearly)]
    return min(found, key=lambda one: one["is_yearly"], default=None)


def _key(one: Holiday) -> str:
    return str(one["date"][5:] if one["is_yearly"] else one["date"])


def _checked_one(value: object, field: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Invalid("A holiday has a date, a name and hours.", field=field)
    written = value.get("date")
    try:
        day = date.fromisoformat(written if isinstance(written, str) else "").isoformat()
    except ValueError:
        raise Invalid(f"“{str(written)[:20]}” is not a date; write it as 2026-12-25.", field=field) from None
    name, is_yearly = value.get("name", ""), value.get("is_yearly", False)
    if not isinstance(name, str) or len(name) > NAME_LIMIT:
        raise Invalid(f"The name of a holiday has at most {NAME_LIMIT} characters.", field=field)
    if not isinstance(is_yearly, bool):
        raise Invalid("Whether a holiday comes every year is either true or false.", field=field)
    return {
        "date": day,
        "name": " ".join(name.replace("\x00", "").split()),
        "is_yearly": is_yearly,
        "hours": ranges.checked(value.get("hours", []), field),
    }
