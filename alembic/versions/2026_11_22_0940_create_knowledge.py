"""Create what a business taught its agents."""

from alembic import op
from backend.core.row_security import guard

revision = "0940"
down_revision = "0930"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE knowledge_sources (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_id UUID,
    title VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    sync_status VARCHAR NOT NULL,
    error_message VARCHAR NOT NULL,
    chunk_count INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE
);
CREATE INDEX ix_knowledge_sources_agent_id ON knowledge_sources (agent_id);

CREATE TABLE knowledge_chunks (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    source_id UUID NOT NULL,
    chunk_index INTEGER NOT NULL,
    content VARCHAR NOT NULL,
    token_count INTEGER NOT NULL,
    embedding_local VECTOR(384),
    embedding_openai HALFVEC(1536),
    search TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple', content)) STORED,
    PRIMARY KEY (id),
    UNIQUE (source_id, chunk_index),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(source_id) REFERENCES knowledge_sources (id) ON DELETE CASCADE
);
CREATE INDEX knowledge_chunks_org ON knowledge_chunks (org_id);
CREATE INDEX knowledge_chunks_search ON knowledge_chunks USING gin (search);
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(guard("knowledge_sources"))
    op.execute(guard("knowledge_chunks"))


def downgrade() -> None:
    op.execute("""
DROP TABLE knowledge_chunks CASCADE;
DROP TABLE knowledge_sources CASCADE;
""")
