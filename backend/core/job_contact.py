"""Keep a worker in touch with the database: it hears of new jobs again after an outage, and ends when it cannot beat.

Procrastinate (3.10.0) stops a worker whose listener or heartbeat fails, but watches them only until the first of its
side tasks ends, and one of them, the deferrer of periodic jobs, ends at once where none are registered, as here. A
worker would then live on deaf, or without a heartbeat and so taken for dead.
"""

import asyncio
from typing import Any

import procrastinate
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from backend.core.logging import log

# Between attempts to listen again; meanwhile the worker polls.
LISTEN_AGAIN_S = 1.0


class Queue(procrastinate.App):  # type: ignore[misc]
    """The queue's application; its workers are watched for as long as they run."""

    def _worker(self, **kwargs: Any) -> Worker:
        return _Watched(app=self, **{**self.worker_defaults, **kwargs})


class _Watched(Worker):  # type: ignore[misc]
    async def _periodic_deferrer(self) -> None:
        """Never end: periodic work is `scheduler`'s, and an end here would end the watch over the others."""
        await asyncio.Event().wait()


class Listening(JobManager):  # type: ignore[misc]
    """A manager that listens for new jobs until it is cancelled, whatever the connection does."""

    async def listen_for_jobs(self, **kwargs: Any) -> None:
        """Call back for every new job; what is announced while nobody hears it is found by polling."""
        while True:
            try:
                await super().listen_for_jobs(**kwargs)
            except ConnectorException as error:
                log.warning("jobs.listener_lost", error=str(error.__cause__ or error).strip())
            await asyncio.sleep(LISTEN_AGAIN_S)
