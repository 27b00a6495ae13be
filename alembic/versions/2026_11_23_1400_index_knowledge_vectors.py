"""Search vectors where they stand apart from texts, by the index as well, and keep memory's vectors in their rows."""

from alembic import op
from backend.core.row_security import CURRENT_ORG

revision = "1400"
down_revision = "1390"
branch_labels = None
depends_on = None

# Of length one, so that measuring a passage takes one product instead of three. Of the model service's vectors too,
# whatever model an operator chose.
KEEP = """
CREATE OR REPLACE FUNCTION keep_knowledge_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_live AND (NEW.embedding_local IS NOT NULL OR NEW.embedding_openai IS NOT NULL) THEN
        INSERT INTO knowledge_vectors AS kept
            (id, created_at, updated_at, org_id, source_id, embedding_local, embedding_openai)
        VALUES (NEW.id, NEW.created_at, NEW.updated_at, NEW.org_id, NEW.source_id,
            {local}, {openai})
        ON CONFLICT (id) DO UPDATE SET org_id = NEW.org_id, source_id = NEW.source_id, updated_at = NEW.updated_at,
            embedding_local = EXCLUDED.embedding_local, embedding_openai = EXCLUDED.embedding_openai;
    ELSIF TG_OP = 'UPDATE' THEN
        DELETE FROM knowledge_vectors kept WHERE kept.id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
"""
UNIT = KEEP.format(
    local="l2_normalize(NEW.embedding_local::halfvec)", openai="l2_normalize(NEW.embedding_openai::halfvec)"
)

# An index of whole vectors beside their texts was twice as large as its share of the server's memory, and each find
# read the text's row.
INDEXES = """
UPDATE knowledge_vectors SET
    embedding_local = l2_normalize(embedding_local), embedding_openai = l2_normalize(embedding_openai);
DROP INDEX knowledge_chunks_local, knowledge_chunks_openai;
CREATE INDEX knowledge_vectors_local ON knowledge_vectors
    USING hnsw (embedding_local halfvec_cosine_ops) WITH (m='16', ef_construction='64');
CREATE INDEX knowledge_vectors_openai ON knowledge_vectors
    USING hnsw (embedding_openai halfvec_cosine_ops) WITH (m='16', ef_construction='64');
"""

# One message for what were four: how many passages there are, how to search, the search, and as before. Row-level
# security holds within. The exact way measures by product, which the index does not know, so that it is not taken.
# Through the index: a filtered scan stops at so many rows, and the default of 20,000 covers too little of a large
# table; recall of 100,000 passages of one tenant is .93 with the default ef of 40; and sorting is dear meanwhile, else
# the planner measures every passage of a tenant that owns a tenth of them.
NEAREST = f"""
CREATE FUNCTION knowledge_nearest(space text, asked halfvec, agent uuid, wanted integer, exact_below integer)
RETURNS TABLE (id uuid, similarity float)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    org CONSTANT uuid := {CURRENT_ORG};
    question CONSTANT halfvec := l2_normalize(asked);
    own CONSTANT bigint := (
        SELECT coalesce(sum(source.chunk_count), 0) FROM knowledge_sources source WHERE source.org_id = org
    );
    readable CONSTANT text :=
        'FROM knowledge_vectors kept JOIN knowledge_sources source ON source.id = kept.source_id'
        ' WHERE kept.org_id = $2 AND kept.%1$I IS NOT NULL AND (source.agent_id IS NULL OR source.agent_id = $3)';
BEGIN
    IF own < exact_below THEN
        RETURN QUERY EXECUTE format(
            'SELECT kept.id, -(kept.%1$I <#> $1) ' || readable || ' ORDER BY kept.%1$I <#> $1 LIMIT $4', space
        ) USING question, org, agent, wanted;
    ELSE
        PERFORM set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', '100', true),
            set_config('hnsw.max_scan_tuples', '40000', true), set_config('enable_sort', 'off', true);
        RETURN QUERY EXECUTE format(
            'WITH near AS MATERIALIZED (SELECT kept.id, kept.%1$I <=> $1 AS distance ' || readable
                || ' ORDER BY distance LIMIT $4) SELECT near.id, 1 - near.distance FROM near ORDER BY near.distance',
            space
        ) USING question, org, agent, wanted;
        PERFORM set_config('enable_sort', 'on', true);
    END IF;
END $$;
"""  # noqa: S608 - the only value set in is our own expression for the organization

# Beside its text a vector of a memory was moved out of its row, and looking at a thousand conversations fetched each.
MEMORY = """
ALTER TABLE {table}
    ALTER COLUMN embedding_local TYPE {local}, ALTER COLUMN embedding_local SET STORAGE {storage},
    ALTER COLUMN embedding_openai SET STORAGE {storage};
"""
MEMORY_TABLES = ("memory_facts", "memory_strikes", "memory_stretches")


def upgrade() -> None:
    op.execute(UNIT)
    op.execute(INDEXES)
    op.execute(NEAREST)
    for table in MEMORY_TABLES:
        op.execute(MEMORY.format(table=table, local="HALFVEC(384)", storage="PLAIN"))


def downgrade() -> None:
    for table in MEMORY_TABLES:
        op.execute(MEMORY.format(table=table, local="VECTOR(384)", storage="EXTERNAL"))
    op.execute("""
DROP FUNCTION knowledge_nearest(text, halfvec, uuid, integer, integer);
DROP INDEX knowledge_vectors_local, knowledge_vectors_openai;
CREATE INDEX knowledge_chunks_local ON knowledge_chunks
    USING hnsw (embedding_local vector_cosine_ops) WITH (m='16', ef_construction='64');
CREATE INDEX knowledge_chunks_openai ON knowledge_chunks
    USING hnsw (embedding_openai halfvec_cosine_ops) WITH (m='16', ef_construction='64');
""")
    op.execute(KEEP.format(local="NEW.embedding_local", openai="NEW.embedding_openai"))
