"""Count attempts in fixed windows of time, in PostgreSQL, so that every process counts together.

Each count is its own short transaction: it stays counted when the attempt itself is rolled back. When the database
cannot count, the attempt is refused (fail closed): what is limited here is worth more to an attacker than to a person
who can try again in a minute.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.core import clock
from backend.core.crypto import digest
from backend.core.errors import LimitReached, Unavailable
from backend.core.tenancy import platform_scope, unit_of_work

_COUNT = text(
    "insert into rate_counters (key, window_start, count, expires_at) values (:key, :start, 1, :ends)"
    " on conflict (key, window_start) do update set count = rate_counters.count + 1 returning count"
)


def _window(moment: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    stamp = int(moment.timestamp())
    return datetime.fromtimestamp(stamp - stamp % seconds, tz=moment.tzinfo)


async def hit(key: str, limit: int, window: timedelta, *, about: str | UUID = "") -> None:
    """Count one attempt at `key` (`what.who`), and refuse it beyond `limit` a window.

    `about` is what the attempts have in common; give addresses, emails and phone numbers here, because it is stored
    as a keyed hash only. Raises `LimitReached` with `details["retry_after_s"]`, `Unavailable` when nothing can count.
    """
    now = clock.now()
    start = _window(now, window)
    name = f"{key}:{digest('rate_limit', str(about))[:32]}" if about else key
    try:
        with platform_scope("count attempts"):
            async with unit_of_work() as session:
                values = {"key": name, "start": start, "ends": start + window}
                count = (await session.execute(_COUNT, values)).scalar_one()
    except DBAPIError as error:
        raise Unavailable("This cannot be checked for the moment. Try again in a minute.") from error
    if count > limit:
        wait_s = max(1, int((start + window - now).total_seconds()))
        raise LimitReached(f"Too many attempts. Try again in {_words(wait_s)}.", details={"retry_after_s": wait_s})


def _words(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes < 90 else f"{-(-minutes // 60)} hours"
