"""Grow contacts into a directory: fields, tags, search, the consent ledger, imports and erasures."""

from alembic import op
from backend.core.db import APP_ROLE, PLATFORM_ROLE
from backend.core.row_security import CURRENT_ORG, guard

revision = "1070"
down_revision = "1060"
branch_labels = None
depends_on = None

CONTACTS = """
ALTER TABLE contacts
    ADD COLUMN first_name VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN last_name VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN job_title VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN address VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN city VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN region VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN country VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN custom_fields JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN api_metadata JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN is_whitelisted BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN forward_to VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN blocked_at timestamptz,
    ADD COLUMN blocked_reason VARCHAR NOT NULL DEFAULT '',
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN merged_into_id UUID REFERENCES contacts (id) ON DELETE CASCADE,
    ADD COLUMN sort_name VARCHAR COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN sort_company VARCHAR COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN search tsvector;
ALTER TABLE contacts ALTER COLUMN company SET DEFAULT '', ALTER COLUMN notes SET DEFAULT '';
"""

# Searching finds any part of a word or number: every ending of every word is a lexeme, and a query asks for words that
# begin with what was typed. Trigrams would do the same, but the embedded PostgreSQL has no extension for them.
# The characters that part words are ASCII, so that they are the same under every locale.
FUNCTIONS = r"""
CREATE FUNCTION plain_words(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT trim(regexp_replace(
        lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')),
        '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a0]+', ' ', 'g'))
$$;

CREATE FUNCTION contact_words(name text, company text, email text, phone text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_to_tsvector(array_agg(DISTINCT substr(word, place, 60))), ''::tsvector)
    FROM (
        SELECT unnest(string_to_array(plain_words(concat_ws(' ', name, company, email)), ' ')), 2
        UNION ALL SELECT regexp_replace(coalesce(phone, ''), '\D', '', 'g'), 3
    ) AS words (word, shortest),
    generate_series(1, greatest(least(length(word) + 1 - shortest, 40), 1)) AS place
    WHERE word <> ''
$$;

CREATE FUNCTION derive_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The name is always both of its parts; who sets the name alone leaves the parts to be told by its first space.
    IF NEW.name <> trim(NEW.first_name || ' ' || NEW.last_name) THEN
        NEW.first_name := split_part(NEW.name, ' ', 1);
        NEW.last_name := trim(substr(NEW.name, length(NEW.first_name) + 1));
    END IF;
    NEW.search := contact_words(NEW.name, NEW.company, NEW.email, NEW.phone_number);
    -- Those without a name stand after the named ones, by what is known of them.
    NEW.sort_name := substr(coalesce(
        nullif(plain_words(NEW.name), ''),
        chr(1114109) || coalesce(nullif(NEW.phone_number, ''), NEW.email, '')), 1, 200);
    NEW.sort_company := substr(coalesce(nullif(plain_words(NEW.company), ''), chr(1114109)), 1, 200);
    RETURN NEW;
END $$;
CREATE TRIGGER derive_contact BEFORE INSERT OR UPDATE OF name, company, email, phone_number ON contacts
    FOR EACH ROW EXECUTE FUNCTION derive_contact();
"""

