"""Memories over the API: the documented shapes, and what the team may write."""

from uuid import UUID

import pytest

from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core.tenancy import unit_of_work
from backend.models.memory import ConversationContext, MemoryFact, MemoryStretch
from backend.vocab import AgentType

ROW = {
    "id", "agent_id", "contact_phone", "contacts", "summary", "key_topics", "preferences", "relationship_notes",
    "interaction_count", "sms_interaction_count", "semantic_match_count", "last_updated",
}  # fmt: skip


@pytest.fixture
async def key(db, org, api) -> str:
    return await api.key_of(org.owner)


@pytest.fixture
async def kept(db, org) -> ConversationContext:
    """A memory of one customer with a fact and two conversations, one of them a call."""
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, AgentType.TEXT, "Ava")
            contact = await contacts.ensure_by_phone(session, "+14155550199")
            talk = await conversations.for_contact(session, contact.id)
            made = ConversationContext(
                org_id=org.org_id, contact_id=contact.id, agent_id=agent.id, summary="Came twice.",
                key_topics=["crown"], interaction_count=1, sms_interaction_count=1,
            )  # fmt: skip
            session.add(made)
            await session.flush()
            own = {"org_id": org.org_id, "context_id": made.id}
            session.add(MemoryFact(**own, content="Prefers mornings", quote="Mornings are best"))
            for channel in ("call", "sms"):
                session.add(
                    MemoryStretch(
                        **own, conversation_id=talk.id, agent_id=agent.id, channel=channel, summary=f"A {channel}."
                    )
                )
    return made


async def test_memories_are_listed_read_changed_and_forgotten(api, key, kept):
    listed = (await api.call("list-memories", {"agent_id": str(kept.agent_id)}, key=key)).json()
    (row,) = listed["memories"]
    assert (listed["total"], listed["has_more"], set(row)) == (1, False, ROW)
    assert (row["contact_phone"], row["contacts"]["phone_number"]) == ("+14155550199", "+14155550199")
    read = (await api.call("get-memory", {"memory_id": row["id"]}, key=key)).json()
    assert set(read) == ROW | {"facts", "call_history", "conversation_history", "created_at"}
    (fact,) = read["facts"]
    assert (fact["content"], fact["quote"]) == ("Prefers mornings", "Mornings are best")
    (call,) = read["call_history"]
    assert set(call) == {"id", "started_at", "duration_seconds", "call_summary", "direction"}
    assert len(read["conversation_history"]) == 2
    given = {
        "summary": "Came three times.",
        "key_topics": ["crown", "bridge"],
        "preferences": {"room": "quiet"},
        "relationship_notes": "Friendly.",
    }
    changed = await api.call("update-memory", {"memory_id": row["id"], **given}, key=key)
    assert {name: changed.json()[name] for name in given} == given
    assert (await api.call("delete-memory", {"memory_id": row["id"]}, key=key)).json() == {"success": True}
    assert (await api.call("get-memory", {"memory_id": row["id"]}, key=key)).status_code == 404
    assert (await api.call("list-memories", {"agent_id": str(kept.agent_id)}, key=key)).json()["memories"] == []


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({}, 400, None),
        ({"summary": "x" * 1001}, 422, "summary"),
        ({"key_topics": "crown"}, 422, "key_topics"),
        ({"preferences": {"a": {"b": 1}}}, 422, "preferences"),
        ({"relationship_notes": 7}, 422, "relationship_notes"),
    ],
)
async def test_what_is_no_memory_is_refused_at_its_field(api, key, kept, given, status, field):
    reply = await api.call("update-memory", {"memory_id": str(kept.id), **given}, key=key)
    assert reply.status_code == status, reply.text
    assert reply.json()["error"].get("details", {}).get("field") == field


async def test_memories_are_searched_by_words_and_meaning(api, key, kept):
    async def found(query):
        reply = await api.call("semantic-memory-search", {"agentId": str(kept.agent_id), "query": query}, key=key)
        return [UUID(one["id"]) for one in reply.json()["results"]]

    assert await found("mornings") == [kept.id]
    assert await found("555-0199".replace("-", "")) == [kept.id]
    assert await found("submarine") == []


async def test_an_agents_memory_is_set_over_the_api(api, key, kept):
    given = {
        "agent_id": str(kept.agent_id),
        "memory_enabled": True,
        "memory_config": {"max_history_calls": 10},
        "semantic_memory_config": {"similarity_threshold": 0.6},
    }
    changed = (await api.call("update-agent", given, key=key)).json()
    assert changed["memory_enabled"] is True
    assert changed["memory_config"]["max_history_calls"] == 10
    assert changed["memory_config"]["retention_days"] == 365
    for wrong in ({"memory_config": {"max_tokens": 9000}}, {"shared_memory_agent_ids": [str(kept.id)]}):
        reply = await api.call("update-agent", {"agent_id": str(kept.agent_id), **wrong}, key=key)
        assert reply.status_code == 422, reply.text
