"""Calls of people are written down where their number says so, and never more than their agent's setting allows."""

import pytest

from backend.agents import service as agents
from backend.calls import service as calls
from backend.calls import settling
from backend.core.tenancy import unit_of_work
from backend.numbers import service as numbers


async def choose(line, chosen):
    with line.org.scope():
        async with unit_of_work() as session:
            await numbers.set_answering(session, line.org.owner, line.number.id, "written_down", chosen)


@pytest.mark.parametrize(
    ("chosen", "mode", "is_written"),
    [("no", "enabled", False), ("yes", "enabled", True), ("yes", "redacted", True), ("yes", "disabled", False)],
)
async def test_a_call_is_written_down_by_choice_and_as_far_as_its_agent_allows(line, chosen, mode, is_written):
    await choose(line, chosen)
    with line.org.scope():
        async with unit_of_work() as session:
            await agents.update(session, line.org.owner, line.agent.id, pii_storage=mode)
            await agents.publish(session, line.org.owner, line.agent.id)
            line.agent = await agents.get(session, line.agent.id)
    call = await line.begin()
    assert (await calls.brief(call.id)).writes_down is is_written


async def test_a_call_whose_agent_nobody_knows_any_more_is_not_written_down(line):
    await choose(line, "yes")
    call = await line.begin(agent_id=None, agent_version=3)
    assert not (await calls.brief(call.id)).writes_down


async def test_what_is_written_down_is_paid_for_from_when_it_began(line):
    call = await line.begin(agent_id=None, agent_version=0)
    await line.tell(call.id, "call.answered")
    await line.tell(call.id, "person.joined", source="worker")
    await line.tell(call.id, "captions.began", 60, source="worker")
    await line.tell(call.id, "call.ended", 180, status="completed", duration_s=180)
    with line.org.scope():
        async with unit_of_work() as session:
            await settling.settle(session, call.id)
    (record,) = await line.calls()
    # Three minutes of the line, and two of words, at 1.5 cents each.
    assert record.costs == {"telephony": 45_000, "extras": 30_000}
