"""Tell every web process what changed: NOTIFY rides the transaction, one LISTEN per process hears it.

A notification says only what changed and where (organization, kind, ids); the listener reads the rows once and
patches its tabs. Whoever reconnects cannot know what it missed, so it is told to resync instead.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.db import conninfo, role_options
from backend.core.logging import log

CHANNEL = "magpipe_changes"
# PostgreSQL drops an idle peer only when it writes; asking is how a half-open connection is noticed.
CHECK_EVERY_S = 15.0
_NOTIFY = text("select pg_notify(:channel, :payload)")


@dataclass(frozen=True)
class Change:
    """What changed: `kind` is `subject.action`; the ids say where. At most 8,000 bytes as JSON (PostgreSQL's limit)."""

    org: str
    kind: str
    conversation: str = ""
    seq: int = 0
    subject: str = ""


async def announce(
    session: AsyncSession,
    org_id: UUID,
    kind: str,
    *,
    conversation_id: UUID | None = None,
    seq: int = 0,
    subject: str = "",
) -> None:
    """Notify listeners of a change when, and only when, the session's transaction commits."""
    change = Change(str(org_id), kind, str(conversation_id or ""), seq, subject)
    connection = await session.connection()
    await connection.execute(
        _NOTIFY,
        {"channel": CHANNEL, "payload": json.dumps(asdict(change), separators=(",", ":"))},
    )


async def announce_many(
    session: AsyncSession, org_id: UUID, kind: str, places: Sequence[tuple[UUID, int]], *, subject: str = ""
) -> None:
    """Notify listeners of the same change in many conversations, given as (id, seq), in one statement."""
    payloads = [
        json.dumps(asdict(Change(str(org_id), kind, str(conversation_id), seq, subject)), separators=(",", ":"))
        for conversation_id, seq in places
    ]
    connection = await session.connection()
    await connection.execute(
        text("select pg_notify(:channel, payload) from unnest(cast(:payloads as text[])) payload"),
        {"channel": CHANNEL, "payloads": payloads},
    )


async def listen(
    on_change: Callable[[Change], Awaitable[None]],
    on_resync: Callable[[], Awaitable[None]],
    name: str = "web",
    *,
    is_late: bool = False,
) -> None:
    """Call `on_change` for every change, for ever; after a lost connection call `on_resync` once it is back.

    Who `is_late` may have missed something before the first connection too. Errors of the callbacks are logged and do
    not end the loop. Cancel the task to stop.
    """

    async def read(payload: str) -> None:
        if (change := change_of(payload)) is not None:
            await on_change(change)

    await listen_to({CHANNEL: read}, on_resync, name, is_late=is_late)


async def listen_to(
    channels: Mapping[str, Callable[[str], Awaitable[None]]],
    on_resync: Callable[[], Awaitable[None]],
    name: str,
    *,
    is_late: bool = False,
) -> None:
    """Call each channel's function with every payload told on it, over one connection; else as `listen`."""
    wait_s, has_missed = 0.2, is_late
    while True:
        try:
            options: dict[str, Any] = {**role_options(), "application_name": f"magpipe-listen-{name}"}
            async with await psycopg.AsyncConnection.connect(
                conninfo(), autocommit=True, connect_timeout=5, **options
            ) as connection:
                for channel in channels:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                if has_missed:
                    log.info("realtime.reconnected", listener=name)
                    await _guarded(on_resync())
                has_missed, wait_s = True, 0.2
                while True:
                    async for notice in connection.notifies(timeout=CHECK_EVERY_S):
                        await _guarded(channels[notice.channel](notice.payload))
                    await connection.execute("select 1")
        except (psycopg.Error, OSError) as error:
            log.warning("realtime.disconnected", listener=name, error=str(error).strip())
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, 5.0)


def change_of(payload: str) -> Change | None:
    """Return a change, without what a newer release may say of it; None for what is none."""
    known = {field.name for field in fields(Change)}
    try:
        said: dict[str, Any] = json.loads(payload)
        return Change(**{name: value for name, value in said.items() if name in known})
    except (ValueError, TypeError, AttributeError):
        log.warning("realtime.unreadable", payload=payload[:200])
        return None


async def _guarded(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        log.exception("realtime.listener_failed")
