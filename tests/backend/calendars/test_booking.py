"""Appointments: made once, moved and cancelled by whom they belong to, and said truthfully when the calendar fails."""

from dataclasses import replace
from uuid import UUID

import pytest

from backend.calendars import service as calendars
from backend.calendars.schemas import Party
from backend.conversations import service as conversations
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound, VendorError
from backend.core.tenancy import unit_of_work
from backend.models.calendars import Booking
from backend.vocab import MemberRole
from tests.backend.calendars.conftest import CHECK_UP, KEY, NEW_YORK, at, booked, party, weekday, wish
from tests.conftest import Org


async def fail(sandbox, **fault):
    await sandbox.client.put("/sandbox/faults", json=[{"target": "calcom", **fault}])


async def events(org: Org, talk) -> list[str]:
    with org.scope():
        async with unit_of_work() as session:
            return [one["body"] for one in await conversations.timeline(session, talk) if one["kind"] == "event"]


async def test_a_key_that_opens_nothing_is_not_kept(db, org, calendar):
    with pytest.raises(Invalid) as refused:
        await calendars.connect(org.owner, "cal_wrong")
    assert refused.value.field == "api_key"
    with org.scope():
        async with unit_of_work() as session:
            assert not (await calendars.view(session))["is_connected"]
    found = await calendars.connect(org.owner, KEY)
    assert (found["account"], [one["title"] for one in found["kinds"]]) == (
        "office@north.example",
        ["Check-up", "Cleaning"],
    )
    assert KEY not in str(found)


async def test_free_times_leave_out_what_is_taken_and_what_is_past(connected, calendar):
    with connected.scope():
        start, end = calendars.begins(weekday(), NEW_YORK), calendars.begins(calendars.later(weekday(), 1), NEW_YORK)
        free = await calendars.slots(CHECK_UP, start, end, NEW_YORK)
        assert (calendars.written(free[0].start, NEW_YORK)[11:16], len(free)) == ("09:00", 16)
        assert (free[0].end - free[0].start).seconds == 30 * 60
        await calendar.client.post("/sandbox/calendar", json={"start": at("09:00").isoformat()})
        assert len(await calendars.slots(CHECK_UP, start, end, NEW_YORK)) == 15
        with pytest.raises(Invalid):
            await calendars.slots(CHECK_UP, at("09:00").replace(year=2020), at("10:00").replace(year=2020), NEW_YORK)


async def test_an_appointment_is_booked_in_utc_and_the_timeline_says_so(connected, calendar, talk):
    with connected.scope():
        made = await calendars.book(wish(at("10:30"), notes="First visit"), party(talk))
    (stands,) = await booked(calendar)
    assert stands["start"] == at("10:30").strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert (stands["attendees"][0]["timeZone"], stands["bookingFieldsResponses"]) == (
        NEW_YORK,
        {"notes": "First visit"},
    )
    assert (made["number"], made["status"]) == (stands["id"], "accepted")
    (said,) = await events(connected, talk)
    assert said.startswith("Ava booked “Check-up")
    assert f"{calendars.said(at('10:30'), NEW_YORK)} ({NEW_YORK})" in said
    with connected.scope():
        async with unit_of_work() as session:
            assert [one["uid"] for one in await calendars.of_conversation(session, talk)] == [stands["uid"]]


async def test_a_time_somebody_else_has_is_refused_in_words(connected, calendar, talk):
    await calendar.client.post("/sandbox/calendar", json={"start": at("10:30").isoformat()})
    with connected.scope(), pytest.raises(Conflict) as taken:
        await calendars.book(wish(at("10:30")), party(talk))
    assert taken.value.code == "slot_unavailable"
    assert "10:30 is not free any more" in taken.value.message
    assert await events(connected, talk) == []


async def test_one_wish_makes_one_appointment(connected, calendar, talk):
    wanted = wish(at("10:30"))
    with connected.scope():
        first = await calendars.book(wanted, party(talk))
        assert (await calendars.book(wanted, party(talk)))["id"] == first["id"]
    assert len(await booked(calendar)) == 1


async def test_a_wish_cut_off_by_a_crash_takes_no_second_place_where_several_may_come(connected, calendar, talk):
    await calendar.client.put("/sandbox/calendar", json={"seats": 5})
    wanted = wish(at("10:30"))
    with connected.scope():
        first = await calendars.book(wanted, party(talk))
        async with unit_of_work() as session:
            # What the calendar took and a crash kept us from writing down.
            await session.delete(await session.get(Booking, UUID(first["id"])))
        again = await calendars.book(replace(wanted, is_repeated=True), party(talk))
    assert again["uid"] == first["uid"]
    assert len(await booked(calendar)) == 1


async def test_who_shares_an_appointment_moves_and_cancels_their_own_seat_alone(connected, calendar, talk):
    await calendar.client.put("/sandbox/calendar", json={"seats": 2})
    with connected.scope():
        dana, tom, ines = [
            await calendars.book(wish(at(when), name=name), party(talk))
            for name, when in (("Dana Ruiz", "10:30"), ("Tom Berg", "10:30"), ("Ines Roth", "11:30"))
        ]
        assert dana["uid"] == tom["uid"]
        assert dana["seat_uid"] != tom["seat_uid"]
        with pytest.raises(Conflict):
            await calendars.book(wish(at("10:30")), party(talk))
        async with unit_of_work() as session:
            with pytest.raises(Invalid) as several:
                await calendars.find(session, uid=dana["uid"])
            assert str(await calendars.find(session, uid=dana["uid"], seat_uid=tom["seat_uid"])) == tom["id"]
        assert several.value.field == "seat_uid"
        moved = await calendars.move(UUID(dana["id"]), at("11:30"), party(talk))
        assert (moved["uid"], moved["start"]) == (ines["uid"], at("11:30").isoformat())
        assert (await calendars.cancel(UUID(tom["id"]), "", party(talk)))["status"] == "cancelled"
        assert (await calendars.cancel(UUID(ines["id"]), "", party(talk)))["status"] == "cancelled"
    (stands,) = await booked(calendar)
    assert [one["name"] for one in stands["attendees"]] == ["Dana Ruiz"]


