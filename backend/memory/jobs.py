"""Durable work on memory: read conversations that ended, learn what corrected facts mean, and let go of old ones."""

from datetime import timedelta
from uuid import UUID

from backend.agents import service as agents
from backend.core import clock, jobs
from backend.core.errors import Unavailable
from backend.core.jobs import Backoff
from backend.core.tenancy import org_id_of, org_scope, platform_scope, unit_of_work
from backend.memory import alike, queries, reading, recalling, rules, unread

AT_ONCE = 200
# A reading that is lost with its worker is begun again by then.
LEASE = timedelta(hours=1)
# A model that cannot read a conversation in four tries reads it no better in eight, and each costs money.
PATIENCE = Backoff(attempts=4)


@jobs.task("memory.find_due", is_tick=True)
async def find_due(timestamp: int) -> None:
    """Have every conversation read that ended since the last tick."""
    with platform_scope("find conversations to remember"):
        async with unit_of_work() as session:
            found = await unread.due(session, clock.now(), AT_ONCE)
    for org_id, conversation_id in found:
        with org_scope(org_id):
            async with unit_of_work() as session:
                await unread.put_off(session, org_id, conversation_id, clock.now() + LEASE)
                await jobs.defer(
                    session,
                    "memory.update",
                    lock=f"memory:{conversation_id}",
                    queueing_lock=f"memory:{conversation_id}",
                    urgency=jobs.Urgency.CAN_WAIT,
                    org_id=str(org_id),
                    conversation_id=str(conversation_id),
                )


@jobs.task("memory.update", retry=PATIENCE, when_buried="memory.give_up")
async def update(org_id: str, conversation_id: str) -> None:
    """Remember what was said in a conversation; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await reading.update(UUID(conversation_id))


@jobs.task("memory.give_up")
async def give_up(org_id: str, conversation_id: str) -> None:
    """Leave a conversation that nobody could read until its next message."""
    with org_scope(UUID(org_id)):
        await reading.give_up(UUID(conversation_id))


@jobs.task("memory.embed")
async def embed(org_id: str, context_id: str) -> None:
    """Find the meaning of facts that people wrote or corrected; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        async with unit_of_work() as session:
            facts = await queries.facts_whole(session, org_id_of(session), [UUID(context_id)])
            wanted = {one.id: one.content for one in facts if getattr(one, alike.column()) is None}
        vectors = {fact_id: await recalling.vector_of(content) for fact_id, content in wanted.items()}
        async with unit_of_work() as session:
            for fact in await queries.facts_whole(session, org_id_of(session), [UUID(context_id)]):
                vector = vectors.get(fact.id)
                if vector is not None and fact.content == wanted[fact.id]:
                    setattr(fact, vector.space.column, list(vector.values))
                    session.add(fact)
        if None in vectors.values():
            raise Unavailable("The meaning of a fact cannot be found now.", code="no_embedding")


@jobs.task("memory.tidy", is_tick=True)
async def tidy(timestamp: int) -> None:
    """Let go of facts whose time is over, and of what agents keep no longer."""
    with platform_scope("let go of what agents remember no longer"):
        async with unit_of_work() as session:
            await queries.expire(session, clock.now())
            found = await queries.agents_that_remember(session)
    for org_id, agent_id in found:
        with org_scope(org_id):
            async with unit_of_work() as session:
                days = rules.of(agents.view(await agents.get(session, agent_id))).keeps_days
                if days:
                    await queries.age_out(session, org_id, agent_id, clock.now() - timedelta(days=days))
