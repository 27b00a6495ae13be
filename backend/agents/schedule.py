"""Tell whether a business is open: weekly hours per weekday in a time zone, overnight hours and clock changes included.

A schedule is `{"mon": [["09:00", "17:00"], …], …}`. An empty one is always open; a day it leaves out is closed. Hours
whose end is not after their start run into the next day; `00:00` to `00:00` is the whole day.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from backend.core.errors import Invalid

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_RANGES = 6
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
# The reference product's names (backend.md §3.1), accepted from its clients.
_LONG_DAYS = {
    "monday": "mon",
    "tuesday": "tue",
    "wednesday": "wed",
    "thursday": "thu",
    "friday": "fri",
    "saturday": "sat",
    "sunday": "sun",
}

Schedule = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True)
class Hours:
    """Whether it is open, and when that changes next; the moments are in UTC and None when it never changes."""

    is_open: bool
    opens_at: datetime | None
    closed_since: datetime | None


@lru_cache(maxsize=1)
def timezones() -> tuple[str, ...]:
    """Return the IANA time zones a person may choose, in order."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (*places, "UTC")


def checked_timezone(name: str, field: str = "schedule_timezone") -> str:
    """Return `name` when it is a time zone. Raises `Invalid` that names `field`."""
    if name not in available_timezones():
        raise Invalid(f"“{name[:40]}” is not a time zone. Use one such as Europe/Berlin.", field=field)
    return name


def checked(value: object, field: str = "texts_schedule") -> dict[str, list[list[str]]]:
    """Return a schedule in its own form, from that form or from the reference product's. Raises `Invalid`."""
    if not isinstance(value, Mapping):
        raise Invalid("Hours are given for each weekday.", field=field)
    found: dict[str, list[list[str]]] = {}
    for key, ranges in value.items():
        day = _LONG_DAYS.get(str(key).lower(), str(key).lower())
        if day not in DAYS:
            raise Invalid(f"“{str(key)[:20]}” is not a weekday; use mon to sun.", field=field)
        if isinstance(ranges, Mapping):
            ranges = [[ranges.get("start"), ranges.get("end")]] if ranges.get("enabled", True) else []
        if not isinstance(ranges, Sequence) or isinstance(ranges, str) or len(ranges) > MOST_RANGES:
            raise Invalid(f"A day has at most {MOST_RANGES} pairs of hours.", field=field)
        found[day] = [_checked_range(one, field) for one in ranges]
    return {day: found[day] for day in DAYS if day in found}


def _checked_range(value: object, field: str) -> list[str]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise Invalid("Hours have a start and an end, such as 09:00 and 17:00.", field=field)
    for edge in value:
        if not isinstance(edge, str) or not _TIME.fullmatch(edge):
            raise Invalid(f"“{str(edge)[:20]}” is not a time; write it as 09:00.", field=field)
    return [str(value[0]), str(value[1])]


def is_open(schedule: Schedule, timezone: str, now: datetime) -> bool:
    """Tell whether the clock on the wall shows one of the hours of `schedule`; their end itself is closed."""
    if not schedule:
        return True
    local = now.astimezone(ZoneInfo(timezone))
    wall, day = local.time().replace(tzinfo=None), local.weekday()
    today = [_times(one) for one in schedule.get(DAYS[day], ())]
    yesterday = [_times(one) for one in schedule.get(DAYS[day - 1], ())]
    return any(start <= wall and (wall < end or end <= start) for start, end in today) or any(
        end <= start and wall < end for start, end in yesterday
    )


def hours(schedule: Schedule, timezone: str, now: datetime) -> Hours:
    """Return whether it is open now, when it opens next, and since when it is closed."""
    if is_open(schedule, timezone, now):
        return Hours(True, None, None)
    starts = sorted(start for start, _ in _around(schedule, timezone, now) if start > now)
    return Hours(
        False,
        next((start for start in starts if is_open(schedule, timezone, start)), None),
        max((end for _, end in _around(schedule, timezone, now) if end <= now), default=None),
    )


def _times(one: Sequence[str]) -> tuple[time, time]:
    return time.fromisoformat(one[0]), time.fromisoformat(one[1])


def _around(schedule: Schedule, timezone: str, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield starts and ends, in UTC, from nine days before `now` to nine days after: a week and its edges."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    for offset in range(-9, 10):
        day = today + timedelta(days=offset)
        for one in schedule.get(DAYS[day.weekday()], ()):
            start, end = _times(one)
            last_day = day if end > start else day + timedelta(days=1)
            yield _moment(day, start, zone), _moment(last_day, end, zone)


def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return a wall-clock time in UTC; one that a clock change skips counts as the moment of the change."""
    local = datetime.combine(day, wall, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # PEP 495: in a gap, fold=1 lands before the change and fold=0 after it. Halve until the second is found.
    before, after = local.replace(fold=1).astimezone(UTC), moment
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def local(moment: datetime, timezone: str) -> datetime:
    """Return a moment as the clock on the wall shows it."""
    return moment.astimezone(ZoneInfo(timezone))
