"""Keep the queue and the short-lived tables clean, by the clock."""

from sqlalchemy import text

from backend.core import clock, jobs
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


@jobs.task("core.pulse", retry=jobs.Backoff(attempts=1))
async def pulse() -> None:
    """Do nothing: `magpipe doctor` sees by it that the queue moves."""
