"""Let people call by their own phone: which number that is for each, and which calls rang it first."""

from alembic import op

revision = "1460"
down_revision = "1450"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
ALTER TABLE organization_members
    ADD COLUMN own_phone VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN own_phone_proven_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE call_records ADD COLUMN own_phone VARCHAR NOT NULL DEFAULT '';
""")


def downgrade() -> None:
    op.execute("ALTER TABLE call_records DROP COLUMN own_phone")
    op.execute("ALTER TABLE organization_members DROP COLUMN own_phone, DROP COLUMN own_phone_proven_at")
