"""Keep what somebody said who merely typed an address apart from what the contact said."""

from alembic import op

revision = "1200"
down_revision = "1190"
branch_labels = None
depends_on = None

KEY = "conversation_details_conversation_id_name_key"
NEW_KEY = "conversation_details_conversation_id_told_in_name_key"


def upgrade() -> None:
    op.execute("alter table conversation_details add column told_in varchar not null default ''")
    op.execute("alter table conversation_details alter column told_in drop default")
    op.drop_constraint(KEY, "conversation_details")
    op.create_unique_constraint(NEW_KEY, "conversation_details", ["conversation_id", "told_in", "name"])


def downgrade() -> None:
    op.execute("delete from conversation_details where told_in <> ''")
    op.drop_constraint(NEW_KEY, "conversation_details")
    op.create_unique_constraint(KEY, "conversation_details", ["conversation_id", "name"])
    op.drop_column("conversation_details", "told_in")
