"""Texts for later: they leave once, at their time, judged anew, and can be taken back until then."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from backend.core import clock
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.tenancy import unit_of_work
from backend.messaging import scheduling
from backend.messaging import service as messaging
from backend.numbers import service as numbers
from backend.vocab import AnswerMode


async def plan(line, at, body="See you tomorrow", **options):
    with line.org.scope():
        async with unit_of_work() as session:
            return await messaging.send_from_person(
                session,
                line.org.owner,
                sender_number=line.number.phone_number,
                recipient_number=line.customer,
                body=body,
                at=at,
                **options,
            )


async def run_claimed(jobs_waiting):
    for _, arguments in await jobs_waiting("messaging.send_scheduled"):
        await scheduling.send_due(UUID(arguments["org_id"]), UUID(arguments["action_id"]))


async def test_a_planned_text_waits_and_pauses_nobody(line, jobs_waiting):
    message = await plan(line, clock.ahead(hours=1))
    assert message.status == "scheduled"
    assert await scheduling.run_due() == 0
    assert await jobs_waiting("messaging.deliver_text") == []
    row = await line.row()
    assert row["answer_mode"] == AnswerMode.AI
    [item] = await line.timeline()
    assert item["status"] == "scheduled"
    assert item["data"]["scheduled_at"]


async def test_at_its_time_it_is_queued_once_and_moves_to_the_end_of_the_timeline(line, jobs_waiting):
    message = await plan(line, clock.ahead(hours=1))
    await line.receive("Something in between")
    with clock.at(clock.now() + timedelta(hours=1)):
        assert await scheduling.run_due() == 1
        assert await scheduling.run_due() == 0
        await run_claimed(jobs_waiting)
        await run_claimed(jobs_waiting)
    [(_, arguments)] = await jobs_waiting("messaging.deliver_text")
    assert arguments["message_id"] == str(message.id)
    last = (await line.timeline())[-1]
    assert (last["record_id"], last["status"]) == (str(message.id), "queued")
    with line.org.scope():
        async with unit_of_work() as session:
            [action], total = await messaging.list_actions(session)
    assert (action["status"], total) == ("completed", 1)


async def test_somebody_who_left_meanwhile_does_not_get_it(line, jobs_waiting):
    message = await plan(line, clock.ahead(hours=1))
    await line.receive("STOP")
    with clock.at(clock.now() + timedelta(hours=1)):
        await scheduling.run_due()
        await run_claimed(jobs_waiting)
    text = next(text for text in await line.texts() if text.id == message.id)
    assert (text.status, text.error_code) == ("failed", "opted_out")
    with line.org.scope():
        async with unit_of_work() as session:
            [action], _ = await messaging.list_actions(session, status="failed")
    assert "opted out" in action["error_message"]


async def release(line):
    with line.org.scope():
        async with unit_of_work() as session:
            await numbers.release(session, line.org.owner, line.number.id)


async def switch_off(line):
    with line.org.scope():
        async with unit_of_work() as session:
            await numbers.set_active(session, line.org.owner, line.number.id, False)


@pytest.mark.parametrize(("change", "code"), [(release, "number_not_owned"), (switch_off, "number_inactive")])
async def test_a_planned_text_does_not_leave_from_a_number_that_is_ours_no_more(line, jobs_waiting, change, code):
    message = await plan(line, clock.ahead(hours=1))
    await change(line)
    with clock.at(clock.now() + timedelta(hours=1)):
        await scheduling.run_due()
        await run_claimed(jobs_waiting)
    [text] = await line.texts()
    assert (text.id, text.status, text.error_code) == (message.id, "failed", code)
    assert await jobs_waiting("messaging.deliver_text") == []
    with line.org.scope():
        async with unit_of_work() as session:
            [action], _ = await messaging.list_actions(session, status="failed")
    assert "+1 415" in action["error_message"] or "(415)" in action["error_message"]


async def test_a_text_can_be_taken_back_until_it_left(line, jobs_waiting):
    kept, gone = await plan(line, clock.ahead(hours=1)), await plan(line, clock.ahead(hours=1))
    with line.org.scope():
        async with unit_of_work() as session:
            for _ in range(2):
                assert (await messaging.cancel_scheduled(session, line.org.owner, gone.id)).status == "cancelled"
    with clock.at(clock.now() + timedelta(hours=1)):
        assert await scheduling.run_due() == 1
        await run_claimed(jobs_waiting)
    with line.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Conflict):
                await messaging.cancel_scheduled(session, line.org.owner, kept.id)


async def test_strangers_plans_do_not_exist(line, make_org):
    message = await plan(line, clock.ahead(hours=1))
    stranger = await make_org("Elsewhere")
    with stranger.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await messaging.cancel_scheduled(session, stranger.owner, message.id)
            assert await messaging.list_actions(session) == ([], 0)


@pytest.mark.parametrize("at", ["naive", "too far"])
async def test_a_time_that_cannot_be_meant_is_refused(line, at):
    moment = clock.now().replace(tzinfo=None) if at == "naive" else clock.ahead(days=366)
    with pytest.raises(Invalid) as refused:
        await plan(line, moment)
    assert refused.value.field == "at"


async def test_a_time_that_has_passed_means_now(line):
    assert (await plan(line, clock.ago(minutes=1))).status == "queued"


async def test_many_clocks_send_each_text_once(open_line, jobs_waiting):
    for number in range(5):
        await plan(open_line, clock.ahead(minutes=1), f"Reminder {number}")
    with clock.at(clock.now() + timedelta(minutes=2)):
        counts = await asyncio.gather(*(scheduling.run_due() for _ in range(4)))
    assert sum(counts) == 5
    assert len(await jobs_waiting("messaging.send_scheduled")) == 5
