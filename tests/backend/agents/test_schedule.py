"""Opening hours follow the clock on the wall: over midnight, over weekends and over clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.agents.schedule import DAYS, checked, checked_timezone, hours, is_open
from backend.core.errors import Invalid

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in DAYS[:5]}

CLOCKS = st.times().map(lambda wall: wall.strftime("%H:%M"))
SCHEDULES = st.dictionaries(
    st.sampled_from(DAYS), st.lists(st.tuples(CLOCKS, CLOCKS).map(list), min_size=1, max_size=3), max_size=7
)
ZONES = st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK)


def test_an_empty_schedule_is_always_open():
    assert is_open({}, "UTC", datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (local(2026, 11, 23, 8, 59), False),
        (local(2026, 11, 23, 9, 0), True),
        (local(2026, 11, 23, 12, 0), False),
        (local(2026, 11, 23, 12, 30), False),
        (local(2026, 11, 23, 13, 0), True),
        (local(2026, 11, 23, 16, 59, 59), True),
        (local(2026, 11, 23, 17, 0), False),
        (local(2026, 11, 22, 10, 0), False),
    ],
)
def test_several_ranges_a_day_with_their_ends_closed(moment, expected):
    assert is_open(OFFICE, "America/New_York", moment) is expected


def test_overnight_hours_run_into_the_next_day():
    night = {"fri": [["22:00", "02:00"]]}
    assert is_open(night, "America/New_York", local(2026, 11, 27, 23, 0))
    assert is_open(night, "America/New_York", local(2026, 11, 28, 1, 59))
    assert not is_open(night, "America/New_York", local(2026, 11, 28, 2, 0))
    assert not is_open(night, "America/New_York", local(2026, 11, 27, 1, 0))


def test_midnight_to_midnight_is_the_whole_day():
    whole = {"sat": [["00:00", "00:00"]]}
    assert is_open(whole, "America/New_York", local(2026, 11, 28, 0, 0))
    assert is_open(whole, "America/New_York", local(2026, 11, 28, 23, 59))
    assert not is_open(whole, "America/New_York", local(2026, 11, 29, 0, 0))


def test_closed_hours_say_when_it_opens_and_since_when_it_is_closed():
    now = hours(OFFICE, "America/New_York", local(2026, 11, 21, 12, 0))
    assert now.opens_at == local(2026, 11, 23, 9, 0)
    assert now.closed_since == local(2026, 11, 20, 17, 0)


def test_a_schedule_that_never_opens_names_no_opening():
    assert hours({"mon": []}, "UTC", datetime(2026, 11, 22, tzinfo=UTC)).opens_at is None


def test_an_opening_that_the_clock_change_skips_is_the_change_itself():
    # On 8 March 2026 New York goes from 02:00 to 03:00.
    early = {"sun": [["02:30", "05:00"]]}
    assert hours(early, "America/New_York", local(2026, 3, 8, 1, 0)).opens_at == local(2026, 3, 8, 3, 0)
    assert is_open(early, "America/New_York", local(2026, 3, 8, 3, 0))


def test_the_hour_that_comes_twice_is_open_twice():
    # On 1 November 2026 New York goes from 02:00 back to 01:00.
    early = {"sun": [["01:00", "01:30"]]}
    first = datetime(2026, 11, 1, 5, 10, tzinfo=UTC)
    assert is_open(early, "America/New_York", first)
    assert is_open(early, "America/New_York", first + timedelta(hours=1))


@given(SCHEDULES, ZONES, MOMENTS)
def test_it_is_open_at_every_next_opening_and_closed_until_then(schedule, zone, moment):
    now = hours(schedule, zone, moment)
    assert now.is_open == is_open(schedule, zone, moment)
    if now.opens_at is None:
        assert now.is_open or not schedule or not any(schedule.values())
        return
    assert now.opens_at > moment
    assert is_open(schedule, zone, now.opens_at)
    step = (now.opens_at - moment) / 7
    assert not any(is_open(schedule, zone, moment + step * part) for part in range(7))


@given(SCHEDULES)
def test_a_stored_schedule_is_accepted_as_it_is(schedule):
    assert checked(schedule) == {day: schedule[day] for day in DAYS if day in schedule}


def test_the_reference_products_schedule_is_understood():
    given_form = {
        "monday": {"enabled": True, "start": "09:00", "end": "17:00"},
        "sunday": {"enabled": False, "start": "09:00", "end": "17:00"},
    }
    assert checked(given_form) == {"mon": [["09:00", "17:00"]], "sun": []}


@pytest.mark.parametrize(
    "bad",
    [
        [],
        "mon",
        {"someday": []},
        {"mon": [["9:00", "17:00"]]},
        {"mon": [["24:00", "17:00"]]},
        {"mon": [["09:00"]]},
        {"mon": "09:00-17:00"},
        {"mon": [[9, 17]]},
        {"mon": [["09:00", "10:00"]] * 7},
        {"mon": {"enabled": True}},
        {"mon": [["09:00", "10:00\n"]]},
    ],
)
def test_hours_that_cannot_be_are_refused(bad):
    with pytest.raises(Invalid) as refused:
        checked(bad)
    assert refused.value.field == "texts_schedule"


def test_an_unknown_time_zone_is_refused():
    assert checked_timezone("Europe/Berlin") == "Europe/Berlin"
    for bad in ("Mars/Olympus", "", "../etc/passwd"):
        with pytest.raises(Invalid):
            checked_timezone(bad)
