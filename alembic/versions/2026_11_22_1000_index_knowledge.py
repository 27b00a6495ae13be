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
# Ranking reads the whole text vector of each match, so at most 2,000 are ranked, those that hold every word first
# (measured at 60,000 passages with words that stand in a third of them: 20 ms instead of 200).
MATCHES = f"""
CREATE FUNCTION knowledge_matches(query tsquery, agent uuid, wanted integer)
RETURNS TABLE (id uuid, rank real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH readable AS (
        SELECT source.id FROM knowledge_sources source
        WHERE source.org_id = {CURRENT_ORG} AND (source.agent_id IS NULL OR source.agent_id = agent)
    ), holding_all AS (
        SELECT chunk.id, chunk.search FROM knowledge_chunks chunk
        WHERE chunk.org_id = {CURRENT_ORG}
            AND chunk.source_id IN (SELECT readable.id FROM readable)
            AND chunk.search @@ replace(query::text, '|', '&')::tsquery
        LIMIT 500
    ), holding_any AS (
        SELECT chunk.id, chunk.search FROM knowledge_chunks chunk
        WHERE chunk.org_id = {CURRENT_ORG}
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
