"""Keep what agents remember of contacts, what must never return, and which messages were read for it."""

from alembic import op
from backend.core.row_security import guard

revision = "1280"
down_revision = "1270"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE conversation_contexts (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    told_in VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    key_topics JSONB NOT NULL,
    preferences JSONB NOT NULL,
    relationship_notes VARCHAR NOT NULL,
    interaction_count INTEGER NOT NULL,
    sms_interaction_count INTEGER NOT NULL,
    semantic_match_count INTEGER NOT NULL,
    last_updated timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (contact_id, agent_id, told_in),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE
);
CREATE INDEX conversation_contexts_agent ON conversation_contexts (agent_id, last_updated);

CREATE TABLE memory_facts (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    context_id UUID NOT NULL,
    kind VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    quote VARCHAR NOT NULL,
    item_id UUID,
    said_at timestamptz NOT NULL,
    channel VARCHAR NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    expires_at timestamptz,
    origin VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    word_hash VARCHAR NOT NULL,
    marks JSONB NOT NULL,
    embedding_local VECTOR(384),
    embedding_openai HALFVEC(1536),
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(context_id) REFERENCES conversation_contexts (id) ON DELETE CASCADE,
    FOREIGN KEY(item_id) REFERENCES conversation_items (id) ON DELETE SET NULL
);
CREATE INDEX ix_memory_facts_context_id ON memory_facts (context_id);
CREATE INDEX ix_memory_facts_item_id ON memory_facts (item_id);
CREATE INDEX memory_facts_due ON memory_facts (expires_at);

CREATE TABLE memory_strikes (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    told_in VARCHAR NOT NULL,
    word_hash VARCHAR NOT NULL,
    marks JSONB NOT NULL,
    is_exact BOOLEAN NOT NULL,
    struck_by VARCHAR NOT NULL,
    embedding_local VECTOR(384),
    embedding_openai HALFVEC(1536),
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE
);
CREATE INDEX ix_memory_strikes_contact_id ON memory_strikes (contact_id);

CREATE TABLE memory_stretches (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    context_id UUID,
    agent_id UUID,
    items JSONB NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    channel VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    topics JSONB NOT NULL,
    was_handed_over BOOLEAN NOT NULL,
    embedding_local VECTOR(384),
    embedding_openai HALFVEC(1536),
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(context_id) REFERENCES conversation_contexts (id) ON DELETE SET NULL,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL
);
CREATE INDEX ix_memory_stretches_context_id ON memory_stretches (context_id);
CREATE INDEX memory_stretches_conversation ON memory_stretches (conversation_id, ended_at);
CREATE INDEX memory_stretches_agent ON memory_stretches (agent_id, ended_at);

ALTER TABLE conversations ADD COLUMN memory_due_at timestamptz;
CREATE INDEX conversations_to_remember ON conversations (memory_due_at) WHERE memory_due_at IS NOT NULL;

-- Kept for the release before this one, which writes turns without it.
ALTER TABLE agent_turns ADD COLUMN memory JSONB NOT NULL DEFAULT '[]';
"""

NAMES = ("conversation_contexts", "memory_facts", "memory_strikes", "memory_stretches")


def upgrade() -> None:
    op.execute(TABLES)
    for name in NAMES:
        op.execute(guard(name))


def downgrade() -> None:
    op.drop_column("agent_turns", "memory")
    op.execute("DROP INDEX conversations_to_remember")
    op.drop_column("conversations", "memory_due_at")
    for name in reversed(NAMES):
        op.drop_table(name)
