"""Keep what people ask the assistant, what it answers, and what it proposes to do."""

from alembic import op
from backend.core.row_security import guard

revision = "1120"
down_revision = "1110"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE assistant_conversations (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    user_id UUID NOT NULL,
    title VARCHAR NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX assistant_conversations_person ON assistant_conversations (org_id, user_id, last_at);
CREATE INDEX ix_assistant_conversations_user_id ON assistant_conversations (user_id);

CREATE TABLE assistant_messages (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    error VARCHAR NOT NULL,
    tools JSONB NOT NULL,
    choices JSONB NOT NULL,
    model VARCHAR NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost_micros BIGINT NOT NULL,
    total_ms INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (conversation_id, seq),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES assistant_conversations (id) ON DELETE CASCADE
);

CREATE TABLE assistant_proposals (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    message_id UUID NOT NULL,
    user_id UUID NOT NULL,
    place INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    effect JSONB NOT NULL,
    shown JSONB NOT NULL,
    status VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    link VARCHAR NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES assistant_conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(message_id) REFERENCES assistant_messages (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX assistant_proposals_conversation ON assistant_proposals (conversation_id, created_at);
CREATE INDEX ix_assistant_proposals_message_id ON assistant_proposals (message_id);
CREATE INDEX ix_assistant_proposals_user_id ON assistant_proposals (user_id);
"""

NAMES = ("assistant_conversations", "assistant_messages", "assistant_proposals")


def upgrade() -> None:
    op.execute(TABLES)
    for name in NAMES:
        op.execute(guard(name))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_table(name)
