"""Durable work of contacts: take a file in, erase a person, and let go of what was deleted long ago."""

from datetime import timedelta
from uuid import UUID

from backend.contacts import erasing, importing
from backend.core import jobs


@jobs.task("contacts.run_import", retry=jobs.Backoff(attempts=20, longest=timedelta(minutes=1)))
async def run_import(org_id: str, import_id: str) -> None:
    """Take a file in from where it stopped; running it again changes nothing."""
    await importing.run(UUID(org_id), UUID(import_id))


@jobs.task("contacts.erase", retry=jobs.Backoff(attempts=20))
async def erase(org_id: str, erasure_id: str) -> None:
    """Erase a person everywhere; running it again finds nothing more."""
    await erasing.run(UUID(org_id), UUID(erasure_id))


@jobs.task("contacts.tidy", is_tick=True)
async def tidy(timestamp: int) -> None:
    """Erase who was deleted a month ago, and forget files nobody imported."""
    await erasing.purge()
    await importing.sweep_files()
