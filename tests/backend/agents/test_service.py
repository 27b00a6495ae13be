"""Agents are made, changed and deleted by editors, one version at a time, inside one organization."""

import pytest
from sqlmodel import select

from backend.agents import playground
from backend.agents import service as agents
from backend.core import clock
from backend.core.errors import Conflict, Invalid, LimitReached, NotAllowed, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import unit_of_work
from backend.knowledge import service as knowledge
from backend.models.numbers import ServiceNumber
from backend.models.platform import AuditEntry
from backend.vocab import AgentType, MemberRole


def as_role(org, role: MemberRole, name: str = "Ben Bold") -> Principal:
    return Principal(org.owner.user_id, org.org_id, name, "ben@example.com", role)


async def make(org, agent_type: str = "text", name: str = "", **fields):
    with org.scope():
        async with unit_of_work() as session:
            return await agents.create(session, org.owner, agent_type, name, **fields)


async def change(org, agent_id, expected_version=None, by=None, **changes):
    with org.scope():
        async with unit_of_work() as session:
            return await agents.update(session, by or org.owner, agent_id, expected_version, **changes)


@pytest.mark.parametrize("agent_type", list(AgentType))
async def test_each_type_begins_with_a_prompt_of_its_own(db, org, agent_type):
    made = await make(org, agent_type)
    assert made.name
    assert made.system_prompt == agents.default_prompt(agent_type)
    assert (made.version, made.is_active, made.schedule_timezone) == (1, True, "America/New_York")


async def test_the_first_agent_is_the_default_and_names_are_not_repeated(db, org):
    first, second = await make(org), await make(org)
    assert (first.is_default, second.is_default) == (True, False)
    assert (first.name, second.name) == ("Text agent", "Text agent 2")


async def test_each_change_of_behaviour_is_a_version_and_none_is_none(db, org):
    agent = await make(org)
    assert (await change(org, agent.id, name="Ava", temperature=0.2)).version == 2
    assert (await change(org, agent.id, name=" Ava ")).version == 2
    assert (await change(org, agent.id, is_active=False)).version == 2


async def test_a_change_over_somebody_elses_is_refused_and_names_them(db, org):
    agent = await make(org)
    await change(org, agent.id, 1, by=as_role(org, MemberRole.EDITOR), greeting="Hi")
    with pytest.raises(Conflict) as refused:
        await change(org, agent.id, 1, greeting="Hello")
    assert refused.value.code == "changed_meanwhile"
    assert refused.value.details == {"changed_by": "Ben Bold", "version": 2}
    assert "Ben Bold" in refused.value.message


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("name", 7),
        ("system_prompt", " "),
        ("system_prompt", "x" * 20_001),
        ("temperature", 1.01),
        ("temperature", -0.1),
        ("temperature", True),
        ("temperature", "0.5"),
        ("temperature", float("nan")),
        ("max_tokens", 49),
        ("max_tokens", 4097),
        ("max_tokens", 100.5),
        ("llm_model", "gpt-9"),
        ("llm_model", ["gpt-4.1"]),
        ("language", "xx"),
        ("texts_schedule", {"mon": [["25:00", "26:00"]]}),
        ("schedule_timezone", "Moon/Base"),
        ("after_hours_message", "x" * 1601),
        ("after_hours_sms_forwarding", "call me"),
        ("variables", {"Not a name": "x"}),
        ("variables", {"now": "x"}),
        ("variables", {"ok": "x" * 201}),
        ("variables", {"ok": 1}),
        ("variables", "x"),
        ("is_active", "yes"),
        ("org_id", "x"),
        ("version", 9),
        ("is_default", True),
    ],
)
async def test_bad_values_are_refused_by_field_and_nothing_is_stored(db, org, field, bad):
    agent = await make(org)
    with pytest.raises(Invalid) as refused:
        await change(org, agent.id, greeting="half", **{field: bad})
    assert refused.value.field == field
    with org.scope():
        async with unit_of_work() as session:
            stored = await agents.get(session, agent.id)
    assert (stored.version, stored.greeting) == (1, "")


async def test_support_may_read_and_not_change(db, org):
    agent = await make(org)
    support = as_role(org, MemberRole.SUPPORT)
    with org.scope():
        async with unit_of_work() as session:
            assert [one.id for one in await agents.list_all(session)] == [agent.id]
            for attempt in (
                agents.create(session, support, "text"),
                agents.update(session, support, agent.id, name="x"),
                agents.set_active(session, support, agent.id, False),
                agents.duplicate(session, support, agent.id),
                agents.delete(session, support, agent.id),
            ):
                with pytest.raises(NotAllowed):
                    await attempt


async def test_another_organizations_agent_does_not_exist(db, org, make_org):
    agent = await make(org)
    stranger = await make_org("Elsewhere")
    with stranger.scope():
        async with unit_of_work() as session:
            assert await agents.list_all(session) == []
            for attempt in (
                agents.get(session, agent.id),
                agents.update(session, stranger.owner, agent.id, name="mine"),
                agents.duplicate(session, stranger.owner, agent.id),
                agents.delete(session, stranger.owner, agent.id),
                agents.preview_prompt(session, agent.id),
                agents.turn(session, new_id()),
            ):
                with pytest.raises(NotFound):
                    await attempt
    with pytest.raises(NotFound):
        await agents.try_message(stranger.owner, agent.id, "Hello")


