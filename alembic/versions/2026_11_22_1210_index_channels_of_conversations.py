"""Find the conversations of a rare channel without reading through those of the common ones."""

from alembic import op

revision = "1210"
down_revision = "1200"
branch_labels = None
depends_on = None

INDEX = "conversations_org_channel_recent"


def upgrade() -> None:
    op.create_index(INDEX, "conversations", ["org_id", "last_channel", "last_item_at", "id"])


def downgrade() -> None:
    op.drop_index(INDEX, "conversations")
