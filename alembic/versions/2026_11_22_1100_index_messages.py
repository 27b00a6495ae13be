"""List an organization's texts, and those that did not arrive, without reading others'."""

from alembic import op

revision = "1100"
down_revision = "1090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
CREATE INDEX sms_messages_org_recent ON sms_messages (org_id, id);
CREATE INDEX sms_messages_org_problems ON sms_messages (org_id, id) WHERE status IN ('failed', 'undelivered');
""")


def downgrade() -> None:
    op.execute("DROP INDEX sms_messages_org_problems, sms_messages_org_recent")
