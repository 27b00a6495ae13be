"""Bound what a conversation's answers may cost, and read an agent's figures from an index alone."""

from alembic import op

revision = "1240"
down_revision = "1230"
branch_labels = None
depends_on = None

FIGURES = "conversation_id, channel, status, is_unanswered, sentiment, cost_micros, total_ms"


def upgrade() -> None:
    # The previous release writes turns without these.
    op.execute("ALTER TABLE agent_turns ADD COLUMN reserved_micros BIGINT NOT NULL DEFAULT 0")
    for name in ("part", "cap", "sentiment"):
        op.execute(f"ALTER TABLE agent_turns ADD COLUMN {name} VARCHAR NOT NULL DEFAULT ''")
    op.execute(f"CREATE INDEX agent_turns_figures ON agent_turns (org_id, agent_id, created_at) INCLUDE ({FIGURES})")


def downgrade() -> None:
    op.execute("DROP INDEX agent_turns_figures")
    for name in ("sentiment", "cap", "part", "reserved_micros"):
        op.drop_column("agent_turns", name)
