"""The calendar over the API: the reference's paths, both of its spellings, and one appointment for one request."""

import pytest

from backend.calendars import service as calendars
from tests.backend.calendars.conftest import KEY, at, booked, calendar, weekday  # noqa: F401


@pytest.fixture
async def key(db, org, api, calendar) -> str:  # noqa: F811
    await calendars.connect(org.owner, KEY)
    return await api.key_of(org.owner)


async def test_free_times_are_listed_in_a_zone(api, key):
    day = str(weekday())
    wanted = {"start": f"{day}T00:00", "end": f"{day}T12:00", "event_type_id": 102, "timezone": "America/Chicago"}
    answer = (await api.call("cal-com-get-slots", wanted, key=key)).json()
    assert (answer["event_type_id"], answer["duration"]) == (102, 60)
    edges = [calendars.written(at(hour), "America/Chicago") for hour in ("09:00", "10:00")]
    assert answer["slots"][0] == {"start": edges[0], "end": edges[1]}
    older = (await api.call("cal-com-get-slots", {"date_from": day, "date_to": day}, key=key)).json()
    assert (older["event_type_id"], len(older["slots"])) == (101, 16)


async def test_an_appointment_is_made_once_and_taken_back(api, key, sandbox):
    wanted = {
        "start_time": at("10:30").isoformat(),
        "name": "Dana Ruiz",
        "email": "Dana@Example.com",
        "phone": "(415) 555-0199",
        "notes": "First visit",
    }
    made = await api.call("cal-com-create-booking", wanted, key=key, idempotency_key="one")
    assert made.status_code == 200, made.text
    answer = made.json()
    assert answer["booking"]["attendee"] == {"name": "Dana Ruiz", "email": "dana@example.com", "phone": "+14155550199"}
    assert (answer["booking"]["id"], answer["uid"]) == (answer["booking_id"], answer["booking"]["uid"])
    again = await api.call("cal-com-create-booking", wanted, key=key, idempotency_key="one")
    assert again.json()["uid"] == answer["uid"]
    assert len(await booked(sandbox)) == 1
    taken = await api.call("cal-com-create-booking", wanted, key=key)
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "slot_unavailable")
    gone = await api.call("cal-com-cancel-booking", {"booking_id": answer["booking_id"], "reason": "Ill"}, key=key)
    assert (gone.json()["success"], gone.json()["booking_id"]) == (True, answer["booking_id"])
    assert await booked(sandbox) == []
    assert (await api.call("cal-com-cancel-booking", {"uid": "nobody"}, key=key)).status_code == 404


@pytest.mark.parametrize(
    ("function", "body", "status"),
    [
        ("cal-com-get-slots", {"start": "2026-11-25"}, 400),
        ("cal-com-get-slots", {"start": "x", "end": "y"}, 422),
        ("cal-com-get-slots", {"start": "2027-01-01", "end": "2027-01-02", "timezone": "Mars/North"}, 400),
        ("cal-com-get-slots", {"start": "2027-01-01", "end": "2028-01-02"}, 422),
        ("cal-com-create-booking", {"start": "2027-03-03T10:00", "name": "Dana"}, 422),
        ("cal-com-create-booking", {"start": "2020-03-03T10:00", "name": "Dana", "email": "d@example.com"}, 422),
        ("cal-com-create-booking", {"start": "2027-03-03T10:00", "email": "d@example.com"}, 400),
        (
            "cal-com-create-booking",
            {"start": "2027-03-03T10:00", "name": "D", "email": "d@e.co", "event_type_id": 9},
            400,
        ),
        ("cal-com-cancel-booking", {}, 400),
    ],
)
async def test_what_is_wrong_is_refused(api, key, function, body, status):
    assert (await api.call(function, body, key=key)).status_code == status


async def test_without_a_calendar_the_documented_code_says_so(db, org, api):
    key = await api.key_of(org.owner)
    wanted = {"start": "2027-01-01", "end": "2027-01-02"}
    answer = await api.call("cal-com-get-slots", wanted, key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "NOT_CONNECTED")
