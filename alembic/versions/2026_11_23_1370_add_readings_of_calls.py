"""Keep what was read of a call when it ended, and find calls by what was said in them."""

from alembic import op
from backend.core.db import APP_ROLE, PLATFORM_ROLE
from backend.core.row_security import CURRENT_ORG

revision = "1370"
down_revision = "1360"
branch_labels = None
depends_on = None

# The previous release writes calls without these.
COLUMNS = """
ALTER TABLE call_records
    ADD COLUMN summary VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN outcome VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN sentiment VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN action_items JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN read_at timestamptz;
CREATE INDEX call_records_org_disposition ON call_records (org_id, disposition, id);
CREATE INDEX call_records_org_agent ON call_records (org_id, agent_id, id);
CREATE INDEX call_records_org_number ON call_records (org_id, service_number, id);
"""

# The same words as those of messages (`search_words`), so that one way of asking finds both. A trigger keeps them, so
# that the previous release fills them too.
WORDS = """
ALTER TABLE call_events ADD COLUMN words tsvector;
CREATE FUNCTION keep_call_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.words := CASE
        WHEN NEW.kind = 'transcript.line' AND NEW.data ->> 'text' <> ''
            THEN search_words(NEW.org_id, NEW.data ->> 'text')
    END;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_call_words BEFORE INSERT OR UPDATE OF data, kind ON call_events
    FOR EACH ROW EXECUTE FUNCTION keep_call_words();
"""

# `@@` is not leakproof, so under a row policy PostgreSQL would not use the index: the function runs as the platform's
# role and names the organization in force itself, as item_matches does.
MATCHES = f"""
CREATE FUNCTION call_matches(query tsquery, wanted integer) RETURNS TABLE (call_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT found.call_id FROM (
        SELECT event.call_id FROM call_events event
        WHERE event.words @@ query AND event.org_id = {CURRENT_ORG}
        LIMIT wanted
    ) found
$$;
"""  # noqa: S608 - the only value set in is our own expression for the organization


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(WORDS)
    op.execute(f"SET LOCAL ROLE {PLATFORM_ROLE}")
    op.execute("UPDATE call_events SET data = data WHERE kind = 'transcript.line'")
    op.execute("RESET ROLE")
    op.execute("CREATE INDEX call_events_words ON call_events USING gin (words)")
    op.execute(MATCHES)
    # A function may only be given to a role that could have made it.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {PLATFORM_ROLE}")
    op.execute(f"ALTER FUNCTION call_matches(tsquery, integer) OWNER TO {PLATFORM_ROLE}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {PLATFORM_ROLE}")
    op.execute("REVOKE ALL ON FUNCTION call_matches(tsquery, integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION call_matches(tsquery, integer) TO {APP_ROLE}")


def downgrade() -> None:
    op.execute("""
DROP FUNCTION call_matches(tsquery, integer);
DROP TRIGGER keep_call_words ON call_events;
DROP FUNCTION keep_call_words();
ALTER TABLE call_events DROP COLUMN words;
DROP INDEX call_records_org_disposition, call_records_org_agent, call_records_org_number;
ALTER TABLE call_records
    DROP COLUMN summary, DROP COLUMN outcome, DROP COLUMN sentiment, DROP COLUMN action_items, DROP COLUMN read_at;
    """)
