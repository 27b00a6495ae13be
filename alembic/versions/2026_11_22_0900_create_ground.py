"""Create the roles, the durable queue and the platform's own tables."""

from procrastinate.schema import SchemaManager

from alembic import op
from backend.core.db import APP_ROLE, PLATFORM_ROLE
from backend.core.row_security import guard

revision = "0900"
down_revision = None
branch_labels = None
depends_on = None

# Roles belong to the whole cluster, so a second database finds them there and a downgrade leaves them. An account that
# may neither make nor grant roles does with those a superuser made and granted to it.
ROLES = f"""
DO $$ DECLARE wanted text; BEGIN
    FOREACH wanted IN ARRAY ARRAY['{APP_ROLE}', '{PLATFORM_ROLE}'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
        BEGIN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
        EXCEPTION WHEN insufficient_privilege THEN
            IF NOT pg_has_role(wanted, 'MEMBER') THEN RAISE; END IF;
        END;
    END LOOP;
END $$;
GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {PLATFORM_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}, {PLATFORM_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE}, {PLATFORM_ROLE};
"""

TABLES = """
CREATE TABLE inbound_events (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    external_id VARCHAR NOT NULL,
    payload JSONB NOT NULL,
    received_at timestamptz NOT NULL,
    processed_at timestamptz,
    outcome VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (source, kind, external_id)
);
CREATE INDEX inbound_events_received ON inbound_events (received_at);

CREATE TABLE rate_counters (
    key VARCHAR NOT NULL,
    window_start timestamptz NOT NULL,
    count INTEGER NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (key, window_start)
);
CREATE INDEX rate_counters_expiry ON rate_counters (expires_at);

CREATE TABLE system_emails (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    recipient VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    text_body BYTEA NOT NULL,
    html_body BYTEA NOT NULL,
    status VARCHAR NOT NULL,
    vendor_id VARCHAR NOT NULL,
    error_message VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    attempted_at timestamptz,
    PRIMARY KEY (id)
);
"""

# The queue's schema comes from the library, whose own SQL does not say how to take it away again.
DROP_QUEUE = """
DO $$ DECLARE item record; BEGIN
    FOR item IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'procrastinate%' LOOP
        EXECUTE format('DROP TABLE %I CASCADE', item.tablename);
    END LOOP;
    FOR item IN SELECT oid::regprocedure AS signature FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate%' LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', item.signature);
    END LOOP;
    FOR item IN SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
        AND typname LIKE 'procrastinate%' AND typtype IN ('e', 'c') LOOP
        EXECUTE format('DROP TYPE %I CASCADE', item.typname);
    END LOOP;
END $$;
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.execute(ROLES)
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())
    op.execute(TABLES)
    for table in ("inbound_events", "rate_counters", "system_emails"):
        op.execute(guard(table, org_column=None))


def downgrade() -> None:
    op.execute("DROP TABLE system_emails, rate_counters, inbound_events CASCADE")
    op.get_bind().connection.driver_connection.execute(DROP_QUEUE)
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {APP_ROLE}, {PLATFORM_ROLE}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {APP_ROLE}, {PLATFORM_ROLE}")
