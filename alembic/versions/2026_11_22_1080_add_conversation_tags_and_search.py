"""Put tags on conversations, and find conversations by what was said in them."""

from alembic import op
from backend.core.db import APP_ROLE, PLATFORM_ROLE
from backend.core.row_security import CURRENT_ORG, guard

revision = "1080"
down_revision = "1070"
branch_labels = None
depends_on = None

TAGS = """
CREATE TABLE conversation_tags (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    tag_id UUID NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (conversation_id, tag_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(tag_id) REFERENCES tags (id) ON DELETE CASCADE
);
CREATE INDEX conversation_tags_tag ON conversation_tags (tag_id, conversation_id);
"""

# `@@` is not leakproof, so under a row policy PostgreSQL would not use the index: the function runs as the platform's
# role and names the organization in force itself, as knowledge_matches does. A query for half a word may match most of
# what was ever said, so no more than `wanted` messages are looked at.
MATCHES = f"""
CREATE FUNCTION item_matches(query tsquery, wanted integer) RETURNS TABLE (conversation_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT found.conversation_id FROM (
        SELECT item.conversation_id FROM conversation_items item
        WHERE item.words @@ query AND item.org_id = {CURRENT_ORG}
        LIMIT wanted
    ) found
$$;
"""  # noqa: S608 - the only value set in is our own expression for the organization


def upgrade() -> None:
    op.execute(TAGS)
    op.execute(guard("conversation_tags"))
    op.execute(MATCHES)
    # A function may only be given to a role that could have made it.
    op.execute(f"GRANT CREATE ON SCHEMA public TO {PLATFORM_ROLE}")
    op.execute(f"ALTER FUNCTION item_matches(tsquery, integer) OWNER TO {PLATFORM_ROLE}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {PLATFORM_ROLE}")
    op.execute("REVOKE ALL ON FUNCTION item_matches(tsquery, integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION item_matches(tsquery, integer) TO {APP_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION item_matches(tsquery, integer)")
    op.execute("DROP TABLE conversation_tags")
