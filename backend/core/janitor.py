"""Keep the queue and the short-lived tables clean, by the clock."""

from datetime import timedelta

from sqlalchemy import text

from backend.core import clock, jobs
from backend.core.ids import first_id
from backend.core.tenancy import platform_scope, unit_of_work

# How long each kind of short-lived row is worth keeping after it has served.
_SWEEPS = {
    "rate counters whose window is over": "delete from rate_counters where expires_at < :now",
    "one-time codes of yesterday": "delete from one_time_codes where expires_at < :now - interval '1 day'",
    "sessions that ended a month ago": (
        "delete from user_sessions where coalesce(revoked_at, expires_at) < :now - interval '30 days'"
    ),
    "answers kept for repeated requests": "delete from idempotency_keys where created_at < :now - interval '1 day'",
    # By the day they came, which has an index; those nobody could handle stay.
    "webhooks handled, of a month ago": (
        "delete from inbound_events where received_at < :now - interval '30 days' and processed_at is not null"
    ),
    "mails of the platform": "delete from system_emails where created_at < :now - interval '30 days'",
    # As long as `agents.removal.KEPT_FOR` says.
    "agents deleted a month ago": "delete from agent_configs where deleted_at < :now - interval '30 days'",
    "ticks of the clock": "delete from clock_ticks where nominal_at < :now - interval '2 days'",
}


# Histories that only grow: how long each is kept, and when a row of it has ended. Thirteen months let a year be
# compared with the last; runs of skills, with their deliveries, outlast the two years for which nobody is asked again.
_HISTORIES = {
    "tool_calls": (timedelta(days=396), "status not in ('waiting', 'approved', 'running')"),
    "semantic_matches": (timedelta(days=396), "finished_at is not null"),
    "skill_runs": (timedelta(days=760), "completed_at is not null"),
}
# So many rows in one transaction, and so many transactions an hour: whoever has years to sweep is not held up.
AT_ONCE, MOST_BATCHES = 2000, 20


@jobs.task("core.requeue_stalled", is_tick=True)
async def requeue_stalled(timestamp: int) -> None:
    """Give the jobs of dead workers back to the queue."""
    await jobs.requeue_stalled()


@jobs.task("core.sweep", is_tick=True)
async def sweep(timestamp: int) -> None:
    """Delete short-lived rows that have served."""
    for reason, statement in _SWEEPS.items():
        with platform_scope(f"sweep {reason}"):
            async with unit_of_work() as session:
                await session.execute(text(statement), {"now": clock.now()})


@jobs.task("core.sweep_histories", is_tick=True)
async def sweep_histories(timestamp: int) -> None:
    """Delete, in batches, what histories hold of long ago."""
    for table, (kept_for, has_ended) in _HISTORIES.items():
        edge = first_id(clock.now() - kept_for)
        batch = text(
            f"delete from {table} where id in"  # noqa: S608 - names of our tables
            f" (select id from {table} where id < :edge and {has_ended} order by id limit :most)"
        )
        for _ in range(MOST_BATCHES):
            with platform_scope(f"sweep old rows of {table}"):
                async with unit_of_work() as session:
                    gone = await session.execute(batch, {"edge": edge, "most": AT_ONCE})
            if gone.rowcount < AT_ONCE:  # type: ignore[attr-defined]
                break


@jobs.task("core.pulse", retry=jobs.Backoff(attempts=1))
async def pulse() -> None:
    """Do nothing: `magpipe doctor` sees by it that the queue moves."""
