"""Mail invitations."""

from uuid import UUID

from backend.core import jobs
from backend.core.tenancy import platform_scope, unit_of_work
from backend.organizations import service as organizations


@jobs.task("organizations.send_invitation")
async def send_invitation(member_id: str) -> None:
    """Mail an invitation, unless it was withdrawn or accepted meanwhile."""
    with platform_scope("mail an invitation"):
        async with unit_of_work() as session:
            await organizations.mail_invitation(session, UUID(member_id))
