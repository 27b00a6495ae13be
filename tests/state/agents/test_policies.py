"""Whom an agent may put callers through to: added and removed in its draft, and refused at the field at fault."""

from typing import Any

import pytest

import state.agents.parts  # noqa: F401 - the states of a page are known before its tab is opened
from backend.agents import service as agents
from backend.core.tenancy import unit_of_work
from backend.vocab import AgentType
from state.agents.open_agent import AgentState
from state.agents.policies import PoliciesState
from tests.state.tab import sign_in

pytestmark = pytest.mark.usefixtures("db")

KITCHEN = {"label": "the kitchen", "phone_number": "(415) 555-0132", "mode": "blind", "when": "orders"}


async def test_a_telephone_is_added_to_the_draft_and_taken_off_it(org: Any) -> None:
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, AgentType.INBOUND_VOICE, "Ava")
    page = (await sign_in(org.owner)).go(f"/agents/{agent.id}?tab=functions")
    await page.call(AgentState.load)
    await page.call(AgentState.load_tab)
    shown, opened = await page.state(PoliciesState), await page.state(AgentState)
    await page.call(PoliciesState.begin, "numbers")
    await page.call(PoliciesState.add, {**KITCHEN, "phone_number": "call me"})
    assert shown.errors["phone_number"]
    await page.call(PoliciesState.add, {**KITCHEN, "label": ""})
    assert shown.errors["label"]
    await page.call(PoliciesState.add, KITCHEN)
    assert shown.adding == ""
    assert opened._values["transfer_numbers"] == [{**KITCHEN, "phone_number": "+14155550132"}]
    assert shown.numbers == [KITCHEN]
    await page.call(PoliciesState.begin, "numbers")
    await page.call(PoliciesState.add, {**KITCHEN, "mode": "warm"})
    assert shown.errors["label"]
    await page.call(PoliciesState.remove, "transfer_numbers", "the kitchen")
    assert opened._values["transfer_numbers"] == []
