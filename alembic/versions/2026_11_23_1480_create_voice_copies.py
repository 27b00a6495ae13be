"""Keep the voices that callers agreed to have copied."""

from alembic import op
from backend.core.row_security import guard

revision = "1480"
down_revision = "1470"
branch_labels = None
depends_on = None

COPIES = """
CREATE TABLE voice_copies (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    call_id UUID,
    name VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    vendor_voice_id VARCHAR NOT NULL,
    asked VARCHAR NOT NULL,
    agreed VARCHAR NOT NULL,
    agreed_at timestamptz NOT NULL,
    sample BYTEA NOT NULL,
    speech_ms INTEGER NOT NULL,
    failure VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(contact_id) REFERENCES contacts (id) ON DELETE CASCADE,
    FOREIGN KEY(call_id) REFERENCES call_records (id) ON DELETE SET NULL
);
CREATE INDEX voice_copies_org ON voice_copies (org_id, id);
CREATE INDEX voice_copies_contact ON voice_copies (contact_id);
CREATE INDEX voice_copies_call ON voice_copies (call_id);
"""


def upgrade() -> None:
    op.execute(COPIES)
    op.execute(guard("voice_copies"))


def downgrade() -> None:
    op.execute("DROP TABLE voice_copies")
