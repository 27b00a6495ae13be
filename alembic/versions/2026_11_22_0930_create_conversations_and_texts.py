"""Create contacts, their conversations, text messages and agent turns."""

from alembic import op
from backend.core.row_security import guard

revision = "0930"
down_revision = "0920"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE contacts (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    phone_number VARCHAR,
    email VARCHAR,
    company VARCHAR NOT NULL,
    notes VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX contacts_org_phone_key ON contacts (org_id, phone_number) WHERE phone_number is not null;

CREATE TABLE conversations (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    status VARCHAR NOT NULL,
    assignee_id UUID,
    snoozed_until timestamptz,
    answer_mode VARCHAR NOT NULL,
    paused_until timestamptz,
    needs_person BOOLEAN NOT NULL,
    last_seq BIGINT NOT NULL,
    last_item_at timestamptz NOT NULL,
    last_preview VARCHAR NOT NULL,
    last_channel VARCHAR NOT NULL,
    last_direction VARCHAR NOT NULL,
    last_author_kind VARCHAR NOT NULL,
    last_status VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org_id, contact_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(assignee_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX conversations_org_assignee_recent ON conversations (org_id, assignee_id, last_item_at, id);
CREATE INDEX conversations_org_recent ON conversations (org_id, last_item_at, id);
CREATE INDEX conversations_org_status_recent ON conversations (org_id, status, last_item_at, id);

CREATE TABLE conversation_items (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    kind VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    direction VARCHAR NOT NULL,
    author_kind VARCHAR NOT NULL,
    author_id UUID,
    author_name VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    record_id UUID,
    happened_at timestamptz NOT NULL,
    data JSONB NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (conversation_id, seq),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX conversation_items_record ON conversation_items (record_id);

CREATE TABLE conversation_unreads (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    user_id UUID NOT NULL,
    unread_count INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (user_id, conversation_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX conversation_unreads_conversation ON conversation_unreads (conversation_id);

CREATE TABLE sms_messages (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    number_id UUID,
    agent_id UUID,
    sent_by_user_id UUID,
    direction VARCHAR NOT NULL,
    sender_number VARCHAR NOT NULL,
    recipient_number VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    segments INTEGER NOT NULL,
    encoding VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    message_sid VARCHAR NOT NULL,
    dedupe_key VARCHAR NOT NULL,
    is_ai_generated BOOLEAN NOT NULL,
    error_code VARCHAR NOT NULL,
    error_message VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    attempted_at timestamptz,
    sent_at timestamptz,
    delivered_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(number_id) REFERENCES service_numbers (id) ON DELETE SET NULL,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL,
    FOREIGN KEY(sent_by_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX sms_messages_dedupe_key ON sms_messages (org_id, dedupe_key) WHERE dedupe_key <> '';
CREATE INDEX sms_messages_open ON sms_messages (status, updated_at) WHERE status in ('queued','sending','sent');
CREATE INDEX sms_messages_org_conversation ON sms_messages (org_id, conversation_id, id);
CREATE UNIQUE INDEX sms_messages_sid_key ON sms_messages (message_sid) WHERE message_sid <> '';

CREATE TABLE message_media (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    message_id UUID NOT NULL,
    position INTEGER NOT NULL,
    content_type VARCHAR NOT NULL,
    vendor_url VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    size_bytes INTEGER NOT NULL,
    error VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (message_id, position),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(message_id) REFERENCES sms_messages (id) ON DELETE CASCADE
);

CREATE TABLE sms_opt_outs (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    service_number VARCHAR NOT NULL,
    phone_number VARCHAR NOT NULL,
    is_opted_out BOOLEAN NOT NULL,
    keyword VARCHAR NOT NULL,
    evidence_message_id UUID,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org_id, service_number, phone_number),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(evidence_message_id) REFERENCES sms_messages (id) ON DELETE SET NULL
);

CREATE TABLE scheduled_actions (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID,
    created_by_user_id UUID,
    action_type VARCHAR NOT NULL,
    scheduled_at timestamptz NOT NULL,
    status VARCHAR NOT NULL,
    parameters JSONB NOT NULL,
    created_via VARCHAR NOT NULL,
    executed_at timestamptz,
    error_message VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(created_by_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX scheduled_actions_due ON scheduled_actions (scheduled_at) WHERE status = 'pending';

CREATE TABLE agent_turns (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    agent_id UUID,
    agent_name VARCHAR NOT NULL,
    agent_version INTEGER NOT NULL,
    trigger_message_id UUID NOT NULL,
    reply_message_id UUID,
    status VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    reply VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    sources JSONB NOT NULL,
    tools JSONB NOT NULL,
    attempts JSONB NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost_micros BIGINT NOT NULL,
    retrieval_ms INTEGER NOT NULL,
    model_ms INTEGER NOT NULL,
    total_ms INTEGER NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL,
    UNIQUE (trigger_message_id),
    FOREIGN KEY(trigger_message_id) REFERENCES sms_messages (id) ON DELETE CASCADE,
    FOREIGN KEY(reply_message_id) REFERENCES sms_messages (id) ON DELETE SET NULL
);
CREATE INDEX ix_agent_turns_conversation_id ON agent_turns (conversation_id);
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(guard("contacts"))
    op.execute(guard("conversations"))
    op.execute(guard("conversation_items"))
    op.execute(guard("conversation_unreads"))
    op.execute(guard("sms_messages"))
    op.execute(guard("message_media"))
    op.execute(guard("sms_opt_outs"))
    op.execute(guard("scheduled_actions"))
    op.execute(guard("agent_turns"))


def downgrade() -> None:
    op.execute("""
DROP TABLE agent_turns CASCADE;
DROP TABLE scheduled_actions CASCADE;
DROP TABLE sms_opt_outs CASCADE;
DROP TABLE message_media CASCADE;
DROP TABLE sms_messages CASCADE;
DROP TABLE conversation_unreads CASCADE;
DROP TABLE conversation_items CASCADE;
DROP TABLE conversations CASCADE;
DROP TABLE contacts CASCADE;
""")
