"""Keep by which template a call was made, so that its place in the conversation can say why."""

from alembic import op

revision = "1450"
down_revision = "1440"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
ALTER TABLE call_records
    ADD COLUMN template_id UUID REFERENCES message_templates (id) ON DELETE SET NULL,
    ADD COLUMN template_title VARCHAR NOT NULL DEFAULT '';
CREATE INDEX ix_call_records_template_id ON call_records (template_id);
""")


def downgrade() -> None:
    op.execute("ALTER TABLE call_records DROP COLUMN template_id, DROP COLUMN template_title")
