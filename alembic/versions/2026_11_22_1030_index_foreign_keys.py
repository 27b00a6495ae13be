"""Let agents and numbers be deleted, and plans be listed, without reading whole tables."""

from alembic import op

revision = "1030"
down_revision = "1020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_sms_messages_agent_id ON sms_messages (agent_id)")
    op.execute("CREATE INDEX ix_sms_messages_number_id ON sms_messages (number_id)")
    op.execute("CREATE INDEX ix_agent_turns_agent_id ON agent_turns (agent_id)")
    op.execute("CREATE INDEX scheduled_actions_org ON scheduled_actions (org_id, id)")


def downgrade() -> None:
    op.execute(
        "DROP INDEX scheduled_actions_org, ix_agent_turns_agent_id, ix_sms_messages_number_id, ix_sms_messages_agent_id"
    )
