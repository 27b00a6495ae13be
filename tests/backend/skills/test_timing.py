"""Skills run once at each of their times, whatever the clocks do, and never write to anybody at night."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import Invalid
from backend.skills import timing

NEW_YORK = "America/New_York"
ZONES = (NEW_YORK, "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
EVERY_DAY = {"days": list(timing.DAYS), "start": "09:00", "end": "19:00"}


def times(config, zone, begin, end):
    moment, found = timing.next_run(config, zone, begin), []
    while moment < end:
        found.append(moment)
        moment = timing.next_run(config, zone, moment)
    return found


@pytest.mark.parametrize("wall", ["01:30", "02:30", "09:00"])
@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)])
def test_a_daily_run_comes_once_on_the_days_the_clocks_change(day, wall):
    """02:30 does not exist on the first of them, and 01:30 comes twice on the second."""
    zone = ZoneInfo(NEW_YORK)
    begin = datetime(day.year, day.month, day.day, tzinfo=zone) - timedelta(days=1)
    found = times({"interval": "daily", "time": wall}, NEW_YORK, begin, begin + timedelta(days=3))
    assert [moment.astimezone(zone).date() for moment in found] == [
        day - timedelta(days=1), day, day + timedelta(days=1),
    ]  # fmt: skip


@given(MOMENTS, st.sampled_from(ZONES), st.times())
def test_a_year_of_daily_runs_has_one_for_each_day(begin, zone, wall):
    config = {"interval": "daily", "time": wall.strftime("%H:%M")}
    found = times(config, zone, begin, begin + timedelta(days=40))
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in found]
    assert len(set(days)) == len(days)
    assert 39 <= len(days) <= 41


def test_weekly_monthly_and_hourly_runs():
    begin = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    weekly = times({"interval": "weekly", "days": ["tue", "fri"], "time": "08:00"}, "UTC", begin, begin + timedelta(7))
    assert [f"{moment:%a %H:%M}" for moment in weekly] == ["Tue 08:00", "Fri 08:00"]
    monthly = times({"interval": "monthly", "day": 28, "time": "08:00"}, "UTC", begin, begin + timedelta(100))
    assert [f"{moment:%m-%d}" for moment in monthly] == ["11-28", "12-28", "01-28", "02-28"]
    hourly = times({"interval": "hours", "every": 6}, NEW_YORK, begin, begin + timedelta(days=1))
    assert [moment.hour for moment in hourly] == [0, 6, 12]


@given(MOMENTS, st.lists(st.sampled_from(ZONES), min_size=1, max_size=4))
def test_a_message_leaves_only_where_it_is_day_in_every_zone(moment, zones):
    found = timing.next_inside(EVERY_DAY, zones, moment, moment + timedelta(days=3))
    if found is None:
        assert len(set(zones)) > 1, "one zone has an open hour on every day"
        return
    assert found >= moment
    for zone in zones:
        assert "09:00" <= f"{found.astimezone(ZoneInfo(zone)):%H:%M}" < "19:00"


def test_a_closed_weekend_is_waited_out_and_what_is_too_late_is_not_sent():
    saturday = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    monday = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert timing.next_inside(timing.WINDOW, [NEW_YORK], saturday, saturday + timedelta(days=3)) == monday
    assert timing.next_inside(timing.WINDOW, [NEW_YORK], saturday, saturday + timedelta(days=1)) is None


def test_a_number_says_where_its_owner_is_and_one_that_does_not_is_where_the_business_is():
    assert timing.zones_of("+14155550199", NEW_YORK) == ("America/Los_Angeles",)
    assert timing.zones_of("+4930901820", NEW_YORK) == ("Europe/Berlin",)
    for unknown in ("+18005550199", "74454", ""):
        assert timing.zones_of(unknown, NEW_YORK) == (NEW_YORK,)


@pytest.mark.parametrize(
    "window",
    [
        {"days": ["mon"], "start": "07:00", "end": "12:00"},
        {"days": ["mon"], "start": "09:00", "end": "21:30"},
        {"days": ["mon"], "start": "12:00", "end": "12:00"},
        {"days": [], "start": "09:00", "end": "12:00"},
        {"days": ["mon", "someday"], "start": "09:00", "end": "12:00"},
        {"days": [{}], "start": "09:00", "end": "12:00"},
        {"days": ["mon"], "start": "nine", "end": "12:00"},
        "always",
    ],
)
def test_a_window_that_reaches_into_the_night_or_is_none_is_refused(window):
    with pytest.raises(Invalid) as refused:
        timing.checked_window(window)
    assert refused.value.field == "sending_window"


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"interval": "yearly"},
        {"interval": "hours", "every": 0},
        {"interval": "monthly", "day": 31},
        {"interval": "weekly"},
    ],
)
def test_a_schedule_that_cannot_be_kept_is_refused(config):
    with pytest.raises(Invalid) as refused:
        timing.checked_schedule(config)
    assert refused.value.field == "schedule_config"
