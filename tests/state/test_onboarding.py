"""A new workspace reaches an agent that answers, and takes up where it was left, in any tab."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from backend.agents import service as agents
from backend.core.tenancy import unit_of_work
from backend.knowledge import jobs as knowledge_jobs
from backend.knowledge import service as knowledge
from backend.models.numbers import ServiceNumber
from backend.organizations import service as organizations
from backend.vocab import AgentType
from state import onboarding
from state.numbers import NumbersState, matching
from state.onboarding import ChecklistState, WelcomeState
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")


async def welcomed(org: Any) -> Tab:
    page = (await sign_in(org.owner)).go("/welcome")
    await page.call(WelcomeState.load)
    return page


async def own_number(org: Any) -> None:
    with org.scope():
        async with unit_of_work() as session:
            session.add(ServiceNumber(org_id=org.org_id, phone_number="+14155550132"))


async def test_begins_with_the_name_of_the_workspace(db: None, org: Any) -> None:
    state = await (await welcomed(org)).state(WelcomeState)
    assert (state.step, state.business, state.done) == ("business", "North Dental", [])


async def test_the_name_that_came_with_the_account_gives_way_to_the_business(db: None, make_org: Any) -> None:
    org = await make_org("Mia’s workspace", "Mia Chen")
    page = await welcomed(org)
    assert (await page.state(WelcomeState)).business == ""
    await page.call(WelcomeState.create, {"business": "Maple Books", "facts": ""})
    with org.scope():
        async with unit_of_work() as session:
            assert (await organizations.details(session, org.owner))["name"] == "Maple Books"


async def test_facts_become_what_the_agent_knows(db: None, org: Any) -> None:
    page = await welcomed(org)
    await page.call(WelcomeState.create, {"business": "North Dental", "facts": "Open from 9 to 5."})
    state = await page.state(WelcomeState)
    assert state.step == "number"
    with org.scope():
        async with unit_of_work() as session:
            (agent,) = await agents.list_all(session)
            known = await knowledge.list_for_agent(session, agent.id)
    assert (agent.agent_type, agent.organization_name) == (AgentType.TEXT, "North Dental")
    assert [source["title"] for source in known] == ["About North Dental"]


async def test_second_press_changes_the_agent_and_makes_no_other(db: None, org: Any) -> None:
    page = await welcomed(org)
    await page.call(WelcomeState.create, {"business": "North Dental", "facts": ""})
    await page.call(WelcomeState.create, {"business": "North Dental Care", "facts": ""})
    with org.scope():
        async with unit_of_work() as session:
            (agent,) = await agents.list_all(session)
    assert agent.organization_name == "North Dental Care"


async def test_name_is_asked_for(db: None, org: Any) -> None:
    page = await welcomed(org)
    await page.call(WelcomeState.create, {"business": "  ", "facts": "Open."})
    state = await page.state(WelcomeState)
    assert state.business_error
    assert state.step == "business"


async def test_another_tab_takes_up_where_the_workspace_stands(db: None, org: Any) -> None:
    page = await welcomed(org)
    await page.call(WelcomeState.create, {"business": "North Dental", "facts": ""})
    other = await (await welcomed(org)).state(WelcomeState)
    assert (other.step, other.done, bool(other.agent_id)) == ("number", ["business"], True)


async def test_steps_ahead_wait_for_the_agent(db: None, org: Any) -> None:
    page = await welcomed(org)
    await page.call(WelcomeState.go, "test")
    state = await page.state(WelcomeState)
    assert state.step == "business"
    await page.call(WelcomeState.create, {"business": "North Dental", "facts": ""})
    await page.call(WelcomeState.go, "test")
    assert state.step == "test"


async def test_number_the_workspace_owns_is_suggested_first_and_taken(db: None, org: Any, sandbox: Any) -> None:
    await own_number(org)
    page = await welcomed(org)
    await page.call(WelcomeState.create, {"business": "North Dental", "facts": ""})
    await page.call(WelcomeState.look)
    state = await page.state(WelcomeState)
    assert state.offers[0]["phone_number"] == "+14155550132"
    await page.call(WelcomeState.use, "+14155550132")
    assert (state.step, state.done) == ("test", ["business", "number"])
    assert state.practice_url.endswith("/phone?to=+14155550132")


async def test_number_that_was_not_suggested_cannot_be_taken(db: None, org: Any) -> None:
    page = await welcomed(org)
    await page.call(WelcomeState.create, {"business": "North Dental", "facts": ""})
    await page.call(WelcomeState.use, "+15005550006")
    assert (await page.state(WelcomeState)).step == "number"
    await page.go("/phone").call(NumbersState.load)
    assert (await page.state(NumbersState)).rows == []


async def test_free_number_is_bought_and_answers(db: None, org: Any, sandbox: Any) -> None:
    page = await welcomed(org)
    await page.call(WelcomeState.create, {"business": "North Dental", "facts": ""})
    await page.call(WelcomeState.look)
    state = await page.state(WelcomeState)
    chosen = state.offers[0]["phone_number"]
    await page.call(WelcomeState.use, chosen)
    await page.go("/phone").call(NumbersState.load)
    (row,) = (await page.state(NumbersState)).rows
    assert (row["phone_number"], row["text_agent_id"]) == (chosen, state.agent_id)


async def test_agent_answers_the_first_question(db: None, org: Any, sandbox: Any) -> None:
    page = await welcomed(org)
    await page.call(WelcomeState.create, {"business": "North Dental", "facts": ""})
    await page.call(WelcomeState.ask, {"message": "Hi"})
    state = await page.state(WelcomeState)
    assert [line["is_ours"] for line in state.lines] == [False, True]
    assert state.lines[1]["text"]
    assert not state.is_busy


async def test_the_first_question_waits_until_the_facts_can_be_found(
    db: None, org: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await welcomed(org)
    await page.call(WelcomeState.create, {"business": "North Dental", "facts": "We open on Saturday at 7:15."})
    with org.scope():
        async with unit_of_work() as session:
            (agent,) = await agents.list_all(session)
            (source,) = await knowledge.list_for_agent(session, agent.id)
    pauses = 0

    async def pause(_: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses == 40:  # ten seconds: whoever reads them was busy
            await knowledge_jobs.index(str(org.org_id), source["id"])

    loop = SimpleNamespace(get_running_loop=asyncio.get_running_loop, sleep=pause)
    monkeypatch.setattr(onboarding, "asyncio", loop)
    await page.call(WelcomeState.ask, {"message": "When do you open on Saturday?"})
    assert "7:15" in (await page.state(WelcomeState)).lines[1]["text"]


async def test_card_counts_the_steps_that_are_done(db: None, org: Any) -> None:
    page = await welcomed(org)
    await page.call(ChecklistState.load)
    card = await page.state(ChecklistState)
    assert (card.is_shown, card.done) == (True, [])
    await page.call(WelcomeState.create, {"business": "North Dental", "facts": ""})
    await page.call(ChecklistState.load)
    assert card.done == ["business"]


async def test_card_that_was_put_away_stays_away_in_this_browser(db: None, org: Any) -> None:
    page = await welcomed(org)
    await page.call(ChecklistState.load)
    await page.call(ChecklistState.dismiss)
    await page.call(ChecklistState.load)
    card = await page.state(ChecklistState)
    assert not card.is_shown
    card.put_away = ""
    await page.call(ChecklistState.load)
    assert card.is_shown


def test_numbers_that_begin_with_the_digits_come_first() -> None:
    free: Any = [
        {"phone_number": number, "display": number, "country": "US"} for number in ("+12125554155", "+14155550132")
    ]
    assert [one["phone_number"] for one in matching(free, "415")] == ["+14155550132", "+12125554155"]
    assert matching(free, "999") == []
