"""Read the list's filter out of the inbox's address, and say whether a changed conversation still fits it."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.conversations import service as conversations
from backend.conversations.schemas import ConversationRow, ListFilter
from backend.vocab import Channel, Direction

VIEWS = ("all", "mine", "unassigned", "unread", "mentions")
STATUSES = ("open", "snoozed", "closed", "any")
SENTIMENTS = ("positive", "neutral", "negative")
SEARCH_LIMIT = 80


def filter_of(query: Any) -> ListFilter:
    """Return the filter an address asks for; unknown values count as not given.

    `from` and `to` are days, both included, in the zone `tz` of the reader.
    """
    since, until = days_of(query, zone_of(query))
    return ListFilter(
        view=one_of(query.get("view"), VIEWS, "all"),
        status=one_of(query.get("status"), STATUSES, "open"),
        search=str(query.get("q", ""))[:SEARCH_LIMIT],
        channel=one_of(query.get("channel"), tuple(Channel), ""),
        direction=one_of(query.get("direction"), tuple(Direction), ""),
        agent_id=id_of(query.get("agent")),
        team_id=id_of(query.get("team")),
        tag_id=id_of(query.get("tag")),
        sentiment=one_of(query.get("sentiment"), SENTIMENTS, ""),
        needs_person=query.get("person") == "1",
        awaits_approval=query.get("person") == "approval",
        since=since,
        until=until,
    )


def belongs(row: ConversationRow, wanted: ListFilter, viewer_id: str) -> bool:
    """Whether a changed conversation is part of a filtered list; the twin of the query's conditions.

    Of a search it knows the name, the number and the last words: what was said before them, only the query finds.
    """
    equal = (
        ("status", "" if wanted.status == "any" else wanted.status),
        ("channel", wanted.channel),
        ("direction", wanted.direction),
        ("agent_id", str(wanted.agent_id or "")),
        ("team_id", str(wanted.team_id or "")),
        ("sentiment", wanted.sentiment),
    )
    if any(value and row[name] != value for name, value in equal):  # type: ignore[literal-required]
        return False
    if wanted.view == "mine" and row["assignee_id"] != viewer_id:
        return False
    if wanted.view == "unassigned" and row["assignee_id"]:
        return False
    if wanted.view == "unread" and not row["unread"]:
        return False
    if wanted.view == "mentions" and not row["mentioned"]:
        return False
    if wanted.needs_person and not row["needs_person"]:
        return False
    if wanted.awaits_approval and not row["awaits_approval"]:
        return False
    if wanted.tag_id is not None and str(wanted.tag_id) not in row["tag_ids"]:
        return False
    at = datetime.fromisoformat(row["last_at"])
    if (wanted.since and at < wanted.since) or (wanted.until and at >= wanted.until):
        return False
    text = wanted.search.strip()
    return not text or conversations.fits(text, f"{row['name']} {row['phone']}", row["preview"])


def one_of(value: Any, options: tuple[str, ...], default: str) -> str:
    """Return a value that is one of the options, else the default."""
    return str(value) if value in options else default


def id_of(value: Any) -> UUID | None:
    """Return an id, or None for anything else."""
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def zone_of(query: Any) -> ZoneInfo:
    """Return the zone `tz` that days are meant in, UTC when it names none."""
    try:
        return ZoneInfo(str(query.get("tz") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def days_of(query: Any, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Return when the days `from` and `to` begin and end, in UTC; both are included."""
    return _day(query.get("from"), zone), _day(query.get("to"), zone, days=1)


def _day(value: Any, zone: ZoneInfo, days: int = 0) -> datetime | None:
    """Return the moment a day begins, or `days` later, in UTC."""
    try:
        day = datetime.strptime(str(value), "%Y-%m-%d").date() + timedelta(days=days)  # noqa: DTZ007 - a day has no zone
        return datetime.combine(day, time.min, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
