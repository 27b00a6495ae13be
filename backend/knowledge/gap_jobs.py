"""Gather the questions agents could not answer, a minute after they were asked at the latest."""

from datetime import timedelta
from uuid import UUID

from backend.core import clock, jobs
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.knowledge import gaps
from backend.knowledge.searching import vector_of

# What was not gathered within a week, because nothing ran, is left.
SINCE = timedelta(days=7)
MOST = 200


@jobs.task("knowledge.gather_gaps", is_tick=True)
async def gather_gaps(timestamp: int) -> None:
    """Put each new question without an answer with those that ask the same."""
    with platform_scope("find questions without an answer"):
        async with unit_of_work() as session:
            found = await gaps.ungathered(session, clock.now() - SINCE, MOST)
    for org_id, turn_id in found:
        await _gather(org_id, turn_id)


async def _gather(org_id: UUID, turn_id: UUID) -> None:
    with org_scope(org_id):
        async with unit_of_work() as session:
            question = await gaps.question_of(session, turn_id)
        vector = await vector_of(question) if question else None
        async with unit_of_work() as session:
            await gaps.note(session, turn_id, question, vector.values if vector else None)
