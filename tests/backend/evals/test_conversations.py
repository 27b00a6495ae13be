"""Real conversations prove an agent: one becomes a test in one step, and the draft takes the last ones again."""

from uuid import UUID

import pytest
from sqlalchemy import text

from backend.agents import service as agents
from backend.core.config import settings
from backend.core.errors import Conflict, NotAllowed, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.evals import jobs as eval_jobs
from backend.evals import rounds
from backend.evals import service as evals
from backend.vocab import MemberRole
from tests.backend.agents.test_functions import order, teach


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch):
    """The one transaction of a test has one connection."""
    monkeypatch.setattr(rounds, "AT_ONCE", 1)


async def gathered(desk, who=None):
    conversation = await desk.conversation()
    with desk.org.scope():
        async with unit_of_work() as session:
            return evals.case_row(await evals.gather(session, who or desk.org.owner, conversation.id))


async def replayed(desk, size=10):
    with desk.org.scope():
        async with unit_of_work() as session:
            made = await evals.replay(session, desk.org.owner, desk.agent.id, size)
    await eval_jobs.go_on(str(desk.org.org_id), made)
    with desk.org.scope():
        async with unit_of_work() as session:
            return await evals.show_replay(session, desk.agent.id)


async def draft(desk, **changes):
    with desk.org.scope():
        async with unit_of_work() as session:
            await agents.edit(session, desk.org.owner, desk.agent.id, changes)


async def test_a_conversation_becomes_a_test_of_its_agent(desk, script, sandbox, monkeypatch):
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    await teach(desk, **order(sandbox))
    script.says(
        script.calls(("look_up_order", {"number": "1042"}), ("save_contact_name", {"name": "Dana Ruiz"})),
        "Shipped, Dana.",
        script.calls(("hand_over_to_person", {"reason": "wants a call"})),
        "A colleague will call.",
    )
    await desk.ask("I'm Dana Ruiz, where is order 1042? I paid 88311 by card.")
    await desk.ask("Call me at +1 604 555 0142 or dana@mail.com")
    support = Principal(desk.org.owner.user_id, desk.org.org_id, "Sam", "sam@example.com", MemberRole.SUPPORT)
    case = await gathered(desk, support)
    known = case["definition"]
    said = " ".join([case["name"], *known["opening"], str(known["results"])])
    for mark in ("Dana", "Ruiz", "88311", "0142", "mail.com"):
        assert mark not in said
    assert len(known["opening"]) == 2
    assert known["facts"]["name"] == ""
    assert known["clock"]
    assert [(one["kind"], one.get("tool", "")) for one in known["checks"]] == [
        ("handed_over", ""),
        ("tool_called", "look_up_order"),
    ]
    assert [one["tool"] for one in known["results"]] == ["look_up_order"]
    again = await gathered(desk)
    assert again["suite_id"] == case["suite_id"]
    with desk.org.scope():
        async with unit_of_work() as session:
            (suite,) = await evals.show_suites(session, desk.agent.id)
            assert (suite["name"], suite["is_gathered"], len(suite["cases"])) == ("From conversations", True, 2)
            with pytest.raises(NotAllowed):
                await evals.remove_case(session, support, UUID(case["id"]))


async def test_what_people_alone_answered_is_no_test(desk, script):
    await desk.receive("Hello?")
    with pytest.raises(Conflict):
        await gathered(desk)


async def test_a_test_goes_with_the_conversation_it_is_made_of(desk, script):
    await desk.ask("Hello")
    case = await gathered(desk)
    conversation = await desk.conversation()
    with platform_scope("delete a conversation in a test"):
        async with unit_of_work() as session:
            await session.execute(text("delete from conversations where id = :id"), {"id": conversation.id})
    with desk.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await evals.case(session, UUID(case["id"]))


