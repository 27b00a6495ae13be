"""Outside the hours an agent does what the business chose: reply, forward, take a message, or stay silent."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text as sql

from backend.agents import service as agents
from backend.core import clock
from backend.core.tenancy import platform_scope, unit_of_work
from backend.vocab import AnswerMode, Channel

SATURDAY = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
OWNER = "+14155550188"


async def closed(desk, action: str, **more) -> str:
    await desk.change(texts_schedule=OFFICE, schedule_timezone="America/New_York", after_hours_action=action, **more)
    with clock.at(SATURDAY):
        return await desk.ask("Are you there?")


async def forwards(desk) -> int:
    with platform_scope("count jobs in a test"):
        async with unit_of_work() as session:
            found = await session.execute(
                sql(
                    "select count(*) from procrastinate_jobs where task_name = 'agents.forward_after_hours'"
                    " and args ->> 'org_id' = :org"
                ),
                {"org": str(desk.org.org_id)},
            )
            return int(found.scalar_one())


@pytest.mark.parametrize(("action", "count"), [("message", 0), ("forward", 1), ("take_message", 0)])
async def test_only_the_choice_to_forward_forwards(desk, script, action, count):
    assert "closed" in await closed(desk, action, after_hours_sms_forwarding=OWNER)
    assert await forwards(desk) == count


async def test_silence_says_nothing_and_leaves_the_text_waiting(desk, script):
    assert await closed(desk, "silent", after_hours_sms_forwarding=OWNER) == ""
    assert (await forwards(desk), (await desk.conversation()).needs_person) == (0, False)


async def test_a_message_that_is_taken_calls_for_a_person(desk, script):
    said = await closed(desk, "take_message")
    assert "how to reach you" in said
    conversation = await desk.conversation()
    assert (conversation.needs_person, conversation.answer_mode) == (True, AnswerMode.HUMAN)


async def test_each_channel_has_hours_of_its_own(desk):
    await desk.change(chats_schedule=OFFICE, schedule_timezone="America/New_York")
    with desk.org.scope():
        async with unit_of_work() as session:
            agent = await agents.get(session, desk.agent.id)
    with clock.at(SATURDAY):
        states = {channel: agents.hours_now(agent, channel).is_open for channel in Channel}
    assert [channel for channel, is_open in states.items() if not is_open] == [Channel.CHAT]


async def test_a_holiday_closes_every_channel(desk, script):
    await desk.change(holidays=[{"date": "2026-11-21", "name": "Founders’ day"}], schedule_timezone="America/New_York")
    with clock.at(SATURDAY):
        assert "We open on Sunday at 00:00" in await desk.ask("Are you there?")
