"""A call that is over is completed once: what was found out in it is kept, and its webhooks have an event."""

import pytest
from sqlmodel import select

from backend.agents import service as agents
from backend.calls import jobs as work
from backend.core.tenancy import unit_of_work
from backend.models.details import ConversationDetail
from backend.models.webhooks import WebhookEvent


async def events(line):
    with line.org.scope():
        async with unit_of_work() as session:
            return list((await session.exec(select(WebhookEvent))).all())


async def find_out(line, call, name, value, channel="call"):
    with line.org.scope():
        async with unit_of_work() as session:
            session.add(
                ConversationDetail(
                    org_id=line.org.org_id,
                    conversation_id=call.conversation_id,
                    name=name,
                    content={"value": value},
                    agent_name="Ava",
                    channel=channel,
                )
            )


async def complete(line, call):
    await work.complete.func(str(line.org.org_id), str(call.id))


async def held(line):
    """Return a call in which something was found out."""
    call = await line.begin()
    await line.tell(call.id, "agent.joined", 0, source="worker")
    await find_out(line, call, "insurer", "Delta Dental")
    await find_out(line, call, "by_text", "Told in a text", channel="sms")
    await line.tell(call.id, "call.ended", 5, status="completed", duration_s=5)
    return call


async def test_what_was_found_out_in_a_call_is_kept_with_it_and_it_is_told_once(line):
    call = await held(line)
    for _ in range(2):
        await complete(line, call)
    (record,) = await line.calls()
    assert record.collected == {"insurer": "Delta Dental"}
    assert [(one.event, one.call_id) for one in await events(line)] == [("call.completed", call.id)]


@pytest.mark.parametrize("mode", ["redacted", "disabled"])
async def test_nothing_that_was_found_out_stays_with_a_call_whose_agent_keeps_less(line, mode):
    with line.org.scope():
        async with unit_of_work() as session:
            await agents.update(session, line.org.owner, line.agent.id, pii_storage=mode)
            await agents.publish(session, line.org.owner, line.agent.id)
            line.agent = await agents.get(session, line.agent.id)
    call = await held(line)
    await complete(line, call)
    (record,) = await line.calls()
    assert record.collected == {}
    assert len(await events(line)) == 1


async def test_a_call_that_nobody_answered_is_told_too_and_one_that_lasts_is_not(line, jobs_waiting):
    call = await line.begin(answered_at=None)
    await complete(line, call)
    assert await events(line) == []
    await line.tell(call.id, "call.ended", 0, status="no-answer")
    assert [job["call_id"] for _, job in await jobs_waiting("calls.complete")] == [str(call.id)]
    await complete(line, call)
    assert len(await events(line)) == 1
