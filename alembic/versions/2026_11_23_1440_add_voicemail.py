"""Let callers whom nobody takes leave a message: whether they may, and what is said before it."""

from alembic import op

revision = "1440"
down_revision = "1430"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
ALTER TABLE service_numbers
    ADD COLUMN has_voicemail BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN voicemail_greeting VARCHAR NOT NULL DEFAULT '';
""")


def downgrade() -> None:
    op.execute("ALTER TABLE service_numbers DROP COLUMN has_voicemail, DROP COLUMN voicemail_greeting")
