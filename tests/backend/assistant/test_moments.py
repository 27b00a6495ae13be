"""Moments as people write them, on the business's clock; what is unclear is none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.assistant import moments

ZONE = ZoneInfo("America/New_York")
# A Sunday, 12:00 there.
NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("tomorrow at 9am", "2026-11-23T09:00"),
        ("Tomorrow 9:30 pm", "2026-11-23T21:30"),
        ("today at 14:05", "2026-11-22T14:05"),
        ("at 3pm", "2026-11-22T15:00"),
        ("at 11am", "2026-11-23T11:00"),
        ("Monday at noon", "2026-11-23T12:00"),
        ("next sunday at 10:00", "2026-11-29T10:00"),
        ("the day after tomorrow at 8 am", "2026-11-24T08:00"),
        ("in 2 hours", "2026-11-22T14:00"),
        ("in half an hour", "2026-11-22T12:30"),
        ("in a week", "2026-11-29T12:00"),
        ("2026-12-01 at 9am", "2026-12-01T09:00"),
        ("2026-12-01T09:00", "2026-12-01T09:00"),
        ("2026-12-01 09:00", "2026-12-01T09:00"),
        ("December 3rd at 9am", "2026-12-03T09:00"),
        ("3 Jan at 9:00", "2027-01-03T09:00"),
        ("12am tomorrow", "2026-11-23T00:00"),
        # The clocks there go forward at two in the night of 14 March 2027.
        ("2027-03-15 at 9am", "2027-03-15T09:00"),
    ],
)
def test_what_is_clear_is_read(said, expected):
    found = moments.read(said, NOW, ZONE)
    assert found is not None
    assert found.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M") == expected


def test_a_moment_with_a_zone_keeps_it():
    found = moments.read("2026-12-01T09:00:00+00:00", NOW, ZONE)
    assert found == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert moments.words(found, ZONE) == "Tuesday 1 December 2026, 04:00 (America/New_York)"


@pytest.mark.parametrize(
    "said",
    ["", "soon", "tomorrow", "Monday", "2026-02-31 at 10:00", "at 25:00", "13pm", "next week", "February 30 at 9am"],
)
def test_what_is_not_clear_is_no_moment(said):
    assert moments.read(said, NOW, ZONE) is None
