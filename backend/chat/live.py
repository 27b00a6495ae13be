"""Tell the web processes that hold visitors' sockets what happened in a session, over PostgreSQL's NOTIFY.

What is stored is told by number alone, and read from the database by whoever shows it. Only what is never stored
travels whole: that somebody is typing, and the pieces of an answer while a model writes it.
"""

import asyncio
import json
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.logging import log
from backend.core.tenancy import unit_of_work

CHANNEL = "magpipe_chat"
# Ten times a second reads as flowing text; each is one small notification.
EVERY_S = 0.1
LAST_PIECE_WITHIN_S = 2.0
# A notification holds at most 8,000 bytes (PostgreSQL); a character of UTF-8 has four, and JSON may double quotes.
MOST_CHARACTERS = 1_500
_NOTIFY = text("select pg_notify(:channel, :payload)")
# Nothing is lost with a piece of an answer, so its commit need not wait for the disk.
_UNSAFE_COMMIT = text("set local synchronous_commit = off")


async def tell(session: AsyncSession, session_id: UUID, kind: str, **data: Any) -> None:
    """Tell of a change when the transaction commits. Kinds: `new` (`seq`), `state`, `typing` (`name`), `ended`."""
    payload = json.dumps({"s": session_id.hex, "k": kind, **data}, separators=(",", ":"))
    connection = await session.connection()
    await connection.execute(_NOTIFY, {"channel": CHANNEL, "payload": payload})


class Stream:
    """Sends an answer to the visitor while it is written: give it the text so far, as often as it grows.

    Works in the organization scope of its caller. A piece that cannot be sent is left out: the stored message follows.
    """

    def __init__(self, session_id: UUID, turn_id: UUID) -> None:
        self._session_id = session_id
        self._turn = turn_id.hex
        self._text = ""
        self._sent = ""
        self._task: asyncio.Task[None] | None = None
        self._has_ended = asyncio.Event()

    async def grow(self, text_so_far: str) -> None:
        """Take the answer as it stands; an answer that was begun anew replaces what was shown."""
        self._text = text_so_far
        if self._task is None:
            self._task = asyncio.create_task(self._send())

    async def end(self) -> None:
        """Stop sending. A piece on its way arrives: a statement that is broken off costs its connection."""
        self._has_ended.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=LAST_PIECE_WITHIN_S)
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _send(self) -> None:
        while not self._has_ended.is_set():
            if self._text != self._sent:
                at = len(self._sent) if self._text.startswith(self._sent) else 0
                piece = self._text[at : at + MOST_CHARACTERS]
                try:
                    async with unit_of_work() as session:
                        await session.execute(_UNSAFE_COMMIT)
                        await tell(session, self._session_id, "piece", turn=self._turn, at=at, text=piece)
                except Exception as error:
                    log.warning("chat.piece_lost", error=repr(error))
                self._sent = self._text[: at + len(piece)]
            with suppress(TimeoutError):
                await asyncio.wait_for(self._has_ended.wait(), EVERY_S)