async def test_deleting_the_default_passes_it_on_and_leaves_numbers_without_an_agent(db, org):
    doomed, older, newer = await make(org), await make(org), await make(org)
    with org.scope():
        async with unit_of_work() as session:
            session.add(ServiceNumber(org_id=org.org_id, phone_number="+14155550133", text_agent_id=doomed.id))
        async with unit_of_work() as session:
            await agents.delete(session, org.owner, doomed.id)
        async with unit_of_work() as session:
            left = {agent.id: agent.is_default for agent in await agents.list_all(session)}
            (number,) = (await session.exec(select(ServiceNumber))).all()
    assert left == {older.id: True, newer.id: False}
    assert number.text_agent_id is None


async def test_a_copy_is_switched_off_and_knows_the_same(db, org):
    agent = await make(org, name="Ava", temperature=0.1, variables={"parking": "free"})
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.add_text(session, org.owner, "Hours", "9 to 5", agent.id)
        async with unit_of_work() as session:
            copy = await agents.duplicate(session, org.owner, agent.id)
            known = await knowledge.list_for_agent(session, copy.id)
    assert (copy.name, copy.is_active, copy.is_default) == ("Ava copy", False, False)
    assert (copy.temperature, copy.variables) == (0.1, {"parking": "free"})
    assert [source["title"] for source in known] == ["Hours"]


async def test_changes_are_in_the_audit_log(db, org):
    agent = await make(org)
    await change(org, agent.id, name="Ava")
    with org.scope():
        async with unit_of_work() as session:
            await agents.delete(session, org.owner, agent.id)
            entries = (await session.exec(select(AuditEntry).where(AuditEntry.subject_id == str(agent.id)))).all()
    assert sorted(entry.action for entry in entries) == ["ui:agent:created", "ui:agent:deleted", "ui:agent:updated"]


async def test_a_stored_schedule_tells_whether_the_agent_answers_now(db, org):
    agent = await make(org, texts_schedule={"monday": {"enabled": True, "start": "09:00", "end": "17:00"}})
    assert agent.texts_schedule == {"mon": [["09:00", "17:00"]]}
    from datetime import UTC, datetime

    with clock.at(datetime(2026, 11, 22, 12, 0, tzinfo=UTC)):
        hours = agents.hours_now(agent)
    assert (hours.is_open, hours.opens_at) == (False, datetime(2026, 11, 23, 14, 0, tzinfo=UTC))


async def test_the_preview_is_the_prompt_a_model_reads(db, org):
    agent = await make(org, name="Ava", system_prompt="You are {{agent.name}} of {{business.name}}.")
    with org.scope():
        async with unit_of_work() as session:
            prompt = await agents.preview_prompt(session, agent.id)
    assert prompt.startswith("You are Ava of North Dental.")


async def test_trying_an_agent_answers_and_stores_nothing(desk, sandbox):
    await desk.teach("Hours", "We open on Saturday at 10:00.")
    turn = await agents.try_message(desk.org.owner, desk.agent.id, "When do you open on Saturday?")
    assert "10:00" in turn["reply"]
    assert turn["sources"][0]["title"] == "Hours"
    assert await desk.turns() == []
    assert await desk.sent() == []


@pytest.mark.parametrize("is_broken", [False, True])
async def test_a_trial_loads_what_searching_needs_before_its_time_runs(desk, script, monkeypatch, is_broken):
    done = []

    async def warm_up():
        done.append("loaded")
        if is_broken:
            raise OSError("no such file")

    async def vector_of(question):
        done.append("searched")

    monkeypatch.setattr(knowledge, "warm_up", warm_up)
    monkeypatch.setattr(knowledge, "vector_of", vector_of)
    turn = await agents.try_message(desk.org.owner, desk.agent.id, "When do you open?")
    assert (turn["reply"], done) == ("Yes.", ["loaded", "searched"])


async def test_trying_an_agent_remembers_the_talk_and_does_not_do_what_tools_ask(desk, script):
    script.says(script.calls(("save_contact_name", {"name": "Dana"})), "Hello Dana.")
    turn = await agents.try_message(desk.org.owner, desk.agent.id, "I am Dana", [(False, "Hi"), (True, "Hello!")])
    assert [line["content"] for line in script.requests[0]["messages"][1:]] == ["Hi", "Hello!", "I am Dana"]
    assert turn["tools"][0]["status"] == "ok"
    assert await desk.contact_name() == ""


async def test_a_business_cannot_try_its_agents_without_end(desk, script):
    script.says("Hello.")
    with clock.at(clock.now()):
        for _ in range(playground.TRIES):
            await agents.try_message(desk.org.owner, desk.agent.id, "Hi")
        asked = len(script.requests)
        with pytest.raises(LimitReached):
            await agents.try_message(desk.org.owner, desk.agent.id, "Hi")
    assert len(script.requests) == asked


@pytest.mark.parametrize("text", ["", "  ", "x" * 1601])
async def test_trying_nothing_or_too_much_is_refused(desk, text):
    with pytest.raises(Invalid) as refused:
        await agents.try_message(desk.org.owner, desk.agent.id, text)
    assert refused.value.field == "message"
