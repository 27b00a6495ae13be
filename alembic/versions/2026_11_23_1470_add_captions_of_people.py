"""Let calls of people be written down while they are spoken: a choice of each number, off until somebody makes it."""

from alembic import op

revision = "1470"
down_revision = "1460"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE service_numbers ADD COLUMN writes_calls_down BOOLEAN NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("ALTER TABLE service_numbers DROP COLUMN writes_calls_down")
