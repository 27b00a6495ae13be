"""Count what one agent did in a period, day by day as its business counts days, beside the period before.

All of it is read from an index of turns (`agent_turns_figures`), so it stays quick at any number of conversations.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import call_figures, queries
from backend.agents.call_figures import CallTally
from backend.core import clock, spreadsheets
from backend.core.errors import Invalid, NotFound
from backend.core.tenancy import org_id_of
from backend.models.organizations import Organization
from backend.vocab import Channel

# Days of a period, today included; a single day is shown by the hour.
PERIODS = (1, 7, 30, 90)
CHANNELS = (Channel.SMS, Channel.CHAT, Channel.EMAIL, Channel.CALL)
# Times are counted in steps of five percent, which needs no sorting and is finer than anybody reads.
_STEPS = 20

# What is counted of the period before ends at this time of its last day, so that both are of one length.
_TAKEN = """
FROM agent_turns
WHERE org_id = :org AND agent_id = :agent AND created_at >= :start AND created_at < :until
  AND (created_at >= :middle OR created_at < :early) AND status <> 'running'
  AND (CAST(:channel AS text) = '' OR channel = :channel)
"""
# Which moment of the period a turn belongs to, from 1; 0 is the whole period before. The moments' beginnings are
# handed over, so that no clock change is reckoned a million times.
_BUCKET = "width_bucket(created_at, CAST(:begins AS timestamptz[])) AS bucket"
# What the whole period goes by among its moments.
_WHOLE = -1
_SUMS = """
  count(*) FILTER (WHERE answers > 0) AS conversations,
  count(*) FILTER (WHERE answers > 0 AND handed_over = 0 AND unanswered = 0) AS resolved,
  count(*) FILTER (WHERE handed_over > 0) AS handed_over,
  coalesce(sum(answers), 0) AS answers, coalesce(sum(unanswered), 0) AS unanswered,
  coalesce(sum(positive), 0) AS positive, coalesce(sum(neutral), 0) AS neutral, coalesce(sum(negative), 0) AS negative,
  coalesce(sum(cost_micros), 0) AS cost_micros
"""
_COUNTS = text(
    f"""
WITH pieces AS (
  SELECT conversation_id, {_BUCKET},
    count(*) FILTER (WHERE status <> 'skipped') AS answers,
    count(*) FILTER (WHERE status = 'handed_off') AS handed_over,
    count(*) FILTER (WHERE is_unanswered AND status <> 'skipped') AS unanswered,
    count(*) FILTER (WHERE sentiment = 'positive') AS positive,
    count(*) FILTER (WHERE sentiment = 'neutral') AS neutral,
    count(*) FILTER (WHERE sentiment = 'negative') AS negative,
    sum(cost_micros) AS cost_micros
  {_TAKEN} GROUP BY 1, 2
), whole AS (
  SELECT conversation_id, bucket > 0 AS is_now, sum(answers) AS answers, sum(handed_over) AS handed_over,
    sum(unanswered) AS unanswered, sum(positive) AS positive, sum(neutral) AS neutral, sum(negative) AS negative,
    sum(cost_micros) AS cost_micros
  FROM pieces GROUP BY 1, 2
)
SELECT CASE WHEN is_now THEN {_WHOLE} ELSE 0 END AS bucket, {_SUMS} FROM whole GROUP BY 1
UNION ALL
SELECT bucket, {_SUMS} FROM pieces WHERE bucket > 0 GROUP BY 1
"""  # noqa: S608 - pieces of our own
)
_TIMES = text(
    f"""
SELECT {_BUCKET}, round({_STEPS} * ln(greatest(total_ms, 1))) AS step, count(*) AS times
{_TAKEN} AND status <> 'skipped' AND total_ms > 0 GROUP BY 1, 2
"""
)
COUNTED = (
    "conversations", "answers", "resolved", "handed_over", "unanswered", "positive", "neutral", "negative",
    "cost_micros",
)  # fmt: skip


class Tally(TypedDict):
    """What an agent did: of `conversations`, some it `resolved` alone and some it handed over; `answers` are single
    ones, of which `unanswered` said that they do not know. How customers sounded is counted by their messages. Half of
    the answers took at most `usual_ms`, nearly all (95 of 100) at most `slow_ms`; 0 without any.
    """

    conversations: int
    answers: int
    resolved: int
    handed_over: int
    unanswered: int
    positive: int
    neutral: int
    negative: int
    cost_micros: int
    usual_ms: int
    slow_ms: int


class Moment(Tally):
    """One day of a period, or one hour of a day; `at` is its beginning in the business's own time (ISO 8601)."""

    at: str


