"""Let people take calls: who answers a number, and the callers for whom browsers ring."""

from alembic import op
from backend.core.row_security import guard

revision = "1430"
down_revision = "1420"
branch_labels = None
depends_on = None

WAITS = """
CREATE TABLE call_waits (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    call_id UUID NOT NULL,
    team_id UUID,
    ends_at timestamptz NOT NULL,
    taken_by_user_id UUID,
    taken_at timestamptz,
    declined_by JSONB NOT NULL,
    outcome VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(call_id) REFERENCES call_records (id) ON DELETE CASCADE,
    FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE SET NULL,
    FOREIGN KEY(taken_by_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX call_waits_call ON call_waits (call_id, id);
CREATE UNIQUE INDEX call_waits_open_call ON call_waits (call_id) WHERE outcome = '';
CREATE INDEX call_waits_open ON call_waits (org_id, id) WHERE outcome = '';
CREATE INDEX ix_call_waits_team_id ON call_waits (team_id);
CREATE INDEX ix_call_waits_taken_by_user_id ON call_waits (taken_by_user_id);
"""
NUMBERS = """
ALTER TABLE service_numbers
    ADD COLUMN answered_by VARCHAR NOT NULL DEFAULT 'agent',
    ADD COLUMN ring_team_id UUID REFERENCES teams (id) ON DELETE SET NULL,
    ADD COLUMN ring_s INTEGER NOT NULL DEFAULT 25;
CREATE INDEX ix_service_numbers_ring_team_id ON service_numbers (ring_team_id);
"""


def upgrade() -> None:
    op.execute(WAITS)
    op.execute(guard("call_waits"))
    op.execute(NUMBERS)


def downgrade() -> None:
    op.execute("""
ALTER TABLE service_numbers DROP COLUMN answered_by, DROP COLUMN ring_team_id, DROP COLUMN ring_s;
DROP TABLE call_waits;
""")
