"""Count attempts in fixed windows of time, in PostgreSQL, so that every process counts together.

Each count is its own short transaction: it stays counted when the attempt itself is rolled back. When the database
cannot count, the attempt is refused (fail closed): what is limited here is worth more to an attacker than to a person
who can try again in a minute.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.core import clock
from backend.core.crypto import digest
from backend.core.errors import LimitReached, Unavailable
from backend.core.tenancy import platform_scope, unit_of_work

# In the order of the keys, so that two who count the same things never wait for each other in a circle.
_COUNT = text(
    "insert into rate_counters (key, window_start, count, expires_at)"
    " select key, start, 1, ends from unnest(cast(:keys as text[]), cast(:starts as timestamptz[]),"
    " cast(:ends as timestamptz[])) as wanted (key, start, ends) order by key"
    " on conflict (key, window_start) do update set count = rate_counters.count + 1 returning key, count"
)


@dataclass(frozen=True)
class Attempt:
    """One thing that is counted: at most `limit` in a `window` of what `key` and `about` name."""

    key: str
    limit: int
    window: timedelta
    about: str | UUID = ""

    @property
    def name(self) -> str:
        """What it is counted under; what it is about is kept as a keyed hash only."""
        return f"{self.key}:{digest('rate_limit', str(self.about))[:32]}" if self.about else self.key


class Reached(LimitReached):
    """One of several limits is reached: `attempt` says which."""

    def __init__(self, attempt: Attempt, wait_s: int) -> None:
        super().__init__(f"Too many attempts. Try again in {_words(wait_s)}.", details={"retry_after_s": wait_s})
        self.attempt = attempt


def _window(moment: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    stamp = int(moment.timestamp())
    return datetime.fromtimestamp(stamp - stamp % seconds, tz=moment.tzinfo)


async def hit(key: str, limit: int, window: timedelta, *, about: str | UUID = "") -> None:
    """Count one attempt at `key` (`what.who`), and refuse it beyond `limit` a window.

    `about` is what the attempts have in common; give addresses, emails and phone numbers here, because it is stored
    as a keyed hash only. Raises `LimitReached` with `details["retry_after_s"]`, `Unavailable` when nothing can count.
    """
    await hit_all(Attempt(key, limit, window, about))


async def hit_all(*attempts: Attempt) -> None:
    """Count one attempt under each of several limits, in one statement, and refuse it when any is passed.

    Raises `Reached`, which names the first of them that is, and `Unavailable`.
    """
    now = clock.now()
    starts = {attempt.name: _window(now, attempt.window) for attempt in attempts}
    values = {
        "keys": [attempt.name for attempt in attempts],
        "starts": [starts[attempt.name] for attempt in attempts],
        "ends": [starts[attempt.name] + attempt.window for attempt in attempts],
    }
    try:
        with platform_scope("count attempts"):
            async with unit_of_work() as session:
                counts = {str(row[0]): int(row[1]) for row in await session.execute(_COUNT, values)}
    except DBAPIError as error:
        raise Unavailable("This cannot be checked for the moment. Try again in a minute.") from error
    for attempt in attempts:
        if counts[attempt.name] > attempt.limit:
            raise Reached(attempt, max(1, int((starts[attempt.name] + attempt.window - now).total_seconds())))


def _words(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes < 90 else f"{-(-minutes // 60)} hours"
