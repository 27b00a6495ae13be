"""Let people answer one chat while the agent goes on with the rest of its contact's conversation."""

from alembic import op

revision = "1130"
down_revision = "1120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark, and until when it holds."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE chat_sessions ADD COLUMN is_with_people BOOLEAN NOT NULL DEFAULT false")
    op.execute("ALTER TABLE chat_sessions ADD COLUMN with_people_until timestamptz")


def downgrade() -> None:
    """Forget it."""
    op.execute("ALTER TABLE chat_sessions DROP COLUMN with_people_until")
    op.execute("ALTER TABLE chat_sessions DROP COLUMN is_with_people")
