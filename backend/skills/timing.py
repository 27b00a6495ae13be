"""Tell when a skill runs next, and when a customer may be written to: both by the clock on somebody's wall.

Nobody is written to outside the business's window, nor in the quiet hours of the place their number is from, whatever
the window says (47 CFR 64.1200(c)(1) forbids calls and texts before 8 and after 21 o'clock there).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from backend.agents import schedule
from backend.core.errors import Invalid

DAYS = schedule.DAYS
QUIET_UNTIL, QUIET_FROM = "08:00", "21:00"
WINDOW: dict[str, Any] = {"days": list(DAYS[:5]), "start": "09:00", "end": "19:00"}
INTERVALS = ("hours", "daily", "weekly", "monthly")
# A number that may be in more zones than this (toll-free, a whole continent) says nothing of where its owner is.
MOST_ZONES = 8
_TRIES = 40


def checked_window(value: object) -> dict[str, Any]:
    """Return a window as `{days, start, end}`. Raises `Invalid` (`sending_window`)."""
    given = value if isinstance(value, Mapping) else {}
    days = _days(given.get("days"), "sending_window")
    start, end = _wall(given.get("start"), "sending_window"), _wall(given.get("end"), "sending_window")
    if not QUIET_UNTIL <= start < end <= QUIET_FROM:
        raise Invalid(
            f"Choose hours between {QUIET_UNTIL} and {QUIET_FROM}, the end after the start: nobody is written to at "
            "night.",
            field="sending_window",
        )
    return {"days": days, "start": start, "end": end}


def checked_schedule(value: object) -> dict[str, Any]:
    """Return when a skill runs, in the reference's shape. Raises `Invalid` (`schedule_config`)."""
    field = "schedule_config"
    given = value if isinstance(value, Mapping) else {}
    match given.get("interval"):
        case "hours":
            return {"interval": "hours", "every": _whole(given.get("every", 6), 1, 24, field)}
        case "daily":
            return {"interval": "daily", "time": _wall(given.get("time", "09:00"), field)}
        case "weekly":
            days = _days(given.get("days"), field)
            return {"interval": "weekly", "days": days, "time": _wall(given.get("time", "09:00"), field)}
        case "monthly":
            day = _whole(given.get("day", 1), 1, 28, field)
            return {"interval": "monthly", "day": day, "time": _wall(given.get("time", "09:00"), field)}
    raise Invalid(f"Choose how often: {', '.join(INTERVALS)}.", field=field)


def next_run(config: Mapping[str, Any], zone_name: str, after: datetime) -> datetime:
    """Return the first moment after `after` at which a skill runs, in UTC.

    A time that the clocks skip counts as the same time by the old clock, one that they show twice as the first: so a
    daily skill runs once on every day of the year.
    """
    if config["interval"] == "hours":
        step = int(config["every"]) * 3600
        return datetime.fromtimestamp((int(after.timestamp()) // step + 1) * step, tz=UTC)
    zone = ZoneInfo(zone_name)
    wall = time.fromisoformat(config["time"])
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        moment = datetime.combine(day, wall, zone).astimezone(UTC)
        if moment > after and _is_day(config, day.weekday(), day.day):
            return moment
        day += timedelta(days=1)


def next_inside(window: Mapping[str, Any], zones: Sequence[str], at: datetime, until: datetime) -> datetime | None:
    """Return the first moment from `at` to `until` at which the window is open in every zone, or None."""
    start, end = max(window["start"], QUIET_UNTIL), min(window["end"], QUIET_FROM)
    hours = {day: [[start, end]] for day in window["days"]}
    moment = at
    for _ in range(_TRIES):
        if moment > until:
            return None
        closed = [zone for zone in zones if not schedule.is_open(hours, zone, moment)]
        if not closed:
            return moment
        openings = list(_openings(hours, closed, moment))
        if not openings:
            return None
        moment = max(openings)
    return None


def zones_of(number: str, otherwise: str) -> tuple[str, ...]:
    """Return the zones in which the owner of a number may be; `otherwise` when the number does not tell."""
    found = _zones(number)
    return found if 0 < len(found) <= MOST_ZONES else (otherwise,)


@lru_cache(maxsize=4096)
def _zones(number: str) -> tuple[str, ...]:
    # Its tables of area codes take a moment to load, which only who sends shall pay.
    from phonenumbers import timezone

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return ()
    known = schedule.timezones()
    return tuple(zone for zone in timezone.time_zones_for_number(parsed) if zone in known)


def _openings(hours: schedule.Schedule, zones: Sequence[str], moment: datetime) -> Iterator[datetime]:
    for zone in zones:
        opens_at = schedule.hours(hours, zone, moment).opens_at
        if opens_at is not None:
            yield opens_at


def _is_day(config: Mapping[str, Any], weekday: int, day: int) -> bool:
    if config["interval"] == "weekly":
        return DAYS[weekday] in list(config["days"])
    return config["interval"] != "monthly" or day == int(config["day"])


def _days(value: object, field: str) -> list[str]:
    given = set(value) if isinstance(value, list) and all(isinstance(day, str) for day in value) else set()
    if not given or not given <= set(DAYS):
        raise Invalid("Choose at least one weekday, mon to sun.", field=field)
    return [day for day in DAYS if day in given]


def _wall(value: object, field: str) -> str:
    try:
        return time.fromisoformat(str(value)).strftime("%H:%M")
    except ValueError:
        raise Invalid("Write a time of day such as 09:00.", field=field) from None


def _whole(value: object, low: int, high: int, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Invalid(f"Write a whole number from {low} to {high}.", field=field)
    return value
