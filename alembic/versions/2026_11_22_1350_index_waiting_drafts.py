"""Index the drafts, so that those that wait for a person are found without reading timelines."""

from alembic import op

revision = "1350"
down_revision = "1340"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX conversation_items_drafts ON conversation_items (org_id, conversation_id) WHERE kind = 'draft'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX conversation_items_drafts")
