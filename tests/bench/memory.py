"""Measure what remembering adds to an answer: choosing a customer's facts, earlier conversations and patterns.

The customer has 200 facts, all of them about the question, and the agent 6,000 conversations with others, of which the
newest 1,000 are looked at. The floor is reading the facts alone.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import numpy
from sqlalchemy import insert, select
from sqlmodel import col

from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.memory import service as memory
from backend.memory.recalling import vector_of
from backend.models.accounts import User
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.memory import ConversationContext, MemoryFact, MemoryStretch
from backend.models.organizations import Organization
from backend.vocab import AgentType, MemberRole
from tests.bench.measure import Row, ms, timed

FACTS, OTHERS, RUNS = 200, 6_000, 100
QUESTION = "Can I come in the morning, and is there parking for my wheelchair?"
DIMENSIONS = 384


async def rows() -> list[Row]:
    """Fill one organization, then time what an answer is told with and without its vector, and the bare read."""
    vector = await vector_of(QUESTION)
    org_id, agent_id, contact_id, context_id = await _fill(vector.values if vector else ())
    rules = memory.MemoryRules(is_on=True, is_semantic=True, similarity=0.3)
    asker = memory.Asker(contact_id, agent_id)
    with org_scope(org_id):

        async def recall() -> object:
            return await memory.recall(asker, rules, QUESTION, vector)

        async def whole() -> object:
            return await memory.recall(asker, rules, QUESTION, await vector_of(QUESTION))

        async def bare() -> object:
            async with unit_of_work() as session:
                query = select(col(MemoryFact.content)).where(col(MemoryFact.context_id) == context_id)
                return (await session.execute(query)).all()

        chosen, with_vector, floor = await timed(recall, RUNS), await timed(whole, RUNS), await timed(bare, RUNS)
        told = await memory.recall(asker, rules, QUESTION, vector)
    size = sum(-(-len(one.text.encode()) // 3) for one in told.chosen)
    return [
        Row(
            f"memory for an answer, {FACTS} facts, {OTHERS:,} conversations of others",
            "p95 ≤ 30 ms",
            ms(chosen, 0.5, 0.95),
            ms(floor, 0.5, 0.95),
            "the facts read alone",
        ),
        Row("the same with the question embedded here", "p95 ≤ 50 ms", ms(with_vector, 0.5, 0.95), "", "MiniLM"),
        Row("memory in a prompt", f"≤ {rules.max_tokens} tokens", f"{size} tokens", "", f"of {FACTS} facts"),
    ]


async def _fill(question: Sequence[float]) -> tuple[UUID, UUID, UUID, UUID]:
    numbers = numpy.random.default_rng(7)

    def vectors(count: int, near: Sequence[float] = ()) -> list[list[float]]:
        drawn = numbers.standard_normal((count, DIMENSIONS))
        drawn += numpy.array(near) * DIMENSIONS**0.5 if near else 0
        unit: list[list[float]] = (drawn / numpy.linalg.norm(drawn, axis=1, keepdims=True)).tolist()
        return unit

    with platform_scope("fill a database to measure memory"):
        async with unit_of_work() as session:
            user = User(email=f"{new_id().hex}@example.com", name="Owner", password_hash="none")
            session.add(user)
            await session.flush()
            business = Organization(name="Bench", owner_id=user.id)
            session.add(business)
            await session.flush()
    owner = Principal(user.id, business.id, "Owner", user.email, MemberRole.OWNER)
    with org_scope(business.id):
        async with unit_of_work() as session:
            agent = await agents.create(session, owner, AgentType.TEXT, "Ava", memory_enabled=True)
            contact = await contacts.ensure_by_phone(session, "+14155550199")
            own = ConversationContext(
                org_id=business.id, contact_id=contact.id, agent_id=agent.id, summary="Comes often."
            )
            session.add(own)
            await session.flush()
            facts = [
                MemoryFact(
                    org_id=business.id,
                    context_id=own.id,
                    content=f"Fact number {place}",
                    word_hash=str(place),
                    embedding_local=vector,
                )
                for place, vector in enumerate(vectors(FACTS, question))
            ]
            await session.execute(insert(MemoryFact), [one.model_dump() for one in facts])
        for start in range(0, OTHERS, 2000):
            people = [Contact(org_id=business.id, name=f"Person {start + place}") for place in range(2000)]
            talks = [Conversation(org_id=business.id, contact_id=one.id) for one in people]
            kept = [ConversationContext(org_id=business.id, contact_id=one.id, agent_id=agent.id) for one in people]
            read = [
                MemoryStretch(
                    org_id=business.id, conversation_id=talk.id, context_id=context.id, agent_id=agent.id,
                    summary="Asked for a time.", topics=["parking"], embedding_local=vector,
                    ended_at=clock.now() - timedelta(minutes=start + place),
                )
                for place, (talk, context, vector) in enumerate(zip(talks, kept, vectors(2000), strict=True))
            ]  # fmt: skip
            async with unit_of_work() as session:
                for model, made in (
                    (Contact, people), (Conversation, talks), (ConversationContext, kept), (MemoryStretch, read),
                ):  # fmt: skip
                    await session.execute(insert(model), [_plain(one) for one in made])
    return business.id, agent.id, contact.id, own.id


def _plain(row: object) -> dict[str, object]:
    return {name: value for name, value in row.model_dump().items() if name not in ("search", "words")}  # type: ignore[attr-defined]
