"""Durable work of tests: carry a round on."""

from uuid import UUID

from backend.core import jobs
from backend.core.tenancy import org_scope
from backend.evals import playing, replays, rounds


@jobs.task("evals.go_on", when_buried="evals.give_up")
async def go_on(org_id: str, round_id: str) -> None:
    """Play the next cases of a round; running it again plays none twice to its end."""
    with org_scope(UUID(org_id)):
        await rounds.go_on(UUID(org_id), UUID(round_id), playing.play, replays.take)


@jobs.task("evals.give_up")
async def give_up(org_id: str, round_id: str) -> None:
    """End a round that could not be carried on; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await rounds.give_up(UUID(org_id), UUID(round_id))
