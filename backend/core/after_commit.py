"""Act on something outside the database once a transaction has committed."""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlmodel.ext.asyncio.session import AsyncSession


def after_commit(session: AsyncSession, act: Callable[[], None]) -> None:
    """Call `act` when the session's transaction commits, never when it rolls back.

    A savepoint's release counts too, so `act` may run early as well and must be harmless to repeat. It must be quick
    and must not touch the database: forget a cached value, wake a task.
    """

    def committed(_: Session) -> None:
        act()

    event.listen(session.sync_session, "after_commit", committed)
