"""Let knowledge come from files, questions with answers and web addresses, and gather what could not be answered."""

from alembic import op
from backend.core.row_security import CURRENT_ORG, guard

revision = "1170"
down_revision = "1160"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE knowledge_crawls (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    source_id UUID NOT NULL,
    status VARCHAR NOT NULL,
    is_live BOOLEAN NOT NULL,
    robots VARCHAR NOT NULL,
    embedded_count INTEGER NOT NULL,
    reused_count INTEGER NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(source_id) REFERENCES knowledge_sources (id) ON DELETE CASCADE
);
CREATE INDEX ix_knowledge_crawls_source_id ON knowledge_crawls (source_id);

CREATE TABLE knowledge_pages (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    crawl_id UUID NOT NULL,
    source_id UUID NOT NULL,
    url VARCHAR NOT NULL,
    depth INTEGER NOT NULL,
    title VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    error VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    text_hash VARCHAR NOT NULL,
    chunk_count INTEGER NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (crawl_id, url),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(crawl_id) REFERENCES knowledge_crawls (id) ON DELETE CASCADE,
    FOREIGN KEY(source_id) REFERENCES knowledge_sources (id) ON DELETE CASCADE
);
CREATE INDEX ix_knowledge_pages_source_id ON knowledge_pages (source_id);

CREATE TABLE knowledge_gaps (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_id UUID,
    turn_id UUID NOT NULL,
    group_id UUID NOT NULL,
    question VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    asked_at timestamptz NOT NULL,
    embedding_local VECTOR(384),
    embedding_openai HALFVEC(1536),
    PRIMARY KEY (id),
    UNIQUE (turn_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE,
    FOREIGN KEY(turn_id) REFERENCES agent_turns (id) ON DELETE CASCADE
);
CREATE INDEX ix_knowledge_gaps_agent_id ON knowledge_gaps (agent_id);
CREATE INDEX knowledge_gaps_org ON knowledge_gaps (org_id, status, asked_at);
CREATE INDEX agent_turns_unanswered ON agent_turns (created_at) WHERE is_unanswered;
"""

# Each new column has a default, so that the release before can go on adding texts.
COLUMNS = """
ALTER TABLE knowledge_sources
    ADD COLUMN kind VARCHAR NOT NULL DEFAULT 'text',
    ADD COLUMN pairs JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN file_name VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN url VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN max_pages INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN crawl_depth INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN include_paths JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN exclude_paths JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN respects_robots BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN login_headers BYTEA,
    ADD COLUMN sync_period VARCHAR NOT NULL DEFAULT 'never',
    ADD COLUMN next_sync_at timestamptz,
    ADD COLUMN last_synced_at timestamptz;
CREATE INDEX knowledge_sources_due ON knowledge_sources (next_sync_at) WHERE next_sync_at IS NOT NULL;

ALTER TABLE knowledge_chunks
    ADD COLUMN page_id UUID REFERENCES knowledge_pages (id) ON DELETE CASCADE,
    ADD COLUMN is_live BOOLEAN NOT NULL DEFAULT true,
    DROP CONSTRAINT knowledge_chunks_source_id_chunk_index_key,
    ADD CONSTRAINT knowledge_chunks_place UNIQUE NULLS NOT DISTINCT (source_id, page_id, chunk_index);
CREATE INDEX knowledge_chunks_page ON knowledge_chunks (page_id);
CREATE INDEX knowledge_chunks_same ON knowledge_chunks (source_id, md5(content));
"""


def matches(live: str) -> str:
    """Return the search by words as in revision 1000, among the passages for which `live` holds."""
    return f"""
CREATE OR REPLACE FUNCTION knowledge_matches(query tsquery, agent uuid, wanted integer)
RETURNS TABLE (id uuid, rank real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH readable AS (
        SELECT source.id FROM knowledge_sources source
        WHERE source.org_id = {CURRENT_ORG} AND (source.agent_id IS NULL OR source.agent_id = agent)
    ), holding_all AS (
        SELECT chunk.id, chunk.search FROM knowledge_chunks chunk
        WHERE chunk.org_id = {CURRENT_ORG} AND {live}
            AND chunk.source_id IN (SELECT readable.id FROM readable)
            AND chunk.search @@ replace(query::text, '|', '&')::tsquery
        LIMIT 500
    ), holding_any AS (
        SELECT chunk.id, chunk.search FROM knowledge_chunks chunk
        WHERE chunk.org_id = {CURRENT_ORG} AND {live}
            AND chunk.source_id IN (SELECT readable.id FROM readable)
            AND chunk.search @@ query
            AND chunk.id NOT IN (SELECT holding_all.id FROM holding_all)
        LIMIT 1500
    )
    SELECT candidate.id, ts_rank(candidate.search, query, 1) AS rank
    FROM (SELECT * FROM holding_all UNION ALL SELECT * FROM holding_any) candidate
    ORDER BY rank DESC, candidate.id
    LIMIT wanted
$$;
"""  # noqa: S608 - the only values set in are our own expressions


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(guard("knowledge_crawls"))
    op.execute(guard("knowledge_pages"))
    op.execute(guard("knowledge_gaps"))
    op.execute(COLUMNS)
    op.execute(matches("chunk.is_live"))


def downgrade() -> None:
    op.execute(matches("true"))
    # What was read of addresses cannot be told apart from typed texts in the schema before.
    op.execute("""
DELETE FROM knowledge_sources WHERE kind IN ('page', 'site', 'sitemap');
DROP INDEX knowledge_chunks_same;
DROP INDEX knowledge_chunks_page;
DROP INDEX knowledge_sources_due;
ALTER TABLE knowledge_chunks
    DROP CONSTRAINT knowledge_chunks_place,
    DROP COLUMN is_live,
    DROP COLUMN page_id,
    ADD CONSTRAINT knowledge_chunks_source_id_chunk_index_key UNIQUE (source_id, chunk_index);
ALTER TABLE knowledge_sources
    DROP COLUMN kind, DROP COLUMN pairs, DROP COLUMN file_name, DROP COLUMN url, DROP COLUMN max_pages,
    DROP COLUMN crawl_depth, DROP COLUMN include_paths, DROP COLUMN exclude_paths, DROP COLUMN respects_robots,
    DROP COLUMN login_headers, DROP COLUMN sync_period, DROP COLUMN next_sync_at,
    DROP COLUMN last_synced_at;
DROP INDEX agent_turns_unanswered;
DROP TABLE knowledge_gaps;
DROP TABLE knowledge_pages;
DROP TABLE knowledge_crawls;
""")
