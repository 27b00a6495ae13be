"""Run the durable work of recordings."""

from datetime import datetime
from uuid import UUID

from backend.core import clock, jobs
from backend.core.jobs import Backoff
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.recordings import bringing, hearing, making, queries, retention

# Each try costs money; a message that nobody could hear can still be played.
PATIENCE = Backoff(attempts=5)


@jobs.task("recordings.complete")
async def complete(org_id: str, recording_id: str) -> None:
    """Write down what the file of a recording holds; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await making.complete(UUID(recording_id))


@jobs.task("recordings.find_unfinished", is_tick=True)
async def find_unfinished(timestamp: int) -> None:
    """Have recordings completed whose worker died: what it wrote until then is kept."""
    with platform_scope("find recordings that nobody completes"):
        async with unit_of_work() as session:
            for org_id, recording_id in await queries.unfinished(session, clock.now()):
                await making.complete_soon(session, org_id, recording_id)


@jobs.task("recordings.remove_old", is_tick=True)
async def remove_old(timestamp: int) -> None:
    """Remove recordings and words of calls that their organization keeps no longer."""
    await retention.remove_old()


@jobs.task("recordings.bring", when_buried="recordings.give_up")
async def bring(org_id: str, call_id: str, sid: str, began_at: str) -> None:
    """Store what the carrier recorded of a call; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await bringing.bring(UUID(call_id), sid, datetime.fromisoformat(began_at))


@jobs.task("recordings.hear", retry=PATIENCE)
async def hear(org_id: str, recording_id: str) -> None:
    """Write down what is said in a message that a caller left; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await hearing.hear(UUID(recording_id))


@jobs.task("recordings.give_up")
async def give_up(org_id: str, call_id: str, sid: str, began_at: str) -> None:
    """Show a recording as missing that the carrier did not give; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await bringing.give_up(UUID(call_id), sid)


@jobs.task("recordings.find_missed", is_tick=True)
async def find_missed(timestamp: int) -> None:
    """Have the carrier asked for recordings that it never told of."""
    await bringing.find_missed()
