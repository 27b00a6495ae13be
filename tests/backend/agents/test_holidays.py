"""A holiday stands in the place of its weekday, cuts off the night before, and returns when it is yearly."""

from datetime import UTC, datetime

import pytest

from backend.agents import holidays
from backend.agents.schedule import DAYS, hours, is_open

OFFICE = {day: [["09:00", "17:00"]] for day in DAYS[:5]}
NIGHTS = {day: [["18:00", "02:00"]] for day in DAYS}


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def holiday(date: str, *ranges: list[str], is_yearly: bool = False) -> dict[str, object]:
    (one,) = holidays.checked([{"date": date, "hours": list(ranges), "is_yearly": is_yearly}])
    return one


CHRISTMAS = holiday("2026-12-25", is_yearly=True)


def test_it_is_closed_on_a_holiday_and_open_the_next_day():
    assert not is_open(OFFICE, "UTC", at(2026, 12, 25, 10), [CHRISTMAS])
    assert is_open(OFFICE, "UTC", at(2026, 12, 28, 10), [CHRISTMAS])


def test_an_always_open_business_closes_on_a_holiday():
    assert is_open({}, "UTC", at(2026, 12, 24, 23, 59), [CHRISTMAS])
    closed = hours({}, "UTC", at(2026, 12, 25, 12), [CHRISTMAS])
    assert (closed.is_open, closed.opens_at, closed.closed_since) == (False, at(2026, 12, 26), at(2026, 12, 25))


def test_a_yearly_holiday_comes_every_year_and_another_only_once():
    once = holiday("2026-12-25")
    assert not is_open(OFFICE, "UTC", at(2028, 12, 25, 10), [CHRISTMAS])
    assert is_open(OFFICE, "UTC", at(2028, 12, 25, 10), [once])


def test_the_holiday_of_that_very_year_goes_before_the_yearly_one():
    special = holiday("2026-12-25", ["10:00", "12:00"])
    assert is_open(OFFICE, "UTC", at(2026, 12, 25, 11), [CHRISTMAS, special])


def test_a_holiday_with_hours_keeps_these_alone():
    eve = holiday("2026-12-24", ["09:00", "12:00"])
    assert is_open(OFFICE, "UTC", at(2026, 12, 24, 9), [eve])
    assert not is_open(OFFICE, "UTC", at(2026, 12, 24, 13), [eve])
    assert hours(OFFICE, "UTC", at(2026, 12, 24, 13), [eve]).closed_since == at(2026, 12, 24, 12)


def test_a_holiday_cuts_off_the_night_before_it():
    assert is_open(NIGHTS, "UTC", at(2026, 12, 24, 23), [CHRISTMAS])
    assert not is_open(NIGHTS, "UTC", at(2026, 12, 25, 1), [CHRISTMAS])
    assert hours(NIGHTS, "UTC", at(2026, 12, 25, 12), [CHRISTMAS]).closed_since == at(2026, 12, 25)


def test_the_night_of_a_holiday_runs_into_the_day_after():
    late = holiday("2026-12-31", ["20:00", "04:00"])
    assert is_open(OFFICE, "UTC", at(2027, 1, 1, 3), [late])


def test_an_opening_is_found_behind_many_holidays():
    days = holidays.checked([{"date": f"2026-12-{day:02d}"} for day in range(1, 29)])
    closed = hours(OFFICE, "UTC", at(2026, 12, 1, 10), days)
    assert (closed.opens_at, closed.closed_since) == (at(2026, 12, 29, 9), at(2026, 11, 30, 17))


def test_a_holiday_begins_at_midnight_of_its_own_time_zone():
    assert not is_open({}, "Asia/Tokyo", at(2026, 12, 24, 15), [CHRISTMAS])
    assert is_open({}, "Asia/Tokyo", at(2026, 12, 24, 14, 59), [CHRISTMAS])


@pytest.mark.parametrize("date", ["2028-02-29", "2026-01-01"])
def test_dates_are_kept_in_order_and_as_written(date):
    found = holidays.checked([{"date": "2030-01-01"}, {"date": date}])
    assert [one["date"] for one in found] == [date, "2030-01-01"]
