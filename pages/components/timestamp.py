"""Show when something happened: relative under a day, exact on hover, in the reader's zone and language."""

import reflex as rx

from pages.components.local_file import jsx
from pages.words import Time

_FILE = jsx(__name__, "timestamp.jsx")


class _Timestamp(rx.Component):
    library = _FILE.importable_path
    tag = "Timestamp"

    at: rx.Var[str]
    format: rx.Var[str]
    now_word: rx.Var[str]
    minutes: rx.Var[str]
    hours: rx.Var[str]
    ago_word: rx.Var[str]


def timestamp(at: str | rx.Var[str], *, class_name: str = "") -> rx.Component:
    """Return a time that keeps itself right; `at` is ISO 8601 in UTC. "now", "5m", "3h", then "12 Nov"."""
    return _Timestamp.create(
        at=at, format="relative", now_word=Time.NOW, minutes=Time.MINUTES, hours=Time.HOURS, class_name=class_name
    )


def time_ago(at: str | rx.Var[str], *, class_name: str = "") -> rx.Component:
    """Return the same time as it stands in a sentence: "just now", "5m ago", "3h ago", then "12 Nov"."""
    return _Timestamp.create(
        at=at,
        format="relative",
        now_word=Time.JUST_NOW,
        minutes=Time.MINUTES,
        hours=Time.HOURS,
        ago_word=Time.AGO,
        class_name=class_name,
    )


def clock_time(at: str | rx.Var[str], *, class_name: str = "") -> rx.Component:
    """Return the hour and minute, as beside a message in a timeline whose days have headings."""
    return _Timestamp.create(at=at, format="clock", class_name=class_name)


def day_heading(at: str | rx.Var[str], *, class_name: str = "") -> rx.Component:
    """Return the day in words: today, yesterday, else weekday and date."""
    return _Timestamp.create(at=at, format="day", class_name=class_name)
