"""Let a transaction that wakes the workers itself, after its commit, enqueue without a NOTIFY of its own."""

from alembic import op

revision = "1090"
down_revision = "1080"
branch_labels = None
depends_on = None

# Replacing a trigger takes no lock that readers or the previous release's transactions would wait for long.
_TRIGGER = """
CREATE OR REPLACE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1
    AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN ({condition})
    EXECUTE FUNCTION procrastinate_notify_queue_job_inserted_v1()
"""
_WAITS = "new.status = 'todo'::procrastinate_job_status"
_UNANNOUNCED = "current_setting('app.wakes_workers', true) IS DISTINCT FROM 'after_commit'"


def upgrade() -> None:
    op.execute(_TRIGGER.format(condition=f"{_WAITS} AND {_UNANNOUNCED}"))


def downgrade() -> None:
    op.execute(_TRIGGER.format(condition=_WAITS))
