"""Bring snoozed conversations back by the clock."""

from backend.conversations import service as conversations
from backend.core import jobs
from backend.core.tenancy import org_scope, platform_scope, unit_of_work

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
