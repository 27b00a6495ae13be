"""Keep which details every agent finds out, and what was found out in each conversation."""

from alembic import op
from backend.core.row_security import guard

revision = "1180"
down_revision = "1170"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE shared_details (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    definition JSONB NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org_id, name),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);

CREATE TABLE conversation_details (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    var_type VARCHAR NOT NULL,
    content JSONB NOT NULL,
    is_confirmed BOOLEAN NOT NULL,
    agent_id UUID,
    agent_name VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (conversation_id, name),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL
);
CREATE INDEX ix_conversation_details_agent_id ON conversation_details (agent_id);
"""

NAMES = ("shared_details", "conversation_details")


def upgrade() -> None:
    op.execute(TABLES)
    for name in NAMES:
        op.execute(guard(name))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_table(name)
