"""Keep what opens the other system that a skill writes into."""

from alembic import op

revision = "1260"
down_revision = "1250"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table agent_skills add column secret bytea")


def downgrade() -> None:
    op.drop_column("agent_skills", "secret")