INDEXES = """
CREATE INDEX contacts_by_name ON contacts (org_id, sort_name, id) WHERE deleted_at IS NULL AND NOT is_visitor;
CREATE INDEX contacts_by_company ON contacts (org_id, sort_company, id) WHERE deleted_at IS NULL AND NOT is_visitor;
CREATE INDEX contacts_by_created ON contacts (org_id, created_at, id) WHERE deleted_at IS NULL AND NOT is_visitor;
CREATE INDEX contacts_by_updated ON contacts (org_id, updated_at, id) WHERE deleted_at IS NULL AND NOT is_visitor;
CREATE INDEX contacts_by_country ON contacts (org_id, country, sort_name, id)
    WHERE deleted_at IS NULL AND NOT is_visitor;
CREATE INDEX contacts_whitelisted ON contacts (org_id, sort_name, id) WHERE is_whitelisted;
CREATE INDEX contacts_blocked ON contacts (org_id, sort_name, id) WHERE blocked_at IS NOT NULL;
CREATE INDEX contacts_email ON contacts (org_id, lower(email)) WHERE email IS NOT NULL;
CREATE INDEX contacts_phone_tail ON contacts (org_id, right(phone_number, 8)) WHERE phone_number IS NOT NULL;
CREATE INDEX contacts_deleted ON contacts (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX contacts_merged ON contacts (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX contacts_search ON contacts USING gin (search);
CREATE INDEX audit_log_org_subject ON audit_log (org_id, subject_id, created_at);
CREATE INDEX sms_messages_contact ON sms_messages (contact_id);
CREATE INDEX sms_opt_outs_person ON sms_opt_outs (org_id, phone_number) WHERE is_opted_out;
"""

# `@@` is not leakproof, so under a row policy PostgreSQL would not use the index: the function runs as the platform's
# role and names the organization in force itself, as knowledge_matches does.
MATCHES = f"""
CREATE FUNCTION contact_matches(query tsquery, wanted integer) RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT contact.id FROM contacts contact
    WHERE contact.org_id = {CURRENT_ORG} AND contact.deleted_at IS NULL AND NOT contact.is_visitor
        AND contact.search @@ query
    LIMIT wanted
$$;
"""  # noqa: S608 - the only value set in is our own expression for the organization

TABLES = """
CREATE TABLE tags (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    colour VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX tags_org_name ON tags (org_id, lower(name));

CREATE TABLE contact_tags (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    tag_id UUID NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (contact_id, tag_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(tag_id) REFERENCES tags (id) ON DELETE CASCADE
);
CREATE INDEX contact_tags_tag ON contact_tags (tag_id, contact_id);

CREATE TABLE contact_fields (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    key VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    choices JSONB NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org_id, key),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);

CREATE TABLE consents (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    contact_id UUID,
    channel VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    service_number VARCHAR NOT NULL,
    is_opted_in BOOLEAN NOT NULL,
    source VARCHAR NOT NULL,
    keyword VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    evidence JSONB NOT NULL,
    recorded_by_user_id UUID,
    recorded_by VARCHAR NOT NULL,
    happened_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE SET NULL,
    FOREIGN KEY(recorded_by_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX consents_address ON consents (org_id, address, channel, happened_at);
CREATE INDEX consents_contact ON consents (contact_id);
CREATE INDEX consents_recorded_by ON consents (recorded_by_user_id);

CREATE TABLE suppressions (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    channel VARCHAR NOT NULL,
    address_hash VARCHAR NOT NULL,
    service_number VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org_id, address_hash, channel, service_number),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);

CREATE TABLE contact_imports (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    created_by_user_id UUID,
    created_by VARCHAR NOT NULL,
    filename VARCHAR NOT NULL,
    size_bytes INTEGER NOT NULL,
    encoding VARCHAR NOT NULL,
    delimiter VARCHAR NOT NULL,
    has_header BOOLEAN NOT NULL,
    mapping JSONB NOT NULL,
    policy VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    tag_ids JSONB NOT NULL,
    status VARCHAR NOT NULL,
    total_rows INTEGER NOT NULL,
    done_rows INTEGER NOT NULL,
    created_count INTEGER NOT NULL,
    updated_count INTEGER NOT NULL,
    skipped_count INTEGER NOT NULL,
    failed_count INTEGER NOT NULL,
    error_message VARCHAR NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(created_by_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX contact_imports_org ON contact_imports (org_id, id);

CREATE TABLE contact_import_rows (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    import_id UUID NOT NULL,
    row_number INTEGER NOT NULL,
    field VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    cells JSONB NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (import_id, row_number),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(import_id) REFERENCES contact_imports (id) ON DELETE CASCADE
);

CREATE TABLE erasures (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    requested_by_user_id UUID,
    requested_by VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    counts JSONB NOT NULL,
    pending_files JSONB NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(requested_by_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX erasures_org ON erasures (org_id, id);
"""
GUARDED = (
    "tags",
    "contact_tags",
    "contact_fields",
    "consents",
    "suppressions",
    "contact_imports",
    "contact_import_rows",
    "erasures",
)

