"""A deleted agent answers nobody and can be brought back; one that nobody can reach cannot be switched on."""

from datetime import timedelta

import pytest
from sqlmodel import select

from backend.agents import service as agents
from backend.core import clock, janitor
from backend.core.errors import Conflict, NotFound
from backend.core.tenancy import unit_of_work
from backend.knowledge import service as knowledge
from backend.models.agents import AgentConfig
from backend.models.numbers import ServiceNumber


async def run(org, action, *args, **more):
    with org.scope():
        async with unit_of_work() as session:
            return await action(session, org.owner, *args, **more)


async def number_of(desk) -> ServiceNumber:
    with desk.org.scope():
        async with unit_of_work() as session:
            return (await session.exec(select(ServiceNumber))).one()


async def test_a_deleted_agent_answers_nobody_and_is_on_no_list(desk, script):
    await run(desk.org, agents.delete, desk.agent.id)
    assert await desk.ask("Hello") == ""
    assert script.requests == []
    with desk.org.scope():
        async with unit_of_work() as session:
            assert await agents.list_all(session) == []
            with pytest.raises(NotFound):
                await agents.get(session, desk.agent.id)
            with pytest.raises(NotFound):
                await knowledge.add_text(session, desk.org.owner, "Hours", "9 to 5", desk.agent.id)


async def test_an_agent_brought_back_serves_its_number_and_knows_its_texts(desk, script):
    await run(desk.org, knowledge.add_text, "Hours", "9 to 5", desk.agent.id)
    await run(desk.org, agents.delete, desk.agent.id)
    back = await run(desk.org, agents.restore, desk.agent.id)
    assert (back.is_default, (await number_of(desk)).text_agent_id) == (True, desk.agent.id)
    with desk.org.scope():
        async with unit_of_work() as session:
            assert len(await knowledge.list_for_agent(session, desk.agent.id)) == 1
    assert await desk.ask("Hello") == "Yes."


async def test_a_number_that_another_agent_took_meanwhile_stays_with_it(desk):
    await run(desk.org, agents.delete, desk.agent.id)
    heir = await run(desk.org, agents.create, "text", "Heir")
    with desk.org.scope():
        async with unit_of_work() as session:
            number = (await session.exec(select(ServiceNumber))).one()
            number.text_agent_id = heir.id
            session.add(number)
    back = await run(desk.org, agents.restore, desk.agent.id)
    assert ((await number_of(desk)).text_agent_id, back.is_default) == (heir.id, False)


async def test_an_agent_that_was_not_deleted_cannot_be_brought_back(desk):
    with pytest.raises(NotFound):
        await run(desk.org, agents.restore, desk.agent.id)


async def test_a_month_later_a_deleted_agent_is_gone_for_good(desk):
    await run(desk.org, agents.delete, desk.agent.id)
    with clock.at(clock.now() + timedelta(days=29)):
        await janitor.sweep(0)
    with desk.org.scope():
        async with unit_of_work() as session:
            assert (await session.exec(select(AgentConfig))).first() is not None
    with clock.at(clock.now() + timedelta(days=31)):
        await janitor.sweep(0)
    with desk.org.scope():
        async with unit_of_work() as session:
            assert (await session.exec(select(AgentConfig))).first() is None


@pytest.mark.parametrize(
    ("agent_type", "missing"),
    [
        ("text", "text_number"),
        ("inbound_voice", "voice_number"),
        ("outbound_voice", "outbound_number"),
        ("chat_widget", "widget"),
        ("email", "mailbox"),
    ],
)
async def test_an_agent_that_nobody_can_reach_is_not_switched_on(db, org, agent_type, missing):
    agent = await run(org, agents.create, agent_type, is_active=False)
    with pytest.raises(Conflict) as refused:
        await run(org, agents.set_active, agent.id, True)
    assert refused.value.code == "not_deployed"
    assert refused.value.details == {"missing": missing, "link": f"/agents/{agent.id}?tab=deployment"}


@pytest.mark.parametrize(
    ("agent_type", "slot"),
    [("text", "text_agent_id"), ("inbound_voice", "agent_id"), ("outbound_voice", "outbound_agent_id")],
)
async def test_each_type_needs_a_number_in_its_own_slot(db, org, agent_type, slot):
    agent = await run(org, agents.create, agent_type, is_active=False)
    with org.scope():
        async with unit_of_work() as session:
            others = {"text_agent_id", "agent_id", "outbound_agent_id"} - {slot}
            number = ServiceNumber(org_id=org.org_id, phone_number="+14155550133", **dict.fromkeys(others, agent.id))
            session.add(number)
    with pytest.raises(Conflict):
        await run(org, agents.set_active, agent.id, True)
    with org.scope():
        async with unit_of_work() as session:
            number = (await session.exec(select(ServiceNumber))).one()
            setattr(number, slot, agent.id)
            session.add(number)
    assert (await run(org, agents.set_active, agent.id, True)).is_active


async def test_any_agent_can_be_switched_off(db, org):
    agent = await run(org, agents.create, "email")
    assert not (await run(org, agents.set_active, agent.id, False)).is_active


async def test_the_days_figures_count_answers_hand_overs_and_cost(desk, script):
    script.says("Yes.", script.calls(("hand_over_to_person", {"reason": "upset"})), "A colleague will write.")
    with clock.at(clock.now()), desk.org.scope():  # a day, however close to its end
        await desk.ask("Hello")
        await desk.ask("I want a person")
        async with unit_of_work() as session:
            figures = (await agents.today(session))[str(desk.agent.id)]
    assert (figures["answered"], figures["handed_over"]) == (2, 1)
    assert figures["cost_micros"] == sum(turn.cost_micros for turn in await desk.turns()) > 0
    with clock.at(clock.now() + timedelta(days=2)), desk.org.scope():
        async with unit_of_work() as session:
            assert await agents.today(session) == {}
