"""Skills reach the right people, at their hours, once for each occasion, and say why somebody was left out."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.messaging import service as messaging
from backend.models.calendars import Booking
from backend.numbers import service as numbers
from backend.skills import delivering, running
from backend.skills import service as skills
from backend.vocab import MemberRole
from tests.backend.skills.conftest import CONSENT, FOLLOW_UP, MIA, NOAH, NOON, REVIEW, SHOP

DATES = {"appointments_from": "date_field", "reminder_hours_before": 12, **CONSENT}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def contact(shop, number=MIA):
    with shop.org.scope():
        async with unit_of_work() as session:
            return await contacts.find_by_phone(session, number)


async def test_a_conversation_that_ended_is_followed_up_once(shop):
    found = await shop.save("post_call_followup", FOLLOW_UP)
    await shop.talk(answered=False)
    await shop.talk(NOAH, "Noah", at=NOON - timedelta(minutes=30))
    await shop.pass_time(NOON)
    assert await shop.texts() == [], "one still waits for an answer, the other is not yet an hour over"
    await shop.talk(at=NOON)
    for later in (HOUR, 2 * HOUR, 3 * HOUR):
        await shop.pass_time(NOON + later + timedelta(minutes=2))
    sent = await shop.texts()
    assert sorted((one.recipient_number, one.content, one.sender_number) for one in sent) == [
        (NOAH, "Hi Noah, all well? Reply STOP to opt out.", SHOP),
        (MIA, "Hi Mia, all well? Reply STOP to opt out.", SHOP),
    ]
    assert {came for _, came in await shop.history(found.id)} == {"sent"}
    assert [run["status"] for run in await shop.runs(found.id)] == ["completed"]


async def test_what_ended_before_the_skill_was_switched_on_is_left_in_peace(shop):
    await shop.talk(at=NOON - 5 * HOUR)
    await shop.save("post_call_followup", FOLLOW_UP)
    await shop.pass_time(NOON)
    assert await shop.texts() == []


async def test_who_merely_typed_a_customers_number_into_a_chat_has_nobody_written_to(shop):
    await shop.save("post_call_followup", FOLLOW_UP)
    await shop.talk(data={"is_unverified": True, "session_id": "somebody's"})
    await shop.pass_time(NOON)
    assert await shop.texts() == []


async def test_nothing_leaves_outside_the_window_where_the_customer_is(shop):
    """Nine in the morning in New York is six where the number is from."""
    window = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "09:00", "end": "19:00"}
    evening = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # eight in the evening in California
    await shop.save("post_call_followup", FOLLOW_UP, at=evening - DAY, sending_window=window)
    await shop.talk(at=evening - HOUR)
    for hour in (0, 4, 8, 10, 11, 12):
        await shop.pass_time(evening + timedelta(hours=hour, minutes=59))
        assert await shop.texts() == []
    await shop.pass_time(evening + timedelta(hours=13))
    [text] = await shop.texts()
    assert text.created_at.astimezone(UTC).hour == 17


async def test_who_writes_meanwhile_needs_no_message_any_more(shop):
    late = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    found = await shop.save("post_call_followup", FOLLOW_UP, at=late - DAY)
    await shop.talk(at=late - 2 * HOUR)
    await shop.pass_time(late)
    assert await shop.history(found.id) == [("Mia Chen", "waiting")]
    await shop.talk(at=late + HOUR)
    await shop.pass_time(late + timedelta(hours=15))
    assert await shop.history(found.id) == [("Mia Chen", "answered"), ("Mia Chen", "sent")]
    assert len(await shop.texts()) == 1


async def opt_out(shop, session, person):
    await compliance.record_choice(session, shop.org.owner, person, "sms", is_opted_in=False, reason="Asked by phone")


async def block(shop, session, person):
    await contacts.block(session, shop.org.owner, person.id, "Spam")


async def call_for_person(shop, session, person):
    talk = await conversations.of_contact(session, person.id)
    await conversations.call_for_person(session, await conversations.locked(session, talk), "They asked for one")


async def switch_number_off(shop, session, person):
    [number] = await numbers.list_all(session)
    await numbers.set_active(session, shop.org.owner, UUID(number["id"]), False)


@pytest.mark.parametrize(
    ("change", "code"),
    [(opt_out, "opted_out"), (block, "blocked"), (call_for_person, "with_person"), (switch_number_off, "no_sender")],
)
@pytest.mark.parametrize("is_planned", [False, True])
async def test_who_may_not_be_written_to_is_left_out_with_the_reason(shop, change, code, is_planned):
    """Whether that is so when the run plans, or only in the moment the message would leave."""
    found = await shop.save("post_call_followup", FOLLOW_UP)
    await shop.talk()
    person = await contact(shop)
    if is_planned:
        with clock.at(NOON):
            await running.look(shop.org.org_id, found.id)
    with shop.org.scope():
        async with unit_of_work() as session:
            await change(shop, session, person)
    await shop.pass_time(NOON)
    assert await shop.texts() == []
    assert await shop.history(found.id) == [("Mia Chen", code)]


async def test_the_limit_of_a_day_puts_the_rest_off(shop):
    found = await shop.save("post_call_followup", FOLLOW_UP, daily_limit=1)
    await shop.talk()
    await shop.talk(NOAH, "Noah")
    await shop.pass_time(NOON)
    assert sorted(came for _, came in await shop.history(found.id)) == ["limit", "sent"]
    await shop.pass_time(NOON + HOUR)
    assert len(await shop.texts()) == 1
    await shop.pass_time(NOON + DAY)
    assert len(await shop.texts()) == 2


async def test_switched_off_nothing_leaves_and_switched_on_again_what_still_makes_sense_does(shop):
    late = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    found = await shop.save("post_call_followup", FOLLOW_UP, at=late - DAY)
    await shop.talk(at=late - 2 * HOUR)
    await shop.pass_time(late)
    await shop.switch(found.id, False, at=late)
    await shop.pass_time(late + timedelta(hours=14))
    assert await shop.texts() == []
    await shop.switch(found.id, True, at=late + timedelta(hours=15))
    await shop.pass_time(late + timedelta(hours=15))
    assert len(await shop.texts()) == 1


async def test_a_run_can_be_taken_back_until_it_left(shop):
    late = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    found = await shop.save("post_call_followup", FOLLOW_UP, at=late - DAY)
    await shop.talk(at=late - 2 * HOUR)
    await shop.pass_time(late)
    [run] = await shop.runs(found.id)
    with shop.org.scope():
        async with unit_of_work() as session:
            assert await skills.cancel_run(session, shop.org.owner, UUID(run["id"])) == 1
    await shop.pass_time(late + timedelta(hours=14))
    assert await shop.texts() == []
    assert [one["status"] for one in await shop.runs(found.id)] == ["cancelled"]


async def test_a_trial_sends_nothing_and_says_what_the_run_then_does(shop):
    found = await shop.save("post_call_followup", {**FOLLOW_UP, "message_template": "Old"}, daily_limit=1)
    await shop.talk()
    await shop.talk(NOAH, "Noah")
    await shop.talk("+442071838750", "Landline")
    with shop.org.scope(), clock.at(NOON):
        trial, _ = await skills.try_out(
            shop.org.owner,
            shop.agent_id,
            "post_call_followup",
            {"config": {"message_template": "New {{contact.name}}"}},
        )
        _, kept = await skills.try_out(shop.org.owner, shop.agent_id, "post_call_followup", is_kept=True)
    assert (trial["found"], trial["would_send"], trial["left_out"], trial["over_limit"]) == (3, 2, 1, 1)
    told = {one["name"]: (one["outcome"], one["body"], bool(one["reason"])) for one in trial["people"]}
    assert told == {
        "Mia Chen": ("would_send", "New Mia Chen Reply STOP to opt out.", False),
        "Noah": ("would_send", "New Noah Reply STOP to opt out.", False),
        "Landline": ("left_out", "", True),
    }
    assert await shop.texts() == []
    assert await shop.history(found.id) == []
    await shop.pass_time(NOON)
    await shop.pass_time(NOON + DAY)
    assert {one.content for one in await shop.texts()} == {"Old Reply STOP to opt out."}
    runs = await shop.runs(found.id)
    assert [(one["is_dry_run"], one["sent"], one["left_out"]) for one in runs] == [(False, 2, 1), (True, 2, 1)]
    assert runs[1]["id"] == str(kept.id)


async def test_reviews_are_asked_for_by_the_clock_and_not_again_within_the_days(shop):
    found = await shop.save(
        "review_request", {**REVIEW, "min_days_since_last_request": 5}, at=NOON - DAY,
        schedule_config={"interval": "daily", "time": "14:00"},
    )  # fmt: skip
    await shop.talk(at=NOON - 5 * HOUR)
    await shop.pass_time(NOON - 2 * HOUR)
    assert await shop.runs(found.id) == []
    await shop.pass_time(NOON)
    assert [one.content for one in await shop.texts()] == ["Rate us: https://rate.example/us Reply STOP to opt out."]
    await shop.talk(at=NOON + 3 * HOUR)
    await shop.pass_time(NOON + DAY)
    await shop.talk(at=NOON + 6 * DAY)
    await shop.pass_time(NOON + 7 * DAY)
    assert await shop.history(found.id) == [
        ("Mia Chen", "sent"),
        ("Mia Chen", "asked_recently"),
        ("Mia Chen", "sent"),
    ]


async def test_only_those_who_opted_in_are_asked_when_it_counts_as_marketing(shop):
    found = await shop.save("review_request", {**REVIEW, "only_opted_in": True}, trigger_type="on_demand")
    await shop.talk()
    await shop.talk(NOAH, "Noah")
    person = await contact(shop, NOAH)
    with shop.org.scope(), clock.at(NOON):
        async with unit_of_work() as session:
            await compliance.record_choice(
                session, shop.org.owner, person, "sms", is_opted_in=True, reason="Signed the form"
            )
            await skills.run_now(session, shop.org.owner, found.id)
    await shop.pass_time(NOON)
    assert sorted(await shop.history(found.id)) == [("Mia Chen", "consent_missing"), ("Noah", "sent")]


async def test_the_audience_is_narrowed_by_tags(shop):
    found = await shop.save("review_request", REVIEW, trigger_type="on_demand")
    await shop.talk()
    await shop.talk(NOAH, "Noah")
    vip = await contact(shop, NOAH)
    with shop.org.scope():
        async with unit_of_work() as session:
            await contacts.add_tags(session, shop.org.owner, [vip.id], ["VIP"])
            tag = (await session.execute(sql("select id from tags"))).scalar_one()
    for wanted, names in (({"tags_any": [str(tag)]}, {"Noah"}), ({"tags_none": [str(tag)]}, {"Mia Chen"})):
        with shop.org.scope(), clock.at(NOON):
            trial, _ = await skills.try_out(shop.org.owner, shop.agent_id, found.skill, {"audience": wanted})
        assert {one["name"] for one in trial["people"]} == names


async def plan_visit(shop, day, number=MIA):
    with shop.org.scope():
        async with unit_of_work() as session:
            if not await contacts.fields(session):
                await contacts.add_field(session, shop.org.owner, "Next visit", "date")
            person = await contacts.ensure_by_phone(session, number, "Mia Chen")
            await contacts.update(session, shop.org.owner, person.id, {"custom_fields": {"next_visit": day}})


async def test_an_appointment_is_reminded_of_once_and_a_moved_one_by_its_new_day(shop):
    await plan_visit(shop, "2026-11-25")
    found = await shop.save(
        "appointment_reminder",
        {"message_template": "See you on {{appointment.date}}", "date_field": "next_visit", **DATES},
    )
    await shop.pass_time(NOON)
    assert await shop.history(found.id) == [("Mia Chen", "waiting")]
    await plan_visit(shop, "2026-11-26")
    for hours in (24, 25, 48, 49):
        await shop.pass_time(NOON + timedelta(hours=hours))
    assert [one.content for one in await shop.texts()] == ["See you on Thursday, November 26 Reply STOP to opt out."]
    assert await shop.history(found.id) == [("Mia Chen", "moved"), ("Mia Chen", "sent")]


async def test_a_reminder_comes_earlier_when_its_own_day_is_closed(shop):
    """For a Monday, with a window from Monday to Friday, on the Friday before."""
    await plan_visit(shop, "2026-11-30")
    await shop.save("appointment_reminder", {"message_template": "Soon", "date_field": "next_visit", **DATES}, at=NOON)
    for day in range(1, 8):
        await shop.pass_time(NOON + day * DAY)
    [text] = await shop.texts()
    assert text.created_at.astimezone(UTC).date().isoformat() == "2026-11-27"


async def book(shop, begins, uid="b1", **more):
    person = await contact(shop)
    with shop.org.scope():
        async with unit_of_work() as session:
            talk = await conversations.of_contact(session, person.id)
            facts = {"starts_at": begins, "ends_at": begins + HOUR, "timezone": "America/Los_Angeles"} | more
            made = Booking(org_id=shop.org.org_id, conversation_id=talk, uid=uid, **{"status": "accepted"} | facts)
            session.add(made)
            await session.flush()
            return made.id


async def change_booking(shop, booking_id, **values):
    with shop.org.scope():
        async with unit_of_work() as session:
            booking = await session.get_one(Booking, booking_id)
            for name, value in values.items():
                setattr(booking, name, value)
            session.add(booking)


async def test_what_an_agent_booked_is_reminded_of_by_the_customers_clock_until_it_moves_or_falls_through(shop):
    await shop.talk()
    words = {"message_template": "{{appointment.weekday}} {{appointment.time}}", "reminder_hours_before": 4, **CONSENT}
    found = await shop.save("appointment_reminder", words)
    first = await book(shop, NOON + DAY)
    await book(shop, NOON + DAY, "typed", told_in="a chat of somebody")
    await book(shop, NOON + DAY, "gone", status="cancelled")
    await shop.pass_time(NOON)
    assert await shop.history(found.id) == [("Mia Chen", "waiting")]
    await change_booking(shop, first, starts_at=NOON + 2 * DAY, ends_at=NOON + 2 * DAY + HOUR)
    await shop.pass_time(NOON + DAY - 2 * HOUR)
    await shop.pass_time(NOON + 2 * DAY - 3 * HOUR)
    assert await shop.history(found.id) == [("Mia Chen", "moved"), ("Mia Chen", "sent")]
    assert [one.content for one in await shop.texts()] == ["Wednesday at 12:00 PM Reply STOP to opt out."]


async def test_two_contacts_that_are_merged_are_one_person(shop):
    found = await shop.save("post_call_followup", FOLLOW_UP)
    await shop.talk()
    await shop.talk(NOAH, "Mia C", at=NOON - timedelta(minutes=90))
    with clock.at(NOON):
        await running.look(shop.org.org_id, found.id)
    keep, drop = await contact(shop, MIA), await contact(shop, NOAH)
    with shop.org.scope():
        async with unit_of_work() as session:
            await contacts.merge(session, shop.org.owner, keep.id, drop.id)
    await shop.pass_time(NOON)
    await shop.pass_time(NOON + HOUR)
    assert len(await shop.texts()) == 1
    assert sorted(came for _, came in await shop.history(found.id)) == ["asked_recently", "sent"]


async def test_it_is_switched_on_only_when_complete_and_by_editors(shop, make_org):
    with pytest.raises(Invalid) as lacking:
        await shop.save("review_request", {**REVIEW, "review_url": ""})
    assert lacking.value.field == "review_url"
    with pytest.raises(Invalid) as unconfirmed:
        await shop.save("review_request", {**REVIEW, "consent_confirmed": False})
    assert unconfirmed.value.field == "consent_confirmed"
    found = await shop.save("review_request", REVIEW)
    support = Principal(shop.org.owner.user_id, shop.org.org_id, "Sam", "s@example.com", MemberRole.SUPPORT)
    stranger = await make_org("Elsewhere")
    with shop.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotAllowed):
                await skills.set_enabled(session, support, found.id, False)
            await skills.set_enabled(session, shop.org.owner, found.id, False)
            with pytest.raises(Conflict):
                await skills.run_now(session, shop.org.owner, found.id)
    with stranger.scope():
        async with unit_of_work() as session:
            for act in (skills.get(session, found.id), skills.runs_of(session, found.id)):
                with pytest.raises(NotFound):
                    await act


async def take_away(org_id):
    with platform_scope("take a test's organization away"):
        async with unit_of_work() as session:
            for statement in (
                "update users set current_organization_id = null where current_organization_id = :org",
                "delete from organizations where id = :org",
            ):
                await session.execute(sql(statement), {"org": org_id})


async def test_many_clocks_and_many_hands_send_each_message_once(committed, make_shop):
    shop = await make_shop()
    try:
        found = await shop.save("post_call_followup", FOLLOW_UP)
        for number in range(5):
            await shop.talk(f"+1415555020{number}", f"Customer {number}")
        with clock.at(NOON):
            await asyncio.gather(*(running.run_due() for _ in range(4)))
            assert len(await shop._jobs()) == 1
            await asyncio.gather(*(running.look(shop.org.org_id, found.id) for _ in range(4)))
            await asyncio.gather(*(running.run_due() for _ in range(4)))
            claimed = [given["delivery_id"] for name, given in await shop._jobs() if name == running.DELIVER]
            assert len(claimed) == len(set(claimed)) == 5
            await asyncio.gather(*(delivering.deliver(shop.org.org_id, UUID(one)) for one in claimed * 3))
        assert len(await shop.texts()) == 5
        assert [(run["status"], run["sent"]) for run in await shop.runs(found.id)] == [("completed", 5)]
    finally:
        await take_away(shop.org.org_id)


async def test_a_text_of_a_person_and_one_of_a_skill_do_not_wait_for_each_other_in_a_circle(committed, make_shop):
    shop = await make_shop()
    try:
        found = await shop.save("post_call_followup", FOLLOW_UP)
        await shop.talk()
        with clock.at(NOON):
            await running.look(shop.org.org_id, found.id)
            await running.run_due()
            [one] = [given["delivery_id"] for name, given in await shop._jobs() if name == running.DELIVER]

            async def write(place):
                with shop.org.scope():
                    async with unit_of_work() as session:
                        await messaging.send_from_person(
                            session, shop.org.owner, sender_number=SHOP, recipient_number=MIA, body=f"Hello {place}"
                        )

            await asyncio.gather(delivering.deliver(shop.org.org_id, UUID(one)), *(write(place) for place in range(3)))
        assert len(await shop.texts()) == 4
    finally:
        await take_away(shop.org.org_id)


async def test_two_skills_that_judge_at_one_moment_write_to_a_person_once(committed, make_shop):
    shop = await make_shop()
    try:
        first = await shop.save("post_call_followup", FOLLOW_UP)
        second = await shop.save("review_request", REVIEW, trigger_type="on_demand")
        await shop.talk()
        with clock.at(NOON):
            await running.look(shop.org.org_id, first.id)
            with shop.org.scope():
                async with unit_of_work() as session:
                    started = await skills.run_now(session, shop.org.owner, second.id)
            await running.run(shop.org.org_id, started.id)
            await shop._forget_jobs()
            await running.run_due()
            claimed = [given["delivery_id"] for name, given in await shop._jobs() if name == running.DELIVER]
            assert len(claimed) == 2
            await asyncio.gather(*(delivering.deliver(shop.org.org_id, UUID(one)) for one in claimed))
        assert len(await shop.texts()) == 1
        came = {code for one in (first, second) for _, code in await shop.history(one.id)}
        assert came == {"sent", "asked_recently"}
    finally:
        await take_away(shop.org.org_id)
