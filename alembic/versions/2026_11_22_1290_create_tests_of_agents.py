"""Keep tests of agents: suites, cases, the rounds that ran them, and conversations replayed against a draft."""

from alembic import op
from backend.core.row_security import guard

revision = "1290"
down_revision = "1280"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE test_suites (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_id UUID,
    name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    is_gathered BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE
);
CREATE INDEX ix_test_suites_agent_id ON test_suites (agent_id);
CREATE INDEX test_suites_org ON test_suites (org_id, agent_id);

CREATE TABLE test_cases (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    suite_id UUID NOT NULL,
    agent_id UUID,
    conversation_id UUID,
    name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    definition JSONB NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(suite_id) REFERENCES test_suites (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX ix_test_cases_agent_id ON test_cases (agent_id);
CREATE INDEX ix_test_cases_conversation_id ON test_cases (conversation_id);
CREATE INDEX ix_test_cases_suite_id ON test_cases (suite_id);

CREATE TABLE test_rounds (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    suite_id UUID,
    kind VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    live_version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    snapshot JSONB NOT NULL,
    status VARCHAR NOT NULL,
    started_by UUID,
    started_by_name VARCHAR NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE,
    FOREIGN KEY(suite_id) REFERENCES test_suites (id) ON DELETE SET NULL,
    FOREIGN KEY(started_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX ix_test_rounds_started_by ON test_rounds (started_by);
CREATE INDEX ix_test_rounds_suite_id ON test_rounds (suite_id);
CREATE INDEX test_rounds_agent ON test_rounds (agent_id, kind, id);

CREATE TABLE test_runs (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    round_id UUID NOT NULL,
    suite_id UUID,
    case_id UUID,
    conversation_id UUID,
    position INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    definition JSONB NOT NULL,
    status VARCHAR NOT NULL,
    attempt INTEGER NOT NULL,
    ending VARCHAR NOT NULL,
    state JSONB NOT NULL,
    lines JSONB NOT NULL,
    checks JSONB NOT NULL,
    error VARCHAR NOT NULL,
    turns INTEGER NOT NULL,
    cost_micros BIGINT NOT NULL,
    total_ms INTEGER NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (round_id, position),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(round_id) REFERENCES test_rounds (id) ON DELETE CASCADE,
    FOREIGN KEY(suite_id) REFERENCES test_suites (id) ON DELETE SET NULL,
    FOREIGN KEY(case_id) REFERENCES test_cases (id) ON DELETE SET NULL,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX ix_test_runs_case_id ON test_runs (case_id);
CREATE INDEX ix_test_runs_conversation_id ON test_runs (conversation_id);
CREATE INDEX ix_test_runs_suite_id ON test_runs (suite_id);
CREATE INDEX test_runs_org ON test_runs (org_id, id);

CREATE TABLE replayed_turns (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    round_id UUID NOT NULL,
    turn_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    status VARCHAR NOT NULL,
    attempt INTEGER NOT NULL,
    changes JSONB NOT NULL,
    reply VARCHAR NOT NULL,
    error VARCHAR NOT NULL,
    cost_micros BIGINT NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (round_id, turn_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(round_id) REFERENCES test_rounds (id) ON DELETE CASCADE,
    FOREIGN KEY(turn_id) REFERENCES agent_turns (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX ix_replayed_turns_conversation_id ON replayed_turns (conversation_id);
CREATE INDEX ix_replayed_turns_turn_id ON replayed_turns (turn_id);
"""

NAMES = ("test_suites", "test_cases", "test_rounds", "test_runs", "replayed_turns")


def upgrade() -> None:
    op.execute(TABLES)
    for name in NAMES:
        op.execute(guard(name))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_table(name)
