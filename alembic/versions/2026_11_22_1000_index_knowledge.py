"""Search knowledge by index, by meaning and by words, and note which turns could not answer."""

from alembic import op
from backend.core.db import APP_ROLE, PLATFORM_ROLE
from backend.core.row_security import CURRENT_ORG

revision = "1000"
down_revision = "0950"
branch_labels = None
depends_on = None

# Under a row policy PostgreSQL will not use the text index, because `@@` is not leakproof. So the function runs as the
# platform's role, whom no policy filters, and names the organization in force itself.
MATCHES = f"""
CREATE FUNCTION knowledge_matches(query tsquery, agent uuid, wanted integer)
RETURNS TABLE (id uuid, rank real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT chunk.id, ts_rank(chunk.search, query, 1) AS rank
    FROM knowledge_chunks chunk JOIN knowledge_sources source ON source.id = chunk.source_id
    WHERE chunk.org_id = {CURRENT_ORG}
        AND source.org_id = {CURRENT_ORG}
        AND (source.agent_id IS NULL OR source.agent_id = agent)
        AND chunk.search @@ query
    ORDER BY rank DESC, chunk.id
    LIMIT wanted
$$;
"""  # noqa: S608 - the only value set in is our own expression for the organization


def upgrade() -> None:
    op.execute("""
CREATE INDEX knowledge_chunks_local ON knowledge_chunks
    USING hnsw (embedding_local vector_cosine_ops) WITH (m = 16, ef_construction = 64);
CREATE INDEX knowledge_chunks_openai ON knowledge_chunks
    USING hnsw (embedding_openai halfvec_cosine_ops) WITH (m = 16, ef_construction = 64);
CREATE INDEX knowledge_sources_org ON knowledge_sources (org_id, created_at);
ALTER TABLE agent_turns ADD COLUMN is_unanswered BOOLEAN NOT NULL DEFAULT false;
""")
    op.execute(MATCHES)
    # A function may only be given to a role that could have made it.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {PLATFORM_ROLE}")
    op.execute(f"ALTER FUNCTION knowledge_matches(tsquery, uuid, integer) OWNER TO {PLATFORM_ROLE}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {PLATFORM_ROLE}")
    op.execute("REVOKE ALL ON FUNCTION knowledge_matches(tsquery, uuid, integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION knowledge_matches(tsquery, uuid, integer) TO {APP_ROLE}")


def downgrade() -> None:
    op.execute("""
DROP FUNCTION knowledge_matches(tsquery, uuid, integer);
ALTER TABLE agent_turns DROP COLUMN is_unanswered;
DROP INDEX knowledge_sources_org;
DROP INDEX knowledge_chunks_openai;
DROP INDEX knowledge_chunks_local;
""")
