"""Keep what calls cost and what is kept back for them, and a ledger of what changed a business's balance."""

from alembic import op
from backend.core.row_security import guard

revision = "1380"
down_revision = "1370"
branch_labels = None
depends_on = None

# The previous release writes calls without these.
COLUMNS = """
ALTER TABLE call_records
    ADD COLUMN reserved_micros BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN cost_micros BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN costs JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN settled_at timestamptz;
CREATE INDEX call_records_reserved ON call_records (org_id) WHERE reserved_micros > 0;
"""
LEDGER = """
CREATE TABLE ledger_entries (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    key VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    amount_micros BIGINT NOT NULL,
    balance_micros BIGINT NOT NULL,
    reference_id UUID,
    parts JSONB NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org_id, key),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(LEDGER)
    op.execute(guard("ledger_entries"))


def downgrade() -> None:
    op.execute("DROP TABLE ledger_entries")
    op.execute("DROP INDEX call_records_reserved")
    op.execute("""
ALTER TABLE call_records
    DROP COLUMN reserved_micros, DROP COLUMN cost_micros, DROP COLUMN costs, DROP COLUMN settled_at
    """)
