"""What an agent knows and which numbers it serves, from its page."""

from typing import Any
from uuid import UUID

import pytest

from backend.agents import service as agents
from backend.core.tenancy import unit_of_work
from backend.knowledge import service as knowledge
from backend.models.numbers import ServiceNumber
from backend.vocab import AgentType
from state.agents.deployment import DeploymentState
from state.agents.open_agent import AgentState
from state.knowledge.adding import SourceState
from state.knowledge.listing import KnowledgeState
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")


async def page_of(org: Any, agent_type: AgentType, tab: str) -> Tab:
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, agent_type, f"The {agent_type}")
    page = (await sign_in(org.owner)).go(f"/agents/{agent.id}?tab={tab}")
    await page.call(AgentState.load)
    await page.call(AgentState.load_tab)
    return page


async def number_of(org: Any, phone_number: str) -> UUID:
    with org.scope():
        async with unit_of_work() as session:
            number = ServiceNumber(org_id=org.org_id, phone_number=phone_number)
            session.add(number)
            await session.flush()
            return number.id


async def test_added_text_is_listed_and_the_dialog_closes(db: None, org: Any) -> None:
    page = await page_of(org, AgentType.TEXT, "knowledge")
    await page.call(SourceState.begin)
    await page.call(SourceState.choose_form, "text")
    await page.call(SourceState.save, {"title": "Hours", "content": "Open from 9 to 5."})
    listed, dialog = await page.state(KnowledgeState), await page.state(SourceState)
    assert [(one["title"], one["status"]) for one in listed.sources] == [("Hours", "pending")]
    assert not dialog.is_open
    assert dialog.content == ""


async def test_text_without_a_title_is_refused_at_its_field(db: None, org: Any) -> None:
    page = await page_of(org, AgentType.TEXT, "knowledge")
    await page.call(SourceState.begin)
    await page.call(SourceState.choose_form, "text")
    await page.call(SourceState.save, {"title": " ", "content": "Open from 9 to 5."})
    dialog = await page.state(SourceState)
    assert dialog.errors["title"]
    assert dialog.is_open
    await page.call(SourceState.save, {"title": "Hours", "content": ""})
    assert dialog.errors["content"]
    assert not dialog.errors["title"]


async def test_text_for_all_agents_belongs_to_none(db: None, org: Any) -> None:
    page = await page_of(org, AgentType.TEXT, "knowledge")
    await page.call(SourceState.begin)
    await page.call(SourceState.choose_form, "text")
    await page.call(SourceState.choose_agent, "")
    await page.call(SourceState.save, {"title": "Hours", "content": "Open from 9 to 5."})
    assert (await page.state(KnowledgeState)).sources[0]["agent_id"] == ""


async def test_removed_text_is_gone_after_the_question(db: None, org: Any) -> None:
    page = await page_of(org, AgentType.TEXT, "knowledge")
    await page.call(SourceState.begin)
    await page.call(SourceState.choose_form, "text")
    await page.call(SourceState.save, {"title": "Hours", "content": "Open from 9 to 5."})
    listed = await page.state(KnowledgeState)
    await page.call(KnowledgeState.ask_remove, listed.sources[0]["id"])
    assert listed.doomed_name == "Hours"
    assert len(listed.sources) == 1
    await page.call(KnowledgeState.remove)
    assert listed.sources == []


async def test_strangers_text_can_be_neither_read_nor_removed(db: None, org: Any, make_org: Any) -> None:
    with org.scope():
        async with unit_of_work() as session:
            source = await knowledge.add_text(session, org.owner, "Prices", "A cleaning costs $120.")
    page = await page_of(await make_org("South Dental"), AgentType.TEXT, "knowledge")
    await page.call(SourceState.edit, str(source.id))
    await page.call(KnowledgeState.ask_remove, str(source.id))
    (await page.state(KnowledgeState)).doomed_id = str(source.id)
    await page.call(KnowledgeState.remove)
    assert (await page.state(SourceState)).content == ""
    with org.scope():
        async with unit_of_work() as session:
            assert (await knowledge.get(session, source.id))["title"] == "Prices"


@pytest.mark.parametrize(
    ("agent_type", "column"),
    [
        (AgentType.TEXT, "text_agent_id"),
        (AgentType.INBOUND_VOICE, "agent_id"),
        (AgentType.OUTBOUND_VOICE, "outbound_agent_id"),
    ],
)
async def test_number_is_served_in_the_slot_of_the_agents_type(
    db: None, org: Any, agent_type: AgentType, column: str
) -> None:
    number_id = await number_of(org, "+14155550132")
    page = await page_of(org, agent_type, "deployment")
    shown = await page.state(DeploymentState)
    assert [one["id"] for one in shown.others] == [str(number_id)]
    await page.call(DeploymentState.serve, str(number_id))
    assert [one["id"] for one in shown.served] == [str(number_id)]
    with org.scope():
        async with unit_of_work() as session:
            stored = await session.get_one(ServiceNumber, number_id)
            assert str(getattr(stored, column)) == (await page.state(AgentState)).id
    await page.call(DeploymentState.leave, str(number_id))
    assert shown.served == []


async def test_strangers_number_cannot_be_served(db: None, org: Any, make_org: Any) -> None:
    number_id = await number_of(await make_org("South Dental"), "+14155550132")
    page = await page_of(org, AgentType.TEXT, "deployment")
    answer = await page.call(DeploymentState.serve, str(number_id))
    assert answer is not None
    assert (await page.state(DeploymentState)).served == []
