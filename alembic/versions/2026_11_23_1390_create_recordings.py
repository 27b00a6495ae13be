"""Keep recordings of calls: what made each, where it lies, and how it stands."""

from alembic import op
from backend.core.row_security import guard

revision = "1390"
down_revision = "1380"
branch_labels = None
depends_on = None

RECORDINGS = """
CREATE TABLE call_recordings (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    call_id UUID NOT NULL,
    source VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    vendor_url VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    content_type VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL,
    duration_ms INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    peaks JSONB NOT NULL,
    started_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (call_id, source, name),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(call_id) REFERENCES call_records (id) ON DELETE CASCADE
);
CREATE INDEX call_recordings_org_begun ON call_recordings (org_id, started_at);
CREATE INDEX call_recordings_unfinished ON call_recordings (updated_at) WHERE status in ('recording','fetching');
"""


def upgrade() -> None:
    op.execute(RECORDINGS)
    op.execute(guard("call_recordings"))


def downgrade() -> None:
    op.execute("DROP TABLE call_recordings")
