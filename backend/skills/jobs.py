"""Durable work of skills: the clock's tick, a look, a run, one message."""

from uuid import UUID

from backend.core import jobs
from backend.skills import delivering, running


@jobs.task("skills.run_due", is_tick=True)
async def run_due(timestamp: int) -> None:
    """Start skills that are due and claim messages that are."""
    await running.run_due()


@jobs.task(running.LOOK)
async def look(org_id: str, skill_id: str) -> None:
    """See whether something happened that a skill is for."""
    await running.look(UUID(org_id), UUID(skill_id))


@jobs.task(running.RUN, retry=jobs.Backoff(attempts=5), when_buried="skills.give_up")
async def run(org_id: str, run_id: str, contact_id: str = "") -> None:
    """Do one run of a skill."""
    await running.run(UUID(org_id), UUID(run_id), UUID(contact_id) if contact_id else None)


@jobs.task("skills.give_up")
async def give_up(org_id: str, run_id: str, contact_id: str = "") -> None:
    """Fail a run that broke for good; running it again changes nothing."""
    await running.give_up(UUID(org_id), UUID(run_id))


@jobs.task(running.DELIVER)
async def deliver(org_id: str, delivery_id: str) -> None:
    """Send one message of a run."""
    await delivering.deliver(UUID(org_id), UUID(delivery_id))
