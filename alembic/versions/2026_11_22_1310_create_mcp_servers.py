"""Keep the servers of tools that an organization connected."""

from alembic import op
from backend.core.row_security import guard

revision = "1310"
down_revision = "1300"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE mcp_servers (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    slug VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    header_name VARCHAR NOT NULL,
    header_value BYTEA NOT NULL,
    tools JSONB NOT NULL,
    last_error VARCHAR NOT NULL,
    checked_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (org_id, slug),
    UNIQUE (org_id, url),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(guard("mcp_servers"))


def downgrade() -> None:
    op.drop_table("mcp_servers")
