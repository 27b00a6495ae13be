"""Make one library of the saved replies, texts, emails and calls a team writes beforehand.

The saved replies move with their table. The release before this one finds its own columns in a view of the old name,
which reads and writes with the rights of whoever asks.
"""

from alembic import op

revision = "1220"
down_revision = "1210"
branch_labels = None
depends_on = None

COLUMNS = (
    ("kind", "varchar not null default 'message'"),
    ("folder", "varchar not null default ''"),
    ("subject", "varchar not null default ''"),
    ("goal", "varchar not null default ''"),
    ("is_default", "boolean not null default false"),
)
FORMER = """
CREATE VIEW canned_replies WITH (security_invoker = true) AS
SELECT id, created_at, updated_at, org_id, user_id, is_shared, shortcut, title, body
FROM message_templates WHERE kind = 'message' AND shortcut <> ''
"""


def upgrade() -> None:
    """Rename the table, widen it, and leave the old name to the previous release."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE canned_replies RENAME TO message_templates")
    for name, kind in COLUMNS:
        op.execute(f"ALTER TABLE message_templates ADD COLUMN {name} {kind}")
    op.execute("ALTER TABLE message_templates RENAME CONSTRAINT canned_replies_pkey TO message_templates_pkey")
    op.execute("ALTER INDEX ix_canned_replies_user_id RENAME TO ix_message_templates_user_id")
    op.execute("DROP INDEX canned_replies_shared_key")
    op.execute("DROP INDEX canned_replies_own_key")
    op.execute(
        "CREATE UNIQUE INDEX message_templates_shared_key ON message_templates (org_id, shortcut)"
        " WHERE is_shared AND shortcut <> ''"
    )
    op.execute(
        "CREATE UNIQUE INDEX message_templates_own_key ON message_templates (org_id, user_id, shortcut)"
        " WHERE NOT is_shared AND shortcut <> ''"
    )
    op.execute("CREATE UNIQUE INDEX message_templates_default_key ON message_templates (org_id) WHERE is_default")
    op.execute(FORMER)


def downgrade() -> None:
    """Keep what the former table could hold."""
    op.execute("DROP VIEW canned_replies")
    op.execute("DELETE FROM message_templates WHERE kind <> 'message' OR shortcut = ''")
    for name in ("message_templates_default_key", "message_templates_own_key", "message_templates_shared_key"):
        op.execute(f"DROP INDEX {name}")
    for name, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE message_templates DROP COLUMN {name}")
    op.execute("ALTER INDEX ix_message_templates_user_id RENAME TO ix_canned_replies_user_id")
    op.execute("ALTER TABLE message_templates RENAME CONSTRAINT message_templates_pkey TO canned_replies_pkey")
    op.execute("ALTER TABLE message_templates RENAME TO canned_replies")
    op.execute("CREATE UNIQUE INDEX canned_replies_shared_key ON canned_replies (org_id, shortcut) WHERE is_shared")
    op.execute(
        "CREATE UNIQUE INDEX canned_replies_own_key ON canned_replies (org_id, user_id, shortcut) WHERE not is_shared"
    )
