"""Run the durable work of calls."""

from uuid import UUID

from backend.calls import callbacks
from backend.core import jobs


@jobs.task("calls.apply")
async def apply(event_id: str) -> None:
    """Write what the carrier told into the log of its call."""
    await callbacks.apply(UUID(event_id))
