"""Keep the skills of agents: their settings, each run, and each person it concerned."""

from alembic import op
from backend.core.row_security import guard

revision = "1250"
down_revision = "1240"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE agent_skills (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    skill VARCHAR NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    config JSONB NOT NULL,
    audience JSONB NOT NULL,
    sending_window JSONB NOT NULL,
    trigger_type VARCHAR NOT NULL,
    schedule_config JSONB NOT NULL,
    delivery_channels JSONB NOT NULL,
    recipients JSONB NOT NULL,
    daily_limit INTEGER NOT NULL,
    memory JSONB NOT NULL,
    enabled_at timestamptz,
    next_look_at timestamptz,
    last_executed_at timestamptz,
    execution_count INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (agent_id, skill),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE
);
CREATE INDEX agent_skills_due ON agent_skills (next_look_at) WHERE is_enabled and next_look_at is not null;

CREATE TABLE skill_runs (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_skill_id UUID NOT NULL,
    occasion VARCHAR NOT NULL,
    trigger_type VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    is_dry_run BOOLEAN NOT NULL,
    started_by VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    result JSONB NOT NULL,
    error_message VARCHAR NOT NULL,
    started_at timestamptz,
    completed_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (agent_skill_id, occasion),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_skill_id) REFERENCES agent_skills (id) ON DELETE CASCADE
);
CREATE INDEX skill_runs_newest ON skill_runs (agent_skill_id, id);

CREATE TABLE skill_deliveries (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_skill_id UUID NOT NULL,
    run_id UUID NOT NULL,
    contact_id UUID,
    conversation_id UUID,
    message_id UUID,
    occasion VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    context JSONB NOT NULL,
    outcome VARCHAR NOT NULL,
    reason_code VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    is_dry_run BOOLEAN NOT NULL,
    due_at timestamptz,
    expires_at timestamptz,
    sent_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_skill_id) REFERENCES agent_skills (id) ON DELETE CASCADE,
    FOREIGN KEY(run_id) REFERENCES skill_runs (id) ON DELETE CASCADE,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(message_id) REFERENCES sms_messages (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX skill_deliveries_occasion ON skill_deliveries (agent_skill_id, occasion) WHERE not is_dry_run;
CREATE INDEX skill_deliveries_due ON skill_deliveries (due_at) WHERE outcome = 'waiting' and not is_dry_run;
CREATE INDEX skill_deliveries_run ON skill_deliveries (run_id, id);
CREATE INDEX skill_deliveries_contact ON skill_deliveries (contact_id, sent_at);
CREATE INDEX skill_deliveries_sent ON skill_deliveries (agent_skill_id, sent_at) WHERE sent_at is not null;
CREATE INDEX ix_skill_deliveries_conversation_id ON skill_deliveries (conversation_id);
CREATE INDEX ix_skill_deliveries_message_id ON skill_deliveries (message_id);
"""

NAMES = ("agent_skills", "skill_runs", "skill_deliveries")


def upgrade() -> None:
    op.execute(TABLES)
    for name in NAMES:
        op.execute(guard(name))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_table(name)