async def test_what_the_customer_said_stays_nowhere_when_their_conversation_is_gone(desk, script):
    await desk.ask("My left knee hurts")
    case = await gathered(desk)
    with desk.org.scope():
        async with unit_of_work() as session:
            begun, _ = await evals.run_case(session, desk.org.owner, UUID(case["id"]))
    await eval_jobs.go_on(str(desk.org.org_id), begun["id"])
    conversation = await desk.conversation()
    with platform_scope("delete a conversation in a test"):
        async with unit_of_work() as session:
            await session.execute(text("delete from conversations where id = :id"), {"id": conversation.id})
            for table in ("test_cases", "test_rounds", "test_runs", "audit_log"):
                query = text(f"select count(*) from {table} as row where position('knee' in row::text) > 0")
                assert (await session.execute(query)).scalar_one() == 0, table


async def test_only_decisions_that_the_draft_changes_are_listed(desk, script):
    script.says("We open at nine.", "Whitening costs ninety dollars.")
    await desk.ask("When do you open?")
    await desk.ask("What does whitening cost?")
    await draft(desk, system_prompt="Prices are for people.")
    hand_over = script.calls(("hand_over_to_person", {"reason": "a price"}))
    # The draft words the first otherwise and leaves the second to people; the live version, asked again, does not.
    script.says("From nine on.", hand_over, "A colleague will tell you.", "It costs ninety dollars.")
    script.requests.clear()
    found = await replayed(desk)
    assert (found["status"], found["total"], found["same"], found["conversations"]) == ("done", 2, 1, 1)
    (one,) = found["changed"]
    assert one["asked"] == "What does whitening cost?"
    assert one["changes"] == [{"what": "outcome", "before": "answers", "after": "hands over"}]
    assert one["was"] == "Whitening costs ninety dollars."
    prompts = [request["messages"][0]["content"] for request in script.requests]
    assert ["Prices are for people." in prompt for prompt in prompts] == [True, True, True, False]
    # The draft is given what was really said before, not its own words.
    told = [message["content"] for message in script.requests[1]["messages"][1:]]
    assert told == ["When do you open?", "We open at nine.", "What does whitening cost?"]
    assert not found["is_stale"]
    await draft(desk, system_prompt="Something else.")
    with desk.org.scope():
        async with unit_of_work() as session:
            assert (await evals.show_replay(session, desk.agent.id))["is_stale"]


async def test_what_the_live_version_changes_as_well_is_not_the_draft_s_doing(desk, script):
    script.says("We open at nine.")
    await desk.ask("When do you open?")
    await draft(desk, temperature=0.1)
    script.says("I do not know that from what I was told.")
    found = await replayed(desk)
    assert (found["changed"], found["same"]) == ([], 1)


async def test_a_replay_touches_nothing_and_its_tools_answer_what_they_did(desk, script, sandbox, monkeypatch):
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    await teach(desk, **order(sandbox))
    look = script.calls(("look_up_order", {"number": "1042"}))
    script.says(look, "It was shipped.")
    await desk.ask("Where is order 1042?")
    before = len(await desk.turns()), len(await desk.sent())
    await sandbox.client.delete("/business/requests")
    await draft(desk, system_prompt="Be brief.")
    script.says(look, "Shipped.")
    script.requests.clear()
    found = await replayed(desk)
    assert found["changed"] == []
    assert "shipped" in str(script.requests[1]["messages"][-1]["content"])
    assert (await sandbox.client.get("/business/requests")).json() == {"requests": []}
    assert (len(await desk.turns()), len(await desk.sent())) == before


async def test_new_hours_that_would_leave_a_customer_waiting_are_a_change(desk, script):
    await desk.ask("Hello?")
    await draft(desk, texts_schedule={"mon": []}, system_prompt="Closed.")
    found = await replayed(desk)
    assert found["changed"][0]["changes"] == [{"what": "outcome", "before": "answers", "after": "stays silent"}]


async def test_without_conversations_there_is_nothing_to_replay(desk):
    with pytest.raises(Conflict):
        await replayed(desk)
