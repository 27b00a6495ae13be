"""Durable work of servers of tools: look now and then whether they offer what was allowed."""

from backend.core import jobs
from backend.mcp_servers import service as mcp_servers


@jobs.task("mcp_servers.look_at_due", is_tick=True)
async def look_at_due(timestamp: int) -> None:
    """Look at servers nobody looked at for hours."""
    await mcp_servers.look_at_due()
