"""Keep alerts: topics that agents listen for, and each message that was about one."""

from alembic import op
from backend.core.row_security import guard

revision = "1230"
down_revision = "1220"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE semantic_match_actions (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    template_id UUID,
    name VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    examples JSONB NOT NULL,
    threshold FLOAT NOT NULL,
    channels JSONB NOT NULL,
    cooldown_minutes INTEGER NOT NULL,
    is_cooldown_per_customer BOOLEAN NOT NULL,
    action_type VARCHAR NOT NULL,
    action_config JSONB NOT NULL,
    secret BYTEA NOT NULL,
    words VARCHAR NOT NULL,
    is_active BOOLEAN NOT NULL,
    vector_space VARCHAR NOT NULL,
    vectors JSONB NOT NULL,
    last_triggered_at timestamptz,
    trigger_count INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (agent_id, name),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE,
    FOREIGN KEY(template_id) REFERENCES message_templates (id) ON DELETE SET NULL
);
CREATE INDEX ix_semantic_match_actions_template_id ON semantic_match_actions (template_id);
CREATE INDEX semantic_match_actions_active ON semantic_match_actions (org_id) WHERE is_active;

CREATE TABLE semantic_matches (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    action_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    item_id UUID NOT NULL,
    channel VARCHAR NOT NULL,
    score FLOAT NOT NULL,
    phrase VARCHAR NOT NULL,
    excerpt VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    result VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    attempted_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (action_id, item_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(action_id) REFERENCES semantic_match_actions (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(item_id) REFERENCES conversation_items (id) ON DELETE CASCADE
);
CREATE INDEX ix_semantic_matches_conversation_id ON semantic_matches (conversation_id);
CREATE INDEX ix_semantic_matches_item_id ON semantic_matches (item_id);
CREATE INDEX semantic_matches_action ON semantic_matches (action_id, id);
"""

NAMES = ("semantic_match_actions", "semantic_matches")


def upgrade() -> None:
    op.execute(TABLES)
    for name in NAMES:
        op.execute(guard(name))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_table(name)
