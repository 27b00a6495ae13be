"""Forget what visitors began and left: sessions without a message, and files that were never sent."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from backend.core import clock
from backend.core.config import settings
from backend.core.tenancy import platform_scope, unit_of_work

KEPT_FOR = timedelta(days=1)
AT_ONCE = 1000
_FILES = text(
    "delete from chat_files where id in"
    " (select id from chat_files where message_id is null and created_at < :before limit :most) returning path"
)
_SESSIONS = text(
    "delete from chat_sessions where id in"
    " (select id from chat_sessions where last_seq = 0 and last_seen_at < :before limit :most)"
)


async def sweep() -> None:
    """Delete what is a day old, from the database first: a file without a row is harmless, a row without one is not."""
    values = {"before": clock.now() - KEPT_FOR, "most": AT_ONCE}
    with platform_scope("sweep web chat"):
        async with unit_of_work() as session:
            paths = [str(path) for path in (await session.execute(_FILES, values)).scalars()]
            await session.execute(_SESSIONS, values)
    await asyncio.to_thread(_unlink, paths)


def _unlink(paths: list[str]) -> None:
    for path in paths:
        (settings().media_dir / path).unlink(missing_ok=True)
