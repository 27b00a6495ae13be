"""Durable work of approvals: close a request whose time has run out."""

from uuid import UUID

from backend.approvals import service as approvals
from backend.core import jobs
from backend.core.tenancy import org_scope, unit_of_work


@jobs.task("approvals.expire")
async def expire(org_id: str, call_id: str) -> None:
    """Close a request that nobody decided; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        async with unit_of_work() as session:
            await approvals.expire(session, UUID(call_id))
