"""Remember how far each vendor's list was seen, so that a long stop loses nothing."""

from alembic import op
from backend.core.row_security import guard

revision = "1010"
down_revision = "1000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
CREATE TABLE vendor_cursors (
    name VARCHAR NOT NULL,
    seen_until timestamptz NOT NULL,
    PRIMARY KEY (name)
)
""")
    op.execute(guard("vendor_cursors", org_column=None))


def downgrade() -> None:
    op.execute("DROP TABLE vendor_cursors")
