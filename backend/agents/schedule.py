"""Tell whether a business is open: weekly hours in a time zone, holidays, overnight hours and clock changes included.

A schedule is `{"mon": [["09:00", "17:00"], …], …}`. An empty one is always open; a day it leaves out is closed. Hours
whose end is not after their start run into the next day; `00:00` to `00:00` is the whole day. A holiday stands in the
place of its weekday, and cuts off what would run into it from the day before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from backend.agents import holidays as special
from backend.agents import ranges
from backend.agents.holidays import Holiday
from backend.core import clock
from backend.core.errors import Invalid
from backend.vocab import Channel

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_RANGES = ranges.MOST
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
# The field of an agent that holds the hours of a channel.
SCHEDULES = {
    Channel.SMS: "texts_schedule",
    Channel.CALL: "calls_schedule",
    Channel.CHAT: "chats_schedule",
    Channel.EMAIL: "emails_schedule",
}
# A week and its edges; holidays push an opening further away, at most a week each.
WEEK_DAYS, FURTHEST_DAYS = 9, 400
_WHOLE_DAY = (time(0), time(0))

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
    places = sorted(name for name in clock.zones() if "/" in name and not name.startswith("Etc/"))
    return (*places, "UTC")


def checked_timezone(name: str, field: str = "schedule_timezone") -> str:
    """Return `name` when it is a time zone. Raises `Invalid` that names `field`."""
    if name not in clock.zones():
        raise Invalid(f"“{name[:40]}” is not a time zone. Use one such as Europe/Berlin.", field=field)
    return name


def checked(value: object, field: str = "texts_schedule") -> dict[str, list[list[str]]]:
    """Return a schedule in its own form, from that form or from the reference product's. Raises `Invalid`."""
    if not isinstance(value, Mapping):
        raise Invalid("Hours are given for each weekday.", field=field)
    found: dict[str, list[list[str]]] = {}
    for key, given in value.items():
        day = _LONG_DAYS.get(str(key).lower(), str(key).lower())
        if day not in DAYS:
            raise Invalid(f"“{str(key)[:20]}” is not a weekday; use mon to sun.", field=field)
        if isinstance(given, Mapping):
            given = [[given.get("start"), given.get("end")]] if given.get("enabled", True) else []
        found[day] = ranges.checked(given, field)
    return {day: found[day] for day in DAYS if day in found}


def is_open(schedule: Schedule, timezone: str, now: datetime, holidays: Sequence[Holiday] = ()) -> bool:
    """Tell whether the clock on the wall shows one of the hours of `schedule`; their end itself is closed."""
    if not schedule and not holidays:
        return True
    local = now.astimezone(ZoneInfo(timezone))
    wall, today = local.time().replace(tzinfo=None), local.date()
    if any(start <= wall and (wall < end or end <= start) for start, end in _times(schedule, holidays, today)):
        return True
    if special.on(holidays, today):
        return False
    yesterday = _times(schedule, holidays, today - timedelta(days=1))
    return any(end <= start and wall < end for start, end in yesterday)


def hours(schedule: Schedule, timezone: str, now: datetime, holidays: Sequence[Holiday] = ()) -> Hours:
    """Return whether it is open now, when it opens next, and since when it is closed."""
    if is_open(schedule, timezone, now, holidays):
        return Hours(True, None, None)
    return Hours(
        False, _next_opening(schedule, timezone, now, holidays), _last_closing(schedule, timezone, now, holidays)
    )


def _next_opening(schedule: Schedule, timezone: str, now: datetime, holidays: Sequence[Holiday]) -> datetime | None:
    zone = ZoneInfo(timezone)
    for day in _days(now.astimezone(zone).date(), holidays, 1):
        starts = sorted(_moment(day, start, zone) for start, _ in _times(schedule, holidays, day))
        for moment in starts:
            if moment > now and is_open(schedule, timezone, moment, holidays):
                return moment
    return None


def _last_closing(schedule: Schedule, timezone: str, now: datetime, holidays: Sequence[Holiday]) -> datetime | None:
    zone = ZoneInfo(timezone)
    latest: datetime | None = None
    for day in _days(now.astimezone(zone).date(), holidays, -1):
        found = [edge for edge in _closings(schedule, holidays, day, zone) if edge <= now]
        if holidays:
            # An end that a holiday overtook closed nothing.
            found = [edge for edge in found if is_open(schedule, timezone, edge - timedelta(seconds=1), holidays)]
        if latest is not None:
            # Hours of the day before may run past those of the day itself.
            return max([latest, *found])
        latest = max(found, default=None)
    return latest


def _days(today: date, holidays: Sequence[Holiday], step: int) -> Iterator[date]:
    """Yield the days around today, away from it, as far as an opening or a closing may be."""
    furthest = min(WEEK_DAYS + 7 * len(holidays), FURTHEST_DAYS)
    for offset in range(-1, furthest + 1):
        yield today + timedelta(days=offset * step)


def _times(schedule: Schedule, holidays: Sequence[Holiday], day: date) -> list[tuple[time, time]]:
    holiday = special.on(holidays, day)
    if holiday is None and not schedule:
        return [_WHOLE_DAY]
    given = holiday["hours"] if holiday else schedule.get(DAYS[day.weekday()], ())
    return [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in given]


def _closings(schedule: Schedule, holidays: Sequence[Holiday], day: date, zone: ZoneInfo) -> Iterator[datetime]:
    if special.on(holidays, day):
        yield _moment(day, time(0), zone)
    for start, end in _times(schedule, holidays, day):
        yield _moment(day if end > start else day + timedelta(days=1), end, zone)


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
