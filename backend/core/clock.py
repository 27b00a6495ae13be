"""Tell the time; tests move it, nothing else reads the system clock where behaviour depends on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import available_timezones

_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)


def now() -> datetime:
    """Return the current moment in UTC."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (timezone-aware) for everything run inside the block."""
    if moment.tzinfo is None:
        raise ValueError("the clock needs a timezone-aware moment")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Return the names of the IANA time zones; finding them opens some 600 files, so it is done once."""
    return frozenset(available_timezones())


def ago(**span: float) -> datetime:
    """Return the moment `span` (as for timedelta) before now."""
    return now() - timedelta(**span)


def ahead(**span: float) -> datetime:
    """Return the moment `span` (as for timedelta) after now."""
    return now() + timedelta(**span)
