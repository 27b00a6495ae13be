"""Read and say times of appointments: people and models think in a time zone, the calendar in UTC.

What is no time there is refused, not guessed: an hour the clocks skip, and one they repeat unless its offset is named.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backend.core.errors import Invalid


def moment(text: str, zone: str, field: str = "start") -> datetime:
    """Return the moment (UTC) of an ISO 8601 time, local to `zone` unless it names its offset. Raises `Invalid`."""
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("Give the time as 2026-11-25T10:30.", field=field) from None
    if len(text.strip()) <= len("2026-11-25"):
        raise Invalid("Give the day and the time of day, as 2026-11-25T10:30.", field=field)
    try:
        return _moment(given, zone, field).replace(microsecond=0)
    except OverflowError:
        raise Invalid("This time is too far away.", field=field) from None


def day(text: str, field: str) -> date:
    """Return a day, also of a whole time. Raises `Invalid`."""
    try:
        found = date.fromisoformat(text.strip()[: len("2026-11-25")])
    except ValueError:
        raise Invalid("Give the day as 2026-11-25.", field=field) from None
    # The days beside it have to exist as well, in every time zone.
    if not date.min.year < found.year < date.max.year:
        raise Invalid("This day is too far away.", field=field)
    return found


def begins(local: date, zone: str) -> datetime:
    """Return the moment (UTC) a day begins in a zone; where midnight is skipped, the first that exists."""
    midnight = datetime.combine(local, time.min, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC)


def written(at: datetime, zone: str) -> str:
    """Return a moment in a zone with its offset, to the minute: `2026-11-25T10:30-05:00`."""
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")


def said(at: datetime, zone: str) -> str:
    """Return a moment as people say it: `Wednesday, 25 November 2026, 10:30`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%A}, {local.day} {local:%B %Y}, {local:%H:%M}"


def _moment(given: datetime, zone: str, field: str) -> datetime:
    if given.tzinfo is not None:
        return given.astimezone(UTC)
    there = ZoneInfo(zone)
    first, second = given.replace(tzinfo=there, fold=0), given.replace(tzinfo=there, fold=1)
    at = first.astimezone(UTC)
    if at.astimezone(there).replace(tzinfo=None) != given:
        raise Invalid("The clocks skip this hour, so there is no such time. Choose another.", field=field)
    if first.utcoffset() != second.utcoffset():
        both = f"{first.isoformat(timespec='minutes')} or {second.isoformat(timespec='minutes')}"
        raise Invalid(f"The clocks repeat this hour. Name the time with its offset: {both}.", field=field)
    return at


def later(local: date, days: int) -> date:
    """Return the day so many days after another."""
    return local + timedelta(days=days)
