"""Times of appointments: a local time is one moment, or it is refused."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.calendars import times
from backend.core.errors import Invalid

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("said", "zone", "utc"),
    [
        ("2026-11-25T10:30", NEW_YORK, "2026-11-25T15:30"),
        ("2026-07-01T10:30", NEW_YORK, "2026-07-01T14:30"),
        ("2026-07-01T10:30", "Asia/Kolkata", "2026-07-01T05:00"),
        ("2026-07-01T10:30+02:00", NEW_YORK, "2026-07-01T08:30"),
        ("2026-07-01T10:30:15Z", NEW_YORK, "2026-07-01T10:30:15"),
        # The clocks go back: each of the two is named by its offset.
        ("2026-11-01T01:30-04:00", NEW_YORK, "2026-11-01T05:30"),
        ("2026-11-01T01:30-05:00", NEW_YORK, "2026-11-01T06:30"),
    ],
)
def test_a_local_time_is_one_moment(said, zone, utc):
    assert times.moment(said, zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        "2026-03-08T02:30",
        "2026-11-01T01:30",
        "2026-11-25",
        "tomorrow at ten",
        "",
        "2026-13-01T10:00",
        "9999-12-31T23:59",
    ],
)
def test_what_is_no_time_there_is_refused(said):
    with pytest.raises(Invalid):
        times.moment(said, NEW_YORK)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)), st.sampled_from([NEW_YORK, "UTC", "Asia/Kolkata"]))
def test_what_is_written_is_read_again(at, zone):
    moment = at.replace(second=0, microsecond=0, tzinfo=UTC)
    assert times.moment(times.written(moment, zone), zone) == moment


def test_a_day_begins_at_its_midnight():
    assert times.begins(date(2026, 11, 25), NEW_YORK) == datetime(2026, 11, 25, 5, tzinfo=UTC)
    assert times.said(datetime(2026, 11, 25, 15, 30, tzinfo=UTC), NEW_YORK) == "Wednesday, 25 November 2026, 10:30"


@pytest.mark.parametrize("said", ["9999-12-31", "0001-01-01", "2026-02-30", "soon"])
def test_what_is_no_day_of_a_calendar_is_refused(said):
    with pytest.raises(Invalid):
        times.day(said, "start")
