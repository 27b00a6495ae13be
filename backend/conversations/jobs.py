"""Durable work on conversations: bring snoozed ones back by the clock, give away those of somebody who left."""

from uuid import UUID

from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import jobs
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.vocab import AuthorKind

# More than come due in one tick wait for the next.
AT_ONCE = 500


@jobs.task("conversations.wake_due", is_tick=True)
async def wake_due(timestamp: int) -> None:
    """Reopen every snoozed conversation whose time has come, each in its own transaction."""
    with platform_scope("find snoozed conversations that are due"):
        async with unit_of_work() as session:
            due = await conversations.due_snoozes(session, AT_ONCE)
    for org_id, conversation_id in due:
        with org_scope(org_id):
            async with unit_of_work() as session:
                await conversations.wake(session, conversation_id)


@jobs.task("conversations.hand_over")
async def hand_over(
    org_id: str, leaver_id: str, member_id: str, member_name: str, assignee_id: str = "", team_id: str = ""
) -> None:
    """Give away what is assigned to somebody who left, step by step, each in its own transaction."""
    member = Author(AuthorKind.MEMBER, member_name, UUID(member_id))
    is_left = True
    with org_scope(UUID(org_id)):
        while is_left:
            async with unit_of_work() as session:
                is_left = await conversations.hand_over(
                    session,
                    UUID(leaver_id),
                    member,
                    assignee_id=UUID(assignee_id) if assignee_id else None,
                    team_id=UUID(team_id) if team_id else None,
                )
