"""Let people choose to be mailed when a note mentions them and they do not look."""

from alembic import op

revision = "1140"
down_revision = "1130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the choice, which nobody has made."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE inbox_preferences ADD COLUMN has_mail BOOLEAN NOT NULL DEFAULT false")


def downgrade() -> None:
    """Forget it."""
    op.execute("ALTER TABLE inbox_preferences DROP COLUMN has_mail")