@dataclass(frozen=True)
class Report:
    """A period, moment by moment and as a whole, and the whole of the period before; and the calls of both."""

    moments: list[Moment]
    now: Tally
    before: Tally
    zone: str
    calls_now: CallTally
    calls_before: CallTally


async def report(session: AsyncSession, agent_id: UUID, days: int = 30, channel: str = "") -> Report:
    """Return what an agent did in the last `days`, today included, on one channel or all.

    The period before ends at the same time of day, so that a day that is not over is compared with as much of a day.
    Raises `NotFound`, and `Invalid` for a period or channel that is not offered.
    """
    if days not in PERIODS:
        raise Invalid("Choose one of the periods.", field="days")
    if channel and channel not in CHANNELS:
        raise Invalid("Choose one of the channels.", field="channel")
    org_id = org_id_of(session)
    if await queries.agent(session, org_id, agent_id) is None:
        raise NotFound("This agent does not exist.")
    organization = await session.get(Organization, org_id)
    zone = ZoneInfo(organization.timezone if organization and organization.timezone else "UTC")
    until = clock.now().astimezone(zone)
    begins = _begins(until, days)
    wanted = {
        "org": org_id,
        "agent": agent_id,
        "start": _midnight(until, 2 * days - 1),
        "early": until - timedelta(days=days),
        "middle": begins[0],
        "until": until,
        "begins": begins,
        "channel": channel,
    }
    # A hundred thousand conversations are grouped in memory; at the usual setting they spill to the disk.
    await session.execute(text("set local work_mem = '64MB'"))
    counted = {int(row["bucket"]): row for row in await _rows(session, _COUNTS, wanted)}
    steps: dict[int, Counter[int]] = {}
    for row in await _rows(session, _TIMES, wanted):
        bucket, step, times = int(row["bucket"]), int(row["step"]), int(row["times"])
        for one in {bucket, _WHOLE if bucket else bucket}:
            steps.setdefault(one, Counter())[step] += times

    def tally(bucket: int) -> Tally:
        return _tally(counted.get(bucket, {}), steps.get(bucket, Counter()))

    moments = [
        Moment(at=at.replace(tzinfo=None).isoformat(), **tally(place)) for place, at in enumerate(begins, start=1)
    ]
    no_calls = CallTally(calls=0, answered=0, seconds=0)
    calls = await call_figures.figures(session, wanted) if channel in ("", Channel.CALL) else (no_calls, no_calls)
    return Report(moments, tally(_WHOLE), tally(0), zone.key, *calls)


async def table(session: AsyncSession, agent_id: UUID, days: int = 30, channel: str = "") -> str:
    """Return the moments of `report` as a spreadsheet reads them. Raises what it raises."""
    found = await report(session, agent_id, days, channel)
    head = ["begins", "time_zone", *COUNTED[:-1], "cost_usd", "usual_ms", "slow_ms"]
    rows = [
        [
            one["at"],
            found.zone,
            *(str(one[name]) for name in COUNTED[:-1]),  # type: ignore[literal-required]
            f"{one['cost_micros'] / 1_000_000:.6f}",
            str(one["usual_ms"]),
            str(one["slow_ms"]),
        ]
        for one in found.moments
    ]
    return spreadsheets.BYTE_ORDER_MARK + "".join(spreadsheets.line(row) for row in (head, *rows))


async def _rows(session: AsyncSession, query: Any, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await session.execute(query, dict(wanted))).mappings()]


def _midnight(until: datetime, days: int) -> datetime:
    """Return the beginning of the day so many days before, in the zone of `until`, whatever its clocks did."""
    day = until.date() - timedelta(days=days)
    return datetime.combine(day, datetime.min.time(), until.tzinfo)


def _begins(until: datetime, days: int) -> list[datetime]:
    """Return when each day of the period begins, or each hour of a single one."""
    if days > 1:
        return [_midnight(until, ago) for ago in range(days - 1, -1, -1)]
    first = _midnight(until, 0)
    hours = int((until - first.astimezone(UTC)).total_seconds() // 3600)
    # An hour is an hour, whatever the clocks do meanwhile.
    return [(first.astimezone(UTC) + timedelta(hours=hour)).astimezone(until.tzinfo) for hour in range(hours + 1)]


def _tally(row: Mapping[str, Any], steps: Counter[int]) -> Tally:
    counts = {name: int(row.get(name) or 0) for name in COUNTED}
    times = {"usual_ms": _within(steps, 0.5), "slow_ms": _within(steps, 0.95)}
    return cast(Tally, {**counts, **times})


def _within(steps: Counter[int], share: float) -> int:
    """Return how long at most this share of the answers took, to a step."""
    wanted, seen = math.ceil(sum(steps.values()) * share), 0
    for step in sorted(steps):
        seen += steps[step]
        if seen >= wanted:
            return round(math.exp(step / _STEPS))
    return 0
