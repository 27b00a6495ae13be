"""Keep functions every agent may call, the secrets they carry, and the log of every tool call."""

from alembic import op
from backend.core.row_security import guard

revision = "1150"
down_revision = "1140"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE shared_functions (
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

CREATE TABLE function_secrets (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    purpose VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);
CREATE INDEX function_secrets_org ON function_secrets (org_id, purpose);

CREATE TABLE tool_calls (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    key VARCHAR NOT NULL,
    conversation_id UUID,
    turn_id UUID,
    agent_id UUID,
    agent_name VARCHAR NOT NULL,
    agent_version INTEGER NOT NULL,
    channel VARCHAR NOT NULL,
    function_id UUID,
    name VARCHAR NOT NULL,
    arguments JSONB NOT NULL,
    status VARCHAR NOT NULL,
    result VARCHAR NOT NULL,
    request JSONB NOT NULL,
    http_status INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    ms INTEGER NOT NULL,
    is_test BOOLEAN NOT NULL,
    allowed_by UUID,
    allowed_by_name VARCHAR NOT NULL,
    decided_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (org_id, key),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(turn_id) REFERENCES agent_turns (id) ON DELETE SET NULL,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL,
    FOREIGN KEY(allowed_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX ix_tool_calls_agent_id ON tool_calls (agent_id);
CREATE INDEX ix_tool_calls_allowed_by ON tool_calls (allowed_by);
CREATE INDEX ix_tool_calls_conversation_id ON tool_calls (conversation_id);
CREATE INDEX ix_tool_calls_turn_id ON tool_calls (turn_id);
CREATE INDEX tool_calls_function ON tool_calls (function_id, id);
CREATE INDEX tool_calls_org ON tool_calls (org_id, created_at);
"""

NAMES = ("shared_functions", "function_secrets", "tool_calls")


def upgrade() -> None:
    op.execute(TABLES)
    for name in NAMES:
        op.execute(guard(name))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_table(name)
