"""Let a membership begin as an invitation, bind codes to a browser, and let the health page see the schema."""

from alembic import op
from backend.core.db import APP_ROLE, PLATFORM_ROLE

revision = "0950"
down_revision = "0940"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(f"GRANT SELECT ON alembic_version TO {APP_ROLE}, {PLATFORM_ROLE}")
    op.execute("""
ALTER TABLE organization_members ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE organization_members ADD COLUMN invited_at timestamptz;
ALTER TABLE organization_members ADD COLUMN invited_by VARCHAR NOT NULL DEFAULT '';
CREATE UNIQUE INDEX organization_members_email ON organization_members (email, org_id) WHERE status <> 'removed';

ALTER TABLE one_time_codes ADD COLUMN browser_hash VARCHAR NOT NULL DEFAULT '';
ALTER TABLE one_time_codes ADD COLUMN name VARCHAR NOT NULL DEFAULT '';
ALTER TABLE one_time_codes ADD COLUMN password_hash VARCHAR NOT NULL DEFAULT '';
CREATE INDEX ix_one_time_codes_browser_hash ON one_time_codes (browser_hash);
""")


def downgrade() -> None:
    op.execute(f"REVOKE SELECT ON alembic_version FROM {APP_ROLE}, {PLATFORM_ROLE}")  # noqa: S608 - our own role names
    op.execute("""
DROP INDEX ix_one_time_codes_browser_hash;
ALTER TABLE one_time_codes DROP COLUMN password_hash;
ALTER TABLE one_time_codes DROP COLUMN name;
ALTER TABLE one_time_codes DROP COLUMN browser_hash;

DROP INDEX organization_members_email;
DELETE FROM organization_members WHERE user_id IS NULL;
ALTER TABLE organization_members DROP COLUMN invited_by;
ALTER TABLE organization_members DROP COLUMN invited_at;
ALTER TABLE organization_members ALTER COLUMN user_id SET NOT NULL;
""")
