"""Keep a worker in touch with the database: it hears of new jobs again after an outage, and ends when it cannot beat.

Procrastinate (3.10.0) stops a worker whose listener or heartbeat fails, but watches them only until the first of its
side tasks ends, and one of them, the deferrer of periodic jobs, ends at once where none are registered, as here. A
worker would then live on deaf, or without a heartbeat and so taken for dead.
"""

import asyncio
from typing import Any
from weakref import WeakSet

import procrastinate
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from backend.core.logging import log

# Between attempts to listen again; meanwhile the worker polls.
LISTEN_AGAIN_S = 1.0


class Queue(procrastinate.App):  # type: ignore[misc]
    """The queue's application; its workers are watched for as long as they run."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._workers: WeakSet[_Watched] = WeakSet()

    def _worker(self, **kwargs: Any) -> Worker:
        worker = _Watched(app=self, **{**self.worker_defaults, **kwargs})
        self._workers.add(worker)
        return worker

    def look_again(self) -> bool:
        """Have a worker of this process look into the queue now; False when there is none that takes jobs."""
        return any(worker.look_again() for worker in self._workers)


class _Watched(Worker):  # type: ignore[misc]
    _must_look = False

    def look_again(self) -> bool:
        """Look into the queue once more, however the look in progress ends; False when this worker takes no jobs."""
        if self._loop is None or self._stop_event.is_set():
            return False
        self._must_look = True
        self._new_job_event.set()
        return True

    async def _fetch_and_process_jobs(self) -> None:
        self._must_look = True
        while self._must_look and not self._stop_event.is_set():
            self._must_look = False
            await super()._fetch_and_process_jobs()

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
