"""Keep what each call brought, the events that webhooks are told of, and for how long calls are kept."""

from alembic import op
from backend.core.row_security import guard

revision = "1410"
down_revision = "1400"
branch_labels = None
depends_on = None

# The previous release writes calls and organizations without these.
COLUMNS = """
ALTER TABLE call_records ADD COLUMN collected JSONB NOT NULL DEFAULT '{}', ADD COLUMN emptied_at timestamptz;
ALTER TABLE organizations ADD COLUMN calls_kept_days INTEGER NOT NULL DEFAULT 0, ADD COLUMN calls_kept_from timestamptz;
CREATE INDEX call_records_kept ON call_records (org_id, id) WHERE emptied_at IS NULL;
"""
EVENTS = """
CREATE TABLE webhook_events (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    event VARCHAR NOT NULL,
    call_id UUID NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (call_id, event),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(call_id) REFERENCES call_records (id) ON DELETE CASCADE
);
CREATE INDEX webhook_events_org ON webhook_events (org_id, id);
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(EVENTS)
    op.execute(guard("webhook_events"))


def downgrade() -> None:
    op.execute("DROP TABLE webhook_events")
    op.execute("ALTER TABLE organizations DROP COLUMN calls_kept_days, DROP COLUMN calls_kept_from")
    op.execute("ALTER TABLE call_records DROP COLUMN collected, DROP COLUMN emptied_at")
