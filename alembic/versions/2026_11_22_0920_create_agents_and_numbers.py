"""Create agents, and the numbers they serve."""

from alembic import op
from backend.core.row_security import guard

revision = "0920"
down_revision = "0910"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE agent_configs (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    agent_type VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    system_prompt VARCHAR NOT NULL,
    greeting VARCHAR NOT NULL,
    organization_name VARCHAR NOT NULL,
    owner_name VARCHAR NOT NULL,
    agent_role VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    llm_model VARCHAR NOT NULL,
    temperature FLOAT NOT NULL,
    max_tokens INTEGER NOT NULL,
    texts_schedule JSONB NOT NULL,
    schedule_timezone VARCHAR NOT NULL,
    after_hours_message VARCHAR NOT NULL,
    after_hours_sms_forwarding VARCHAR NOT NULL,
    variables JSONB NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);

CREATE TABLE service_numbers (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    phone_number VARCHAR NOT NULL,
    phone_sid VARCHAR NOT NULL,
    friendly_name VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    is_active BOOLEAN NOT NULL,
    capabilities JSONB NOT NULL,
    agent_id UUID,
    text_agent_id UUID,
    outbound_agent_id UUID,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    UNIQUE (phone_number),
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL,
    FOREIGN KEY(text_agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL,
    FOREIGN KEY(outbound_agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL
);
CREATE INDEX ix_service_numbers_agent_id ON service_numbers (agent_id);
CREATE INDEX ix_service_numbers_outbound_agent_id ON service_numbers (outbound_agent_id);
CREATE INDEX ix_service_numbers_text_agent_id ON service_numbers (text_agent_id);
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(guard("agent_configs"))
    op.execute(guard("service_numbers"))


def downgrade() -> None:
    op.execute("""
DROP TABLE service_numbers CASCADE;
DROP TABLE agent_configs CASCADE;
""")
