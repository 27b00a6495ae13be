"""Read servers of tools."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.mcp_servers import McpServer


async def servers(session: AsyncSession, org_id: UUID) -> Sequence[McpServer]:
    """Return the organization's servers, by name."""
    query = select(McpServer).where(McpServer.org_id == org_id).order_by(col(McpServer.name), col(McpServer.id))
    return (await session.exec(query)).all()


async def server(session: AsyncSession, org_id: UUID, server_id: UUID, *, for_update: bool = False) -> McpServer | None:
    """Return one server, or None."""
    query = select(McpServer).where(McpServer.org_id == org_id, McpServer.id == server_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def due(session: AsyncSession, before: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Return (organization, server) of servers that nobody looked at since `before`; needs platform scope."""
    query = (
        select(McpServer.org_id, McpServer.id)
        .where(col(McpServer.checked_at) < before)
        .order_by(col(McpServer.checked_at))
        .limit(limit)
    )
    return (await session.exec(query)).all()
