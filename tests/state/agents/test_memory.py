"""The Memory part of an agent's page: its rules go into the draft, and its list shows what is, at once."""

from typing import Any
from uuid import UUID

import pytest

from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.core.tenancy import unit_of_work
from backend.memory import proof
from backend.models.memory import ConversationContext, MemoryFact
from backend.vocab import AgentType
from state.agents.memory import AgentMemoryState
from state.agents.open_agent import AgentState
from state.contacts.forgetting import ForgetState
from state.contacts.memory import ContactMemoryState
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")


async def page_of(org: Any, *facts: str) -> tuple[Tab, UUID, UUID]:
    """Open the part of an agent that remembers these facts of a customer."""
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, AgentType.TEXT, "Ava")
            other = await agents.create(session, org.owner, AgentType.TEXT, "Bea")
            contact = await contacts.ensure_by_phone(session, "+14155550199")
            memory = ConversationContext(org_id=org.org_id, contact_id=contact.id, agent_id=agent.id, summary="Often.")
            session.add(memory)
            await session.flush()
            key = str(org.org_id)
            for fact in facts:
                marks = {"word_hash": proof.fingerprint(fact, key), "marks": proof.marks(fact, key)}
                session.add(MemoryFact(org_id=org.org_id, context_id=memory.id, content=fact, **marks))
    page = (await sign_in(org.owner)).go(f"/agents/{agent.id}?tab=memory")
    await page.call(AgentState.load)
    await page.call(AgentState.load_tab)
    return page, other.id, contact.id


async def test_the_rules_are_changed_in_the_draft(org: Any) -> None:
    page, other, _ = await page_of(org)
    await page.call(AgentMemoryState.switch, "memory_enabled", True)
    await page.call(AgentMemoryState.choose, "memory_config", "retention_days", "90")
    await page.call(AgentMemoryState.choose, "semantic_memory_config", "similarity_threshold", "0.6")
    await page.call(AgentMemoryState.flag, "memory_config", "include_key_topics", False)
    await page.call(AgentMemoryState.link, str(other), True)
    shown, opened = await page.state(AgentMemoryState), await page.state(AgentState)
    assert (shown.switches["memory_enabled"], shown.options["retention_days"]) == (True, "90")
    assert (shown.flags["include_key_topics"], shown.options["similarity_threshold"]) == (False, "0.6")
    assert [one["linked"] for one in shown.others] == ["true"]
    assert opened.changed == 4, "each field once, however many of its options changed"
    assert opened._values["shared_memory_agent_ids"] == [str(other)]
    await page.call(AgentMemoryState.choose, "memory_config", "max_tokens", "90000")
    assert (await page.state(AgentMemoryState)).options["max_tokens"] == "400"


async def test_the_list_is_searched_and_a_memory_opened_corrected_struck_and_forgotten(org: Any) -> None:
    page, _, contact = await page_of(org, "Likes tea", "Lives in Hamburg")
    shown = await page.state(AgentMemoryState)
    assert [(row["summary"], row["fact_count"]) for row in shown.rows] == [("Often.", 2)]
    await page.call(AgentMemoryState.search, "hamburg")
    assert len(shown.rows) == 1
    await page.call(AgentMemoryState.search, "submarine")
    assert (shown.rows, shown.total) == ([], 0)
    await page.call(AgentMemoryState.search, "")
    await page.call(AgentMemoryState.open_memory, shown.rows[0]["id"])
    facts = {fact["content"]: fact["id"] for fact in shown.opened[0]["facts"]}
    person = page.go(f"/contacts/{contact}")
    await person.call(ContactMemoryState.load)
    await person.call(ContactMemoryState.correct, facts["Lives in Hamburg"], "Lives in Bremen")
    await person.call(ContactMemoryState.strike, facts["Likes tea"])
    held = await person.state(ContactMemoryState)
    assert [fact["content"] for fact in held.memories[0]["facts"]] == ["Lives in Bremen"]
    await person.call(ForgetState.ask, held.memories[0]["memory"]["id"])
    await person.call(ForgetState.forget)
    await person.call(ContactMemoryState.load)
    assert held.memories == []
