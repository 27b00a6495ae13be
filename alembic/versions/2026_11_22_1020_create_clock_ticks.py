"""Remember each tick of the clock, so that it is enqueued once from any number of processes."""

from alembic import op
from backend.core.row_security import guard

revision = "1020"
down_revision = "1010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
CREATE TABLE clock_ticks (
    task VARCHAR NOT NULL,
    nominal_at timestamptz NOT NULL,
    PRIMARY KEY (task, nominal_at)
)
""")
    op.execute(guard("clock_ticks", org_column=None))


def downgrade() -> None:
    op.execute("DROP TABLE clock_ticks")
