"""Create web chat: widgets, visitors' sessions, messages and files; a turn may answer any channel."""

from alembic import op
from backend.core.row_security import guard

revision = "1050"
down_revision = "1040"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE chat_widgets (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_id UUID,
    widget_key VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    agent_name VARCHAR NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_support_agent BOOLEAN NOT NULL,
    primary_color VARCHAR NOT NULL,
    theme VARCHAR NOT NULL,
    position VARCHAR NOT NULL,
    offset_x INTEGER NOT NULL,
    offset_y INTEGER NOT NULL,
    has_ai_greeting BOOLEAN NOT NULL,
    welcome_message VARCHAR NOT NULL,
    offline_message VARCHAR NOT NULL,
    greeting_text VARCHAR NOT NULL,
    greeting_version INTEGER NOT NULL,
    takes_identity BOOLEAN NOT NULL,
    collect_visitor_name BOOLEAN NOT NULL,
    collect_visitor_email BOOLEAN NOT NULL,
    takes_files BOOLEAN NOT NULL,
    allowed_domains JSONB NOT NULL,
    is_portal_widget BOOLEAN NOT NULL,
    hidden_paths JSONB NOT NULL,
    identity_secret BYTEA NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (widget_key),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL
);
CREATE INDEX chat_widgets_org ON chat_widgets (org_id, id);
CREATE UNIQUE INDEX chat_widgets_portal ON chat_widgets (org_id) WHERE is_portal_widget;
CREATE INDEX ix_chat_widgets_agent_id ON chat_widgets (agent_id);

CREATE TABLE chat_sessions (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    widget_id UUID NOT NULL,
    agent_id UUID,
    contact_id UUID,
    conversation_id UUID,
    visitor_id VARCHAR NOT NULL,
    visitor_name VARCHAR NOT NULL,
    visitor_email VARCHAR NOT NULL,
    is_verified BOOLEAN NOT NULL,
    is_contact_new BOOLEAN NOT NULL,
    status VARCHAR NOT NULL,
    generation INTEGER NOT NULL,
    origin VARCHAR NOT NULL,
    page_url VARCHAR NOT NULL,
    browser_info JSONB NOT NULL,
    last_seq BIGINT NOT NULL,
    visitor_read_seq BIGINT NOT NULL,
    team_read_seq BIGINT NOT NULL,
    joined_name VARCHAR NOT NULL,
    last_message_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(widget_id) REFERENCES chat_widgets (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX chat_sessions_org_recent ON chat_sessions (org_id, last_message_at, id);
CREATE INDEX chat_sessions_visitor ON chat_sessions (widget_id, visitor_id);
CREATE INDEX ix_chat_sessions_agent_id ON chat_sessions (agent_id);
CREATE INDEX ix_chat_sessions_contact_id ON chat_sessions (contact_id);
CREATE INDEX ix_chat_sessions_conversation_id ON chat_sessions (conversation_id);

CREATE TABLE chat_messages (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    session_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    agent_id UUID,
    sent_by_user_id UUID,
    seq BIGINT NOT NULL,
    role VARCHAR NOT NULL,
    author_name VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    is_ai_generated BOOLEAN NOT NULL,
    client_id VARCHAR NOT NULL,
    dedupe_key VARCHAR NOT NULL,
    turn_id UUID,
    read_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (session_id, seq),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(session_id) REFERENCES chat_sessions (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL,
    FOREIGN KEY(sent_by_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX chat_messages_client_key ON chat_messages (session_id, client_id) WHERE client_id <> '';
CREATE UNIQUE INDEX chat_messages_dedupe_key ON chat_messages (org_id, dedupe_key) WHERE dedupe_key <> '';
CREATE INDEX ix_chat_messages_agent_id ON chat_messages (agent_id);
CREATE INDEX ix_chat_messages_conversation_id ON chat_messages (conversation_id);

CREATE TABLE chat_files (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    session_id UUID NOT NULL,
    message_id UUID,
    name VARCHAR NOT NULL,
    content_type VARCHAR NOT NULL,
    size_bytes INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    sent_by_user_id UUID,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(session_id) REFERENCES chat_sessions (id) ON DELETE CASCADE,
    FOREIGN KEY(message_id) REFERENCES chat_messages (id) ON DELETE CASCADE,
    FOREIGN KEY(sent_by_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX chat_files_unsent ON chat_files (created_at) WHERE message_id is null;
CREATE INDEX ix_chat_files_message_id ON chat_files (message_id);
CREATE INDEX ix_chat_files_session_id ON chat_files (session_id);
"""

# A turn points at the records of its channel, which are no longer texts alone; its conversation keeps it tidy.
TURNS = """
ALTER TABLE agent_turns DROP CONSTRAINT agent_turns_trigger_message_id_fkey;
ALTER TABLE agent_turns DROP CONSTRAINT agent_turns_reply_message_id_fkey;
ALTER TABLE agent_turns ADD COLUMN channel VARCHAR NOT NULL DEFAULT 'sms';
ALTER TABLE contacts ADD COLUMN is_visitor BOOLEAN NOT NULL DEFAULT false;
"""

TURNS_BACK = """
ALTER TABLE contacts DROP COLUMN is_visitor;
DELETE FROM agent_turns WHERE channel <> 'sms';
ALTER TABLE agent_turns DROP COLUMN channel;
ALTER TABLE agent_turns ADD CONSTRAINT agent_turns_trigger_message_id_fkey
    FOREIGN KEY (trigger_message_id) REFERENCES sms_messages (id) ON DELETE CASCADE;
ALTER TABLE agent_turns ADD CONSTRAINT agent_turns_reply_message_id_fkey
    FOREIGN KEY (reply_message_id) REFERENCES sms_messages (id) ON DELETE SET NULL;
"""


def upgrade() -> None:
    op.execute(TURNS)
    op.execute(TABLES)
    op.execute(guard("chat_widgets"))
    op.execute(guard("chat_sessions"))
    op.execute(guard("chat_messages"))
    op.execute(guard("chat_files"))


def downgrade() -> None:
    op.execute("""
DROP TABLE chat_files CASCADE;
DROP TABLE chat_messages CASCADE;
DROP TABLE chat_sessions CASCADE;
DROP TABLE chat_widgets CASCADE;
""")
    op.execute(TURNS_BACK)
