"""Keep the calendar an organization connected, and the appointments made in it through us."""

from alembic import op
from backend.core.row_security import guard

revision = "1300"
down_revision = "1290"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE calendar_connections (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    api_key BYTEA NOT NULL,
    username VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    timezone VARCHAR NOT NULL,
    event_types JSONB NOT NULL,
    last_error VARCHAR NOT NULL,
    checked_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (org_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);

CREATE TABLE bookings (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    conversation_id UUID,
    told_in VARCHAR NOT NULL,
    call_id UUID,
    uid VARCHAR NOT NULL,
    vendor_id BIGINT NOT NULL,
    event_type_id BIGINT NOT NULL,
    title VARCHAR NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    timezone VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    attendee_name VARCHAR NOT NULL,
    attendee_email VARCHAR NOT NULL,
    attendee_phone VARCHAR NOT NULL,
    meeting_url VARCHAR NOT NULL,
    agent_id UUID,
    agent_name VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org_id, uid),
    UNIQUE (org_id, call_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE SET NULL
);
CREATE INDEX bookings_conversation ON bookings (conversation_id, starts_at);
CREATE INDEX bookings_vendor ON bookings (org_id, vendor_id);
CREATE INDEX ix_bookings_agent_id ON bookings (agent_id);
"""

NAMES = ("calendar_connections", "bookings")


def upgrade() -> None:
    op.execute(TABLES)
    for name in NAMES:
        op.execute(guard(name))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_table(name)
