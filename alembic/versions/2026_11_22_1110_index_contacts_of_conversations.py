"""Leave conversations of deleted contacts out of the inbox without reading them, and find those that need a person."""

from alembic import op

revision = "1110"
down_revision = "1100"
branch_labels = None
depends_on = None

COLUMNS = "status, assignee_id, team_id, agent_id, last_channel, last_direction, needs_person, sentiment"


def upgrade() -> None:
    op.execute("DROP INDEX conversations_org_filters")
    op.execute(
        f"CREATE INDEX conversations_org_filters ON conversations (org_id, last_item_at, id)"
        f" INCLUDE ({COLUMNS}, contact_id)"
    )
    op.execute("CREATE INDEX conversations_needed ON conversations (org_id, last_item_at, id) WHERE needs_person")


def downgrade() -> None:
    op.execute("DROP INDEX conversations_needed, conversations_org_filters")
    op.execute(
        f"CREATE INDEX conversations_org_filters ON conversations (org_id, last_item_at, id) INCLUDE ({COLUMNS})"
    )
