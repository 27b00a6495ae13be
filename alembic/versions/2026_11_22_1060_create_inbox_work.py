"""Create what a team keeps beside its conversations, and find conversations by any filter or word."""

from alembic import op
from backend.core.db import PLATFORM_ROLE
from backend.core.row_security import guard

revision = "1060"
down_revision = "1050"
branch_labels = None
depends_on = None

GROWN = """
CREATE TABLE teams (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org_id, name),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);
CREATE TABLE team_members (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    team_id UUID NOT NULL,
    user_id UUID NOT NULL,
    last_assigned_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (team_id, user_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_team_members_user_id ON team_members (user_id);

ALTER TABLE conversations
    ADD COLUMN team_id UUID REFERENCES teams (id) ON DELETE SET NULL,
    ADD COLUMN agent_id UUID REFERENCES agent_configs (id) ON DELETE SET NULL,
    ADD COLUMN agent_version INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN sentiment VARCHAR NOT NULL DEFAULT '';
CREATE INDEX ix_conversations_team_id ON conversations (team_id);
CREATE INDEX ix_conversations_agent_id ON conversations (agent_id);
CREATE INDEX conversations_org_team_recent ON conversations (org_id, team_id, last_item_at, id);
CREATE INDEX conversations_org_agent_recent ON conversations (org_id, agent_id, last_item_at, id);
CREATE INDEX conversations_org_filters ON conversations (org_id, last_item_at, id)
    INCLUDE (status, assignee_id, team_id, agent_id, last_channel, last_direction, needs_person, sentiment);
CREATE INDEX conversations_snoozed ON conversations (snoozed_until) WHERE status = 'snoozed';
ALTER TABLE conversation_unreads ADD COLUMN is_mentioned BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE conversation_items ADD COLUMN words TSVECTOR;
"""

TABLES = """
CREATE TABLE saved_views (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    user_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    query VARCHAR NOT NULL,
    is_shared BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX saved_views_org ON saved_views (org_id, user_id);
CREATE INDEX ix_saved_views_user_id ON saved_views (user_id);

CREATE TABLE canned_replies (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    user_id UUID NOT NULL,
    is_shared BOOLEAN NOT NULL,
    shortcut VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX canned_replies_shared_key ON canned_replies (org_id, shortcut) WHERE is_shared;
CREATE UNIQUE INDEX canned_replies_own_key ON canned_replies (org_id, user_id, shortcut) WHERE not is_shared;
CREATE INDEX ix_canned_replies_user_id ON canned_replies (user_id);

CREATE TABLE message_drafts (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    user_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    mode VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    began_seq BIGINT NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (user_id, conversation_id, mode),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX ix_message_drafts_conversation_id ON message_drafts (conversation_id);

CREATE TABLE bulk_actions (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    user_id UUID NOT NULL,
    user_name VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    parameters JSONB NOT NULL,
    status VARCHAR NOT NULL,
    total INTEGER NOT NULL,
    done_count INTEGER NOT NULL,
    undo_until timestamptz NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX bulk_actions_org_time ON bulk_actions (org_id, created_at);
CREATE INDEX ix_bulk_actions_user_id ON bulk_actions (user_id);

CREATE TABLE bulk_changes (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    bulk_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    before JSONB NOT NULL,
    after JSONB NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (bulk_id, conversation_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(bulk_id) REFERENCES bulk_actions (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX ix_bulk_changes_conversation_id ON bulk_changes (conversation_id);

CREATE TABLE item_translations (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    item_id UUID NOT NULL,
    language VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (item_id, language),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(item_id) REFERENCES conversation_items (id) ON DELETE CASCADE
);

CREATE TABLE inbox_preferences (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    user_id UUID NOT NULL,
    has_sound BOOLEAN NOT NULL,
    has_desktop BOOLEAN NOT NULL,
    is_away BOOLEAN NOT NULL,
    language VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org_id, user_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_inbox_preferences_user_id ON inbox_preferences (user_id);

CREATE TABLE outgoing_files (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    user_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    content_type VARCHAR NOT NULL,
    size_bytes INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX outgoing_files_time ON outgoing_files (created_at);
CREATE INDEX ix_outgoing_files_user_id ON outgoing_files (user_id);
CREATE INDEX ix_outgoing_files_conversation_id ON outgoing_files (conversation_id);
"""

# A message is found by its words without case and accents. Each word begins with the organization, so that one text
# index serves all of them and a search walks its own organization's words alone. `backend/conversations/search.py`
# cuts what people ask for the same way. A trigger keeps the words, so that the previous release fills them too.
WORDS = """
CREATE FUNCTION search_words(org uuid, body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array(
        SELECT right(org::text, 12) || left(word, 64)
        FROM regexp_split_to_table(
            lower(regexp_replace(normalize(left(body, 20000), NFKD), '[\\u0300-\\u036f]', '', 'g')),
            '[^[:alnum:]]+'
        ) AS word
        WHERE word <> ''
    ))
$$;
CREATE FUNCTION keep_item_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.words := CASE
        WHEN NEW.kind IN ('message', 'note') AND NEW.body <> '' THEN search_words(NEW.org_id, NEW.body)
    END;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_item_words BEFORE INSERT OR UPDATE OF body, kind ON conversation_items
    FOR EACH ROW EXECUTE FUNCTION keep_item_words();
"""

GUARDED = (
    "teams",
    "team_members",
    "saved_views",
    "canned_replies",
    "message_drafts",
    "bulk_actions",
    "bulk_changes",
    "item_translations",
    "inbox_preferences",
    "outgoing_files",
)


def upgrade() -> None:
    op.execute(GROWN)
    op.execute(TABLES)
    for table in GUARDED:
        op.execute(guard(table))
    op.execute(WORDS)
    # What was said before is found too; the policies bind the owner as well, so the platform's role does it.
    op.execute(f"SET LOCAL ROLE {PLATFORM_ROLE}")
    op.execute("UPDATE conversation_items SET body = body WHERE kind IN ('message', 'note')")
    op.execute("RESET ROLE")
    op.execute("CREATE INDEX conversation_items_words ON conversation_items USING gin (words)")


def downgrade() -> None:
    op.execute("""
DROP TRIGGER keep_item_words ON conversation_items;
DROP FUNCTION keep_item_words();
ALTER TABLE conversation_items DROP COLUMN words;
DROP FUNCTION search_words(uuid, text);
ALTER TABLE conversation_unreads DROP COLUMN is_mentioned;
DROP INDEX conversations_snoozed, conversations_org_filters;
ALTER TABLE conversations
    DROP COLUMN sentiment,
    DROP COLUMN agent_version,
    DROP COLUMN agent_id,
    DROP COLUMN team_id;
DROP TABLE outgoing_files, inbox_preferences, item_translations, bulk_changes, bulk_actions, message_drafts,
    canned_replies, saved_views, team_members, teams CASCADE;
""")
