"""Durable work of web chat: forget what visitors began and left."""

from backend.chat import leftovers
from backend.core import jobs


@jobs.task("chat.sweep", is_tick=True)
async def sweep(timestamp: int) -> None:
    """Delete sessions in which nothing was written, and files that were never sent."""
    await leftovers.sweep()
