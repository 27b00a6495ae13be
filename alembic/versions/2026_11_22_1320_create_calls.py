"""Keep calls, what happens in them, and whose calls go straight to a person."""

from alembic import op
from backend.core.row_security import guard

revision = "1320"
down_revision = "1310"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE call_records (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    number_id UUID,
    agent_id UUID,
    agent_version INTEGER NOT NULL,
    started_by_user_id UUID,
    direction VARCHAR NOT NULL,
    caller_number VARCHAR NOT NULL,
    service_number VARCHAR NOT NULL,
    vendor_call_id VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,
    goal VARCHAR NOT NULL,
    prompt_override VARCHAR NOT NULL,
    variables JSONB NOT NULL,
    caller_data JSONB NOT NULL,
    status VARCHAR NOT NULL,
    disposition VARCHAR NOT NULL,
    disposition_reason VARCHAR NOT NULL,
    started_at timestamptz NOT NULL,
    answered_at timestamptz,
    ended_at timestamptz,
    duration_s INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    attempted_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(number_id) REFERENCES service_numbers (id) ON DELETE SET NULL,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL,
    FOREIGN KEY(started_by_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX call_records_vendor_key ON call_records (vendor_call_id) WHERE vendor_call_id <> '';
CREATE INDEX call_records_org_recent ON call_records (org_id, id);
CREATE INDEX call_records_conversation ON call_records (conversation_id, id);
CREATE INDEX call_records_contact ON call_records (contact_id);
CREATE INDEX ix_call_records_number_id ON call_records (number_id);
CREATE INDEX ix_call_records_agent_id ON call_records (agent_id);
CREATE INDEX call_records_open ON call_records (status, updated_at)
    WHERE status in ('initiated','ringing','in_progress');

CREATE TABLE call_events (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    call_id UUID NOT NULL,
    source VARCHAR NOT NULL,
    event_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    at timestamptz NOT NULL,
    data JSONB NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (call_id, source, event_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(call_id) REFERENCES call_records (id) ON DELETE CASCADE
);
CREATE INDEX call_events_call ON call_events (call_id, at);

CREATE TABLE call_whitelist (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    caller_number VARCHAR NOT NULL,
    forward_to VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (agent_id, caller_number),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE
);
"""

NAMES = ("call_records", "call_events", "call_whitelist")


def upgrade() -> None:
    op.execute(TABLES)
    for name in NAMES:
        op.execute(guard(name))


def downgrade() -> None:
    for name in ("call_whitelist", "call_events", "call_records"):
        op.drop_table(name)
