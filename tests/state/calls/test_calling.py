"""The dialog that has an agent call: a template fills it in, and what only a person knows is asked for."""

from uuid import UUID

import pytest
from sqlalchemy import update

from backend.contacts import service as contacts
from backend.core.tenancy import unit_of_work
from backend.models.contacts import Contact
from backend.models.templates import MessageTemplate
from backend.organizations import service as organizations
from state.calls.calling import OWN_PHONE, CallingState
from state.calls.own_phone import OwnPhoneState
from tests.state.tab import sign_in

TEMPLATE = {"kind": "call", "is_shared": True, "title": "Remind", "goal": "They come"}


@pytest.fixture
async def contact(line):
    with line.org.scope():
        async with unit_of_work() as session:
            found = await contacts.ensure_by_phone(session, line.caller)
            await session.execute(update(Contact).values(first_name="Dana", name="Dana Ruiz"))
            return str(found.id)


async def written(line, body, **fields):
    with line.org.scope():
        async with unit_of_work() as session:
            made = MessageTemplate(
                org_id=line.org.org_id, user_id=line.org.owner.user_id, **{**TEMPLATE, **fields}, body=body
            )
            session.add(made)
    return str(made.id)


async def test_the_teams_first_template_is_filled_in_and_what_it_misses_is_asked_for(line, contact, db):
    chosen = await written(line, "Remind {{contact.first_name}} of {{day}}", is_default=True)
    other = await written(line, "Say thanks", title="Thanks")
    page = await sign_in(line.org.owner)
    await page.call(CallingState.begin, contact)
    state = await page.state(CallingState)
    assert (state.template_id, state.purpose, state.goal) == (chosen, "Remind Dana of {{day}}", "They come")
    assert [one["name"] for one in state.asked] == ["day"]
    await page.call(CallingState.choose, other)
    assert (state.purpose, state.asked) == ("Say thanks", [])
    await page.call(CallingState.choose, chosen)
    form = {
        "call_agent_id": str(line.agent.id),
        "call_caller_id": line.number.phone_number,
        "call_purpose": state.purpose + " at three",
        "call_goal": state.goal,
    }
    await page.call(CallingState.save, form)
    assert "day" in state.errors["dynamic_variables"]
    assert await line.calls() == []
    await page.call(CallingState.save, {**form, "call_given_day": "Tuesday"})
    (call,) = await line.calls()
    assert (call.purpose, call.template_id) == ("Remind Dana of Tuesday at three", UUID(chosen))
    assert call.variables == {"day": "Tuesday"}
    assert not state.is_open


async def test_who_has_a_phone_of_their_own_may_call_by_it_and_sees_how_that_goes(line, contact, db):
    page = await sign_in(line.org.owner)
    await page.call(CallingState.begin, contact)
    state = await page.state(CallingState)
    assert OWN_PHONE not in [one["value"] for one in state.agents]
    with line.org.scope():
        async with unit_of_work() as session:
            await organizations.set_own_phone(session, line.org.owner, "+14155550155")
    await page.call(CallingState.begin, contact)
    assert (state.by, state.agents[-1]["value"]) == (str(line.agent.id), OWN_PHONE)
    await page.call(CallingState.choose_caller, "nobody")
    assert state.by == str(line.agent.id)
    await page.call(CallingState.choose_caller, OWN_PHONE)
    form = {"call_agent_id": OWN_PHONE, "call_caller_id": line.number.phone_number}
    assert await page.call(CallingState.save, form) is None
    (call,) = await line.calls()
    assert (call.own_phone, call.agent_id) == ("+14155550155", None)
    assert (await page.state(OwnPhoneState)).call["id"] == str(call.id)
    assert not state.is_open
