"""Keep the mailboxes of agents, and the emails and files that came through them."""

from alembic import op
from backend.core.row_security import guard

revision = "1340"
down_revision = "1330"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE agent_email_configs (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    address VARCHAR NOT NULL,
    public_address VARCHAR NOT NULL,
    sender_name VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    is_active BOOLEAN NOT NULL,
    test_token VARCHAR NOT NULL,
    tested_at timestamptz,
    verified_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (agent_id),
    UNIQUE (address),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE
);

CREATE TABLE email_messages (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    mailbox_id UUID,
    agent_id UUID,
    sent_by_user_id UUID,
    thread_id UUID NOT NULL,
    direction VARCHAR NOT NULL,
    from_address VARCHAR NOT NULL,
    from_name VARCHAR NOT NULL,
    to_addresses JSONB NOT NULL,
    cc_addresses JSONB NOT NULL,
    subject VARCHAR NOT NULL,
    body_text VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    in_reply_to VARCHAR NOT NULL,
    reference_ids JSONB NOT NULL,
    vendor_id VARCHAR NOT NULL,
    dedupe_key VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    error_code VARCHAR NOT NULL,
    error_message VARCHAR NOT NULL,
    is_proven BOOLEAN NOT NULL,
    is_ai_generated BOOLEAN NOT NULL,
    attempts INTEGER NOT NULL,
    attempted_at timestamptz,
    sent_at timestamptz,
    delivered_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(mailbox_id) REFERENCES agent_email_configs (id) ON DELETE SET NULL,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL,
    FOREIGN KEY(sent_by_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX email_messages_contact ON email_messages (contact_id);
CREATE UNIQUE INDEX email_messages_dedupe_key ON email_messages (org_id, dedupe_key) WHERE dedupe_key <> '';
CREATE INDEX email_messages_header ON email_messages (org_id, message_id);
CREATE INDEX email_messages_org_conversation ON email_messages (org_id, conversation_id, id);
CREATE UNIQUE INDEX email_messages_received_key ON email_messages (mailbox_id, message_id) WHERE direction = 'inbound';
CREATE INDEX ix_email_messages_agent_id ON email_messages (agent_id);

CREATE TABLE email_files (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    message_id UUID NOT NULL,
    position INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    content_type VARCHAR NOT NULL,
    size_bytes INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    error VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (message_id, position),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(message_id) REFERENCES email_messages (id) ON DELETE CASCADE
);
"""

NAMES = ("agent_email_configs", "email_messages", "email_files")


def upgrade() -> None:
    op.execute(TABLES)
    for name in NAMES:
        op.execute(guard(name))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_table(name)
