"""Wake the workers once a transaction that enqueued work has committed, from outside that transaction.

NOTIFY inside a transaction makes its commit take one lock for the whole database and hold it until the disk has the
commit (PostgreSQL's `PreCommit_Notify`), so that commits queue one behind the other's flush and never share one. A
transaction that does nothing but NOTIFY has nothing to flush. The cost: when a process dies between the two, its
job starts with the workers' next look at the table, a second later.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from procrastinate.exceptions import AppNotOpen, ConnectorException
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.after_commit import after_commit
from backend.core.logging import log

_RING = """select pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 0}')"""
_IS_SET = "job_bell.is_set"


class Bell:
    """Rings at most once at a time: commits that come while it rings are covered by one more ring after it."""

    def __init__(self, connector: Callable[[], Any]) -> None:
        self._connector = connector
        self._ringing: asyncio.Task[None] | None = None
        self._again = False

    def set(self, session: AsyncSession) -> None:
        """Ring when the session's transaction commits; it has told the queue's trigger to be quiet (`tenancy`)."""
        if session.info.get(_IS_SET):
            return
        session.info[_IS_SET] = True
        after_commit(session, self.ring)

    def ring(self) -> None:
        """Wake the workers now."""
        self._again = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        while self._again:
            self._again = False
            try:
                await self._connector().execute_query_async(_RING)
            except (AppNotOpen, ConnectorException) as error:
                log.debug("jobs.unannounced", error=repr(error))
