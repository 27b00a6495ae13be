"""Work of sending that was given up ends in a failure people see, and can be taken up again without sending twice."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text as sql
from sqlmodel import select

from backend.core import clock, jobs
from backend.core.tenancy import platform_scope, unit_of_work
from backend.messaging import delivery, scheduling
from backend.messaging import jobs as messaging_jobs
from backend.messaging import service as messaging
from backend.models.messaging import ScheduledAction
from tests.backend.messaging.test_delivery import at_carrier, faults, queue, reload, unlike
from tests.backend.messaging.test_scheduling import plan


async def exhaust(task: str) -> None:
    """Let the waiting jobs of a task have no attempt left but one."""
    with platform_scope("use up the attempts of a job in a test"):
        async with unit_of_work() as session:
            await session.execute(
                sql("update procrastinate_jobs set attempts = 100 where task_name = :task"), {"task": task}
            )


async def dead_letter(task: str) -> int:
    return next(letter.id for letter in await jobs.failed() if letter.task == task)


async def retry_from_inbox(line, message):
    with line.org.scope():
        async with unit_of_work() as session:
            return await messaging.retry_failed(session, line.org.owner, message.id)


async def action_of(line, message):
    with line.org.scope():
        async with unit_of_work() as session:
            return (await session.exec(select(ScheduledAction))).one()


async def broken_delivery(line, sandbox, run_jobs, fault):
    body = unlike()
    message = await queue(line, body)
    await exhaust("messaging.deliver_text")
    await faults(sandbox, fault)
    await run_jobs()
    await faults(sandbox)
    return message, body


@pytest.fixture(autouse=True)
def settled(monkeypatch) -> None:
    """Take the carrier's time to settle as over: workers do not see the clock a test sets."""
    monkeypatch.setattr(delivery, "SETTLE", timedelta(0))


UNREACHED = {"target": "signalwire.messages", "kind": "error", "status": 503}
TOOK_IT = {"target": "signalwire.messages", "kind": "accept_then_error", "status": 503, "times": 1}


@pytest.mark.parametrize("way", ["inbox", "dead letters", "both"])
async def test_a_buried_delivery_fails_visibly_and_can_be_taken_up_once(open_line, sandbox, run_jobs, way):
    message, body = await broken_delivery(open_line, sandbox, run_jobs, UNREACHED)
    stored = await reload(open_line, message)
    assert (stored.status, stored.error_code) == ("failed", "not_confirmed")
    [item] = await open_line.timeline()
    assert (item["status"], item["data"]["error"]) == ("failed", stored.error_message)
    assert await at_carrier(sandbox, body) == []
    if way != "dead letters":
        await retry_from_inbox(open_line, message)
    if way != "inbox":
        await jobs.retry(await dead_letter("messaging.deliver_text"))
    await run_jobs()
    assert (await reload(open_line, message)).message_sid
    assert len(await at_carrier(sandbox, body)) == 1
    [item] = await open_line.timeline()
    assert (item["status"] != "failed", item["data"]["error"]) == (True, "")


async def test_what_the_carrier_had_taken_is_found_and_not_sent_again(open_line, sandbox, run_jobs):
    message, body = await broken_delivery(open_line, sandbox, run_jobs, TOOK_IT)
    assert (await reload(open_line, message)).error_code == "not_confirmed"
    await jobs.retry(await dead_letter("messaging.deliver_text"))
    await run_jobs()
    assert len(await at_carrier(sandbox, body)) == 1
    assert (await reload(open_line, message)).status != "failed"


async def test_giving_up_a_text_that_left_changes_nothing(open_line, sandbox, run_jobs):
    message = await queue(open_line, unlike())
    await run_jobs()
    before = (await reload(open_line, message)).status
    await messaging_jobs.give_up_delivery(str(open_line.org.org_id), str(message.id))
    assert (await reload(open_line, message)).status == before != "failed"


async def buried_plan(line, run_jobs):
    """Plan a text whose sending breaks for good, and return it with its body."""
    body = unlike()
    message = await plan(line, clock.ahead(minutes=1), body)
    await change_purpose(line, "nonsense")
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert await scheduling.run_due() == 1
    await exhaust("messaging.send_scheduled")
    await run_jobs()
    await change_purpose(line, "service")
    return message, body


async def change_purpose(line, purpose):
    with line.org.scope():
        async with unit_of_work() as session:
            action = (await session.exec(select(ScheduledAction))).one()
            action.parameters = {**action.parameters, "purpose": purpose}
            session.add(action)


@pytest.mark.parametrize("way", ["inbox", "dead letters", "both"])
async def test_a_buried_plan_fails_visibly_and_can_be_taken_up_once(open_line, sandbox, run_jobs, way):
    message, body = await buried_plan(open_line, run_jobs)
    stored, action = await reload(open_line, message), await action_of(open_line, message)
    assert (stored.status, stored.error_code, action.status) == ("failed", "not_sent", "failed")
    assert action.error_message == stored.error_message
    assert "Send it again" in stored.error_message
    [item] = await open_line.timeline()
    assert (item["status"], item["data"]["error"]) == ("failed", stored.error_message)
    if way != "dead letters":
        await retry_from_inbox(open_line, message)
    if way != "inbox":
        await jobs.retry(await dead_letter("messaging.send_scheduled"))
    await run_jobs()
    await scheduling.send_due(open_line.org.org_id, UUID(str(action.id)))
    await run_jobs()
    assert len(await at_carrier(sandbox, body)) == 1
    assert (await open_line.timeline())[-1]["data"]["error"] == ""
