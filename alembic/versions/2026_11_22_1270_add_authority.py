"""Keep who allowed each call of a tool, and let calls and turns wait for a person."""

from alembic import op

revision = "1270"
down_revision = "1260"
branch_labels = None
depends_on = None

# The defaults stay while the previous release writes rows without these columns: what it runs, its settings allow.
COLUMNS = (
    "kind VARCHAR NOT NULL DEFAULT ''",
    "authority VARCHAR NOT NULL DEFAULT 'policy'",
    "offer JSONB NOT NULL DEFAULT '{}'",
    "decided_by_name VARCHAR NOT NULL DEFAULT ''",
    "note VARCHAR NOT NULL DEFAULT ''",
    "expires_at TIMESTAMP WITH TIME ZONE",
)
HANDED = ("conversations", "chat_sessions")


def upgrade() -> None:
    for column in COLUMNS:
        op.execute(f"ALTER TABLE tool_calls ADD COLUMN {column}")
    op.execute("UPDATE tool_calls SET authority = 'person' WHERE allowed_by IS NOT NULL")
    op.execute(
        "ALTER TABLE tool_calls ADD CONSTRAINT tool_calls_are_allowed"
        " CHECK (authority <> '' OR status IN ('waiting', 'refused', 'expired')) NOT VALID"
    )
    op.execute("ALTER TABLE tool_calls VALIDATE CONSTRAINT tool_calls_are_allowed")
    for table in HANDED:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN handed_to_agent_id UUID REFERENCES agent_configs (id) ON DELETE SET NULL"
        )
        op.execute(f"CREATE INDEX ix_{table}_handed_to_agent_id ON {table} (handed_to_agent_id)")
    op.execute("CREATE INDEX tool_calls_waiting ON tool_calls (conversation_id) WHERE status = 'waiting'")
    op.execute("CREATE INDEX agent_turns_waiting ON agent_turns (conversation_id) WHERE status = 'waiting'")


def downgrade() -> None:
    op.execute("DROP INDEX agent_turns_waiting")
    op.execute("DROP INDEX tool_calls_waiting")
    for table in HANDED:
        op.drop_column(table, "handed_to_agent_id")
    op.execute("ALTER TABLE tool_calls DROP CONSTRAINT tool_calls_are_allowed")
    for column in reversed(COLUMNS):
        op.drop_column("tool_calls", column.split()[0])
