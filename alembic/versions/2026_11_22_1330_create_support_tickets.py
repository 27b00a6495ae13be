"""Keep tickets: what a team has promised its customers to look into."""

from alembic import op
from backend.core.row_security import guard

revision = "1330"
down_revision = "1320"
branch_labels = None
depends_on = None

TABLE = """
ALTER TABLE organizations ADD COLUMN last_ticket_number BIGINT DEFAULT 1000 NOT NULL;

CREATE TABLE support_tickets (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    number BIGINT NOT NULL,
    conversation_id UUID NOT NULL,
    subject VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    priority VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    assignee_id UUID,
    due_on DATE,
    opened_by VARCHAR NOT NULL,
    opened_by_user_id UUID,
    agent_id UUID,
    agent_version INTEGER NOT NULL,
    call_id UUID,
    told_in VARCHAR NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (org_id, number),
    UNIQUE (org_id, call_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(assignee_id) REFERENCES users (id) ON DELETE SET NULL,
    FOREIGN KEY(opened_by_user_id) REFERENCES users (id) ON DELETE SET NULL,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL
);
CREATE INDEX support_tickets_list ON support_tickets (org_id, status, id);
CREATE INDEX support_tickets_conversation ON support_tickets (conversation_id, id);
CREATE INDEX ix_support_tickets_assignee_id ON support_tickets (assignee_id);
CREATE INDEX ix_support_tickets_opened_by_user_id ON support_tickets (opened_by_user_id);
CREATE INDEX ix_support_tickets_agent_id ON support_tickets (agent_id);
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(guard("support_tickets"))


def downgrade() -> None:
    op.drop_table("support_tickets")
    op.drop_column("organizations", "last_ticket_number")
