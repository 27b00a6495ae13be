"""Keep what an agent was told of an answer, which the log's shortened answer no longer tells."""

from alembic import op

revision = "1190"
down_revision = "1180"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE tool_calls ADD COLUMN told JSONB NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE tool_calls ALTER COLUMN told DROP DEFAULT")


def downgrade() -> None:
    op.drop_column("tool_calls", "told")
