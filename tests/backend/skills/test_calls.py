"""A call in which somebody was talked with is followed up as messages are, in whichever order its work is done."""

from datetime import timedelta

import pytest

from backend.calls import jobs as work
from backend.calls import service as calls
from backend.core import clock
from tests.backend.agents.conftest import script, script_server  # noqa: F401 - the scripted model
from tests.backend.skills.conftest import FOLLOW_UP, NOAH, NOON, REVIEW
from tests.backend.skills.test_notes import TOKEN, crm, notes  # noqa: F401 - the CRM

NOTES = {
    "summary": "The caller needs a crown.",
    "outcome": "follow_up",
    "sentiment": "neutral",
    "action_items": ["Call back"],
}
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def reads(script):  # noqa: F811
    """Return what sets how the model reads the calls of the test."""

    def says(**changes):
        script.says(script.calls(("keep_call_notes", {**NOTES, **changes})))

    says()
    return says


async def done(shop, call, *names, at=NOON):
    """Do some of the work that follows a call."""
    with clock.at(at):
        for name in names:
            await getattr(work, name)(str(shop.org.org_id), str(call.id))


@pytest.mark.parametrize("order", [("settle", "read"), ("read", "settle"), ("read", "settle", "read", "complete")])
async def test_a_call_is_followed_up_and_noted_once_whether_it_was_paid_for_or_read_first(shop, crm, reads, order):  # noqa: F811
    follow_up = await shop.save("post_call_followup", FOLLOW_UP)
    crm_update = await shop.save("auto_crm_update", {"delay_minutes": 30, "include_messages": False}, secret=TOKEN)
    call = await shop.ring()
    await shop.hold(call)
    for n, name in enumerate(order):
        await done(shop, call, name)
        await shop.pass_time(NOON + n * MINUTE)
    await shop.pass_time(NOON + HOUR)
    assert [one.content for one in await shop.texts()] == ["Hi Mia, all well? Reply STOP to opt out."]
    [note] = await notes(crm)
    body = note["properties"]["hs_note_body"]
    assert "Call, 3 min: The caller needs a crown.<br>To do: Call back<br>" in body
    for skill in (follow_up, crm_update):
        assert await shop.history(skill.id) == [("Mia Chen", "sent")]


async def test_a_call_counts_once_it_is_complete_and_from_when_it_ended(shop, reads):
    await shop.save("post_call_followup", FOLLOW_UP)
    call = await shop.ring()
    await shop.hold(call, minutes=90)
    await shop.pass_time(NOON + 29 * MINUTE)
    await done(shop, call, "read", at=NOON + 29 * MINUTE)
    await shop.pass_time(NOON + 29 * MINUTE)
    assert await shop.texts() == []
    await shop.pass_time(NOON + 31 * MINUTE)
    assert len(await shop.texts()) == 1


async def test_a_call_whose_notes_came_late_is_followed_up_when_they_are_there(shop, reads):
    await shop.save("post_call_followup", FOLLOW_UP)
    call = await shop.ring()
    await shop.hold(call)
    await shop.pass_time(NOON)
    assert await shop.texts() == []
    await done(shop, call, "complete", at=NOON + HOUR)
    await shop.pass_time(NOON + HOUR)
    assert len(await shop.texts()) == 1


async def test_who_sounded_upset_on_the_telephone_is_left_out(shop, reads):
    found = await shop.save("post_call_followup", FOLLOW_UP)
    reads(sentiment="negative")
    call = await shop.ring()
    await shop.hold(call)
    await done(shop, call, "read")
    await shop.pass_time(NOON)
    assert await shop.history(found.id) == [("Mia Chen", "unhappy")]


async def test_nobody_is_written_to_about_a_call_that_was_missed_or_lasts(shop):
    """Nor about the messages before it: who is on the line has not ended, and who reached nobody waits for us."""
    found = await shop.save("post_call_followup", FOLLOW_UP)
    await shop.talk()
    lasting = await shop.ring(at=NOON - 90 * MINUTE, direction="outbound")
    await shop.talk(NOAH, "Noah")
    missed = await shop.ring(NOAH, "Noah", at=NOON - 90 * MINUTE)
    await shop.end(missed, NOON - 89 * MINUTE, "no-answer")
    await done(shop, missed, "complete")
    await shop.pass_time(NOON)
    assert await shop.history(found.id) == []
    await shop.end(lasting, NOON - 10 * MINUTE, "no-answer")
    await done(shop, lasting, "complete")
    await shop.pass_time(NOON + HOUR)
    assert await shop.history(found.id) == [("Mia Chen", "sent")]


async def test_an_answering_machine_was_not_talked_with(shop, reads):
    found = await shop.save("review_request", REVIEW)
    call = await shop.ring(direction="outbound")
    await calls.append(call.id, "worker", "machine", "machine.detected", call.started_at, {"result": "voicemail"})
    await shop.hold(call)
    await done(shop, call, "read")
    await shop.pass_time(NOON)
    await shop.pass_time(NOON + 24 * HOUR)
    assert await shop.history(found.id) == []


async def test_a_follow_up_of_messages_is_dropped_when_the_customer_calls_meanwhile(shop):
    found = await shop.save("post_call_followup", FOLLOW_UP, at=NOON - 13 * HOUR)
    await shop.talk(at=NOON - 10 * HOUR)
    await shop.pass_time(NOON - 8 * HOUR)
    assert await shop.history(found.id) == [("Mia Chen", "waiting")]
    call = await shop.ring(at=NOON - 4 * HOUR)
    await shop.hold(call)
    await shop.pass_time(NOON)
    assert await shop.history(found.id) == [("Mia Chen", "answered")]
