"""Durable work of alerts: compare what customers write, and do what a match sets off."""

from datetime import timedelta
from uuid import UUID

from backend.alerts import firing, matching, occasions, service
from backend.core import jobs
from backend.core.tenancy import org_scope


@jobs.task(occasions.MATCH)
async def match(org_id: str, item_id: str) -> None:
    """Compare one message with what its agent listens for; running it again notes nothing twice."""
    with org_scope(UUID(org_id)):
        await matching.match(UUID(item_id))


# Eight tries over some ten minutes outlast a restart on the other side; what takes longer is for a person to see.
@jobs.task(service.ACT, retry=jobs.Backoff(attempts=8, longest=timedelta(minutes=5)), when_buried="alerts.give_up")
async def act(org_id: str, match_id: str) -> None:
    """Text, mail, post or note what matched, once."""
    with org_scope(UUID(org_id)):
        await firing.act(UUID(match_id))


@jobs.task("alerts.give_up")
async def give_up(org_id: str, match_id: str) -> None:
    """Mark a match whose action failed for good; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await firing.give_up(UUID(match_id))
