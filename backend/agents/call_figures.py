"""Count the calls an agent served in a period beside the period before."""

from collections.abc import Mapping
from typing import Any, TypedDict

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

_CALLS = text("""
SELECT created_at >= :middle AS is_now, count(*) AS calls,
  count(*) FILTER (WHERE answered_at IS NOT NULL) AS answered, coalesce(sum(duration_s), 0) AS seconds
FROM call_records
WHERE org_id = :org AND agent_id = :agent AND created_at >= :start AND created_at < :until
  AND (created_at >= :middle OR created_at < :early)
GROUP BY 1
""")


class CallTally(TypedDict):
    """Calls of an agent: how many came or went, how many of them were answered, and how long those took together."""

    calls: int
    answered: int
    seconds: int


async def figures(session: AsyncSession, wanted: Mapping[str, Any]) -> tuple[CallTally, CallTally]:
    """Return the calls of the period and of the one before; `wanted` names the agent and the ends of both."""
    given = {name: wanted[name] for name in ("org", "agent", "start", "early", "middle", "until")}
    rows = {bool(row["is_now"]): row for row in (await session.execute(_CALLS, given)).mappings()}
    now, before = (
        CallTally(
            calls=int(rows[is_now]["calls"]) if is_now in rows else 0,
            answered=int(rows[is_now]["answered"]) if is_now in rows else 0,
            seconds=int(rows[is_now]["seconds"]) if is_now in rows else 0,
        )
        for is_now in (True, False)
    )
    return now, before