# An entry says what was said then; only the pointer to the person may go. After the row policies have spoken.
APPEND_ONLY = """
CREATE FUNCTION refuse_rewriting_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'contact_id' - 'recorded_by_user_id') IS DISTINCT FROM
       (to_jsonb(OLD) - 'contact_id' - 'recorded_by_user_id') THEN
        RAISE EXCEPTION 'consents are append-only';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_rewriting_consent AFTER UPDATE ON consents
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_consent();
"""

BACKFILL = """
UPDATE contacts SET name = trim(name);
INSERT INTO consents
    (id, created_at, updated_at, org_id, contact_id, channel, address, service_number, is_opted_in, source, keyword,
     reason, evidence, recorded_by, happened_at)
SELECT gen_random_uuid(), now(), now(), choice.org_id, contact.id, 'sms', choice.phone_number, choice.service_number,
    NOT choice.is_opted_out, CASE WHEN choice.keyword = 'carrier' THEN 'carrier' ELSE 'keyword' END, choice.keyword, '',
    jsonb_strip_nulls(jsonb_build_object('message_id', choice.evidence_message_id)), '', choice.changed_at
FROM sms_opt_outs choice
LEFT JOIN contacts contact ON contact.org_id = choice.org_id AND contact.phone_number = choice.phone_number;
"""


def upgrade() -> None:
    op.execute(CONTACTS)
    op.get_bind().exec_driver_sql(FUNCTIONS)
    op.execute(TABLES)
    # The tables' owner is under their policies too, so the rows that were there are changed as the platform.
    op.execute(f"SET LOCAL ROLE {PLATFORM_ROLE}")
    op.get_bind().exec_driver_sql(BACKFILL.replace("%", "%%"))
    op.execute("RESET ROLE")
    op.get_bind().exec_driver_sql(APPEND_ONLY)
    op.execute(INDEXES)
    for table in GUARDED:
        op.execute(guard(table))
    op.execute(MATCHES)
    # A function may only be given to a role that could have made it.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {PLATFORM_ROLE}")
    op.execute(f"ALTER FUNCTION contact_matches(tsquery, integer) OWNER TO {PLATFORM_ROLE}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {PLATFORM_ROLE}")
    op.execute("REVOKE ALL ON FUNCTION contact_matches(tsquery, integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION contact_matches(tsquery, integer) TO {APP_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION contact_matches(tsquery, integer)")
    op.execute("DROP INDEX sms_opt_outs_person, sms_messages_contact, audit_log_org_subject")
    op.execute(f"DROP TABLE {', '.join(reversed(GUARDED))} CASCADE")
    op.execute("""
DROP FUNCTION refuse_rewriting_consent();
DROP TRIGGER derive_contact ON contacts;
DROP FUNCTION derive_contact();
DROP FUNCTION contact_words(text, text, text, text);
DROP FUNCTION plain_words(text);
DELETE FROM contacts WHERE deleted_at IS NOT NULL;
ALTER TABLE contacts
    DROP COLUMN search, DROP COLUMN sort_company, DROP COLUMN sort_name, DROP COLUMN merged_into_id,
    DROP COLUMN deleted_at, DROP COLUMN blocked_reason, DROP COLUMN blocked_at, DROP COLUMN forward_to,
    DROP COLUMN is_whitelisted, DROP COLUMN api_metadata, DROP COLUMN custom_fields,
    DROP COLUMN country, DROP COLUMN region, DROP COLUMN city, DROP COLUMN address, DROP COLUMN job_title,
    DROP COLUMN last_name, DROP COLUMN first_name;
ALTER TABLE contacts ALTER COLUMN company DROP DEFAULT, ALTER COLUMN notes DROP DEFAULT;
""")