@pytest.mark.parametrize("fault", [{"kind": "accept_then_error", "status": 502}, {"kind": "garble"}])
async def test_a_lost_answer_about_a_seat_is_found_in_the_calendar(connected, calendar, talk, fault):
    await calendar.client.put("/sandbox/calendar", json={"seats": 2})
    with connected.scope():
        made = await calendars.book(wish(at("10:30")), party(talk))
        await calendars.book(wish(at("10:30"), name="Tom Berg"), party(talk))
        await fail(calendar, times=1, **fault)
        assert (await calendars.move(UUID(made["id"]), at("14:00"), party(talk)))["start"] == at("14:00").isoformat()
        await calendars.move(UUID(made["id"]), at("10:30"), party(talk))
        await fail(calendar, times=1, **fault)
        assert (await calendars.cancel(UUID(made["id"]), "", party(talk)))["status"] == "cancelled"
    (stands,) = await booked(calendar)
    assert [one["name"] for one in stands["attendees"]] == ["Tom Berg"]


@pytest.mark.parametrize("fault", [{"kind": "accept_then_error", "status": 502}, {"kind": "garble"}])
async def test_a_lost_answer_is_found_in_the_calendar(connected, calendar, talk, fault):
    await fail(calendar, times=1, **fault)
    with connected.scope():
        made = await calendars.book(wish(at("11:00")), party(talk))
        assert [one["uid"] for one in await booked(calendar)] == [made["uid"]]
        await fail(calendar, times=1, **fault)
        moved = await calendars.move(await _id(connected, made), at("14:00"), party(talk))
        assert moved["start"] == at("14:00").isoformat()
        await fail(calendar, times=1, **fault)
        assert (await calendars.cancel(await _id(connected, moved), "", party(talk)))["status"] == "cancelled"
    assert await booked(calendar) == []
    assert len(await events(connected, talk)) == 3


async def _id(org, row):
    async with unit_of_work() as session:
        return await calendars.find(session, uid=row["uid"])


async def test_a_wish_that_failed_before_it_arrived_is_said_to_have_failed(connected, calendar, talk):
    await fail(calendar, kind="error", status=500, times=1)
    with connected.scope(), pytest.raises(VendorError) as failed:
        await calendars.book(wish(at("11:00")), party(talk))
    assert "nothing was booked" in failed.value.message
    await fail(calendar, kind="error", status=500)
    with connected.scope(), pytest.raises(VendorError) as failed:
        await calendars.book(wish(at("11:00")), party(talk))
    assert "nobody knows" in failed.value.message
    assert await booked(calendar) == []


async def test_a_moved_appointment_keeps_its_row_and_frees_its_time(connected, calendar, talk):
    with connected.scope():
        made = await calendars.book(wish(at("10:30")), party(talk))
        moved = await calendars.move(await _id(connected, made), at("15:00"), party(talk))
        assert (moved["id"], moved["start"]) == (made["id"], at("15:00").isoformat())
        await calendars.book(wish(at("10:30")), party(talk))
        with pytest.raises(Conflict):
            await calendars.move(await _id(connected, moved), at("10:30"), party(talk))
    assert len(await booked(calendar)) == 2
    assert "moved “Check-up" in (await events(connected, talk))[1]


async def test_a_customer_reaches_only_appointments_of_their_own(connected, calendar, talk, make_org):
    with connected.scope():
        made = await _id(connected, await calendars.book(wish(at("10:30")), party(talk)))
        chat = Party(talk, "chat-1", False)
        secret = await _id(connected, await calendars.book(wish(at("11:30")), chat))
        assert [one["id"] for one in await calendars.upcoming(party(talk))] == [str(made), str(secret)]
        # Who merely typed the contact's address knows what was booked in this very chat.
        assert [one["id"] for one in await calendars.upcoming(chat)] == [str(secret)]
        for stranger in (chat, Party(talk, "chat-2", False), Party(None, "", False)):
            with pytest.raises(NotFound):
                await calendars.cancel(made, "", stranger)
    other = await make_org("South")
    await calendars.connect(other.owner, KEY)
    with other.scope(), pytest.raises(NotFound):
        await calendars.cancel(made, "", Party())
    assert len(await booked(calendar)) == 2


async def test_a_key_that_was_taken_back_shows_in_the_settings(connected, calendar, talk):
    await fail(calendar, kind="error", status=401, times=1)
    with connected.scope(), pytest.raises(VendorError):
        await calendars.book(wish(at("10:30")), party(talk))
    with connected.scope():
        async with unit_of_work() as session:
            assert "refuses our key" in (await calendars.view(session))["error"]
    assert (await calendars.look(connected.owner))["error"] == ""


async def test_only_editors_connect_and_disconnect(connected, calendar):
    from dataclasses import replace

    support = replace(connected.owner, member_role=MemberRole.SUPPORT)
    with pytest.raises(NotAllowed):
        await calendars.connect(support, KEY)
    with connected.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotAllowed):
                await calendars.disconnect(session, support)
            await calendars.disconnect(session, connected.owner)
        with pytest.raises(Conflict) as gone:
            await calendars.book(wish(at("10:30")), party())
    assert gone.value.code == calendars.NOT_CONNECTED
