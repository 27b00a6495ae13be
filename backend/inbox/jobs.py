"""Durable work of the inbox: change very many conversations step by step, take that back, sweep what has served."""

from uuid import UUID

from backend.core import jobs
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.inbox import service as inbox


@jobs.task("inbox.run_bulk")
async def run_bulk(org_id: str, bulk_id: str) -> None:
    """Change conversations step by step, each in its own transaction; a second run changes nothing twice."""
    after = None
    with org_scope(UUID(org_id)):
        while True:
            async with unit_of_work() as session:
                after = await inbox.run_step(session, UUID(bulk_id), after)
            if after is None:
                return


@jobs.task("inbox.undo_bulk")
async def undo_bulk(org_id: str, bulk_id: str) -> None:
    """Take changes back step by step."""
    with org_scope(UUID(org_id)):
        is_left = True
        while is_left:
            async with unit_of_work() as session:
                is_left = await inbox.undo_step(session, UUID(bulk_id))


@jobs.task("inbox.mail_mention")
async def mail_mention(org_id: str, conversation_id: str, user_id: str) -> None:
    """Mail somebody who was mentioned and has not looked; running it again mails nothing twice."""
    with org_scope(UUID(org_id)):
        await inbox.mail_unread(UUID(conversation_id), UUID(user_id))


@jobs.task("inbox.sweep", is_tick=True)
async def sweep(timestamp: int) -> None:
    """Delete what cannot be undone any more, and files nobody sent."""
    with platform_scope("sweep undone bulk work and unsent files"):
        async with unit_of_work() as session:
            await inbox.sweep(session)
