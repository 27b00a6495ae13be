"""Live changes for the sandbox's own pages: one queue per open page."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

_BACKLOG = 1000


class Events:
    """Tells every open page what happened; a page that cannot keep up misses the oldest."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[dict[str, Any]]] = set()

    def publish(self, event: dict[str, Any]) -> None:
        """Hand one change to all listeners."""
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    @contextlib.contextmanager
    def listen(self) -> Iterator[asyncio.Queue[dict[str, Any]]]:
        """Yield a queue that receives every change until the block ends."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=_BACKLOG)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)
