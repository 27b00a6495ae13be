"""Read the moments people and models write ("tomorrow at 9am", "2026-11-24T14:30") as the business's clock does."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_NAMED_DAY = re.compile(
    rf"\b(?:({'|'.join(_MONTHS)})[a-z]*\.?\s(\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?({'|'.join(_MONTHS)})[a-z]*)(?:,?\s(\d{{4}}))?\b"
)
_WEEKDAY = re.compile(rf"\b({'|'.join(_DAYS)})\b")
_CLOCK = re.compile(r"\b(\d{1,2})(?::(\d{2}))?(?::\d{2})?\s?(am|pm|a\.m\.|p\.m\.)|\b(\d{1,2}):(\d{2})\b")
_SPAN = re.compile(r"\bin (?:(an?|\d{1,3}) )?(half an hour|minutes?|hours?|days?|weeks?)\b")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)} | {
    "week": timedelta(weeks=1)
}


def read(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the moment in UTC's terms or any zone's (always with a zone), or None when no clear one is written.

    A day without a time is not clear. A time without a day is the next such time; a weekday is the next such day.
    """
    said = " ".join(text.strip().casefold().split())
    if exact := _exact(text.strip(), zone):
        return exact
    if span := _SPAN.search(said):
        return now + _length(span)
    clock = _clock(said)
    if clock is None:
        return None
    local = now.astimezone(zone)
    day = _day(said, local.date())
    if day is None:
        return None
    if isinstance(day, date):
        return datetime.combine(day, clock, zone)
    moment = datetime.combine(local.date(), clock, zone)
    return moment if moment > local else datetime.combine(local.date() + timedelta(days=1), clock, zone)


def words(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as a person reads it without doubt: "Monday 23 November 2026, 09:00 (America/Vancouver)"."""
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M} ({zone.key})"


def _exact(text: str, zone: ZoneInfo) -> datetime | None:
    if "T" not in text.upper() and not re.search(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}", text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _length(span: re.Match[str]) -> timedelta:
    count, unit = span.groups()
    if unit == "half an hour":
        return timedelta(minutes=30)
    return (int(count) if count and count.isdecimal() else 1) * _UNITS[unit.removesuffix("s")]


def _clock(said: str) -> time | None:
    if re.search(r"\bnoon\b", said):
        return time(12)
    if re.search(r"\bmidnight\b", said):
        return time(0)
    found = _CLOCK.search(said)
    if found is None:
        return None
    hour, minute = int(found[1] or found[4]), int(found[2] or found[5] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3].startswith("p") else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(said: str, today: date) -> date | bool | None:
    """Return the day a text names, True when it names none, None when the one it names does not exist."""
    try:
        if found := _ISO_DAY.search(said):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _NAMED_DAY.search(said):
            month = _MONTHS.index(found[1] or found[4]) + 1
            number = int(found[2] or found[3])
            if found[5]:
                return date(int(found[5]), month, number)
            named = date(today.year, month, number)
            return named if named >= today else date(today.year + 1, month, number)
    except ValueError:
        return None
    if "the day after tomorrow" in said:
        return today + timedelta(days=2)
    if "tomorrow" in said:
        return today + timedelta(days=1)
    if re.search(r"\b(?:today|tonight)\b", said):
        return today
    if found := _WEEKDAY.search(said):
        ahead = (_DAYS.index(found[1]) - today.weekday()) % 7
        return today + timedelta(days=ahead or 7)
    return True
