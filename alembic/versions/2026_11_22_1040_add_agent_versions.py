"""Give agents a draft, numbered versions and a bin, and people their notification preferences."""

from alembic import op
from backend.core.row_security import guard

revision = "1040"
down_revision = "1030"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE agent_configs ADD COLUMN settings JSONB NOT NULL DEFAULT '{}';
ALTER TABLE agent_configs ADD COLUMN draft JSONB NOT NULL DEFAULT '{}';
ALTER TABLE agent_configs ADD COLUMN draft_revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agent_configs ADD COLUMN draft_marks JSONB NOT NULL DEFAULT '{}';
ALTER TABLE agent_configs ADD COLUMN deleted_at timestamptz;
ALTER TABLE agent_configs ADD COLUMN released JSONB NOT NULL DEFAULT '{}';
CREATE INDEX agent_turns_org_day ON agent_turns (org_id, created_at);
"""

# Until now a text outside the hours was answered and, where a number stood, forwarded as well.
AFTER_HOURS = """
UPDATE agent_configs SET settings = '{"after_hours_action": "forward"}' WHERE after_hours_sms_forwarding <> '';
"""

TABLES = """
CREATE TABLE agent_versions (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    number INTEGER NOT NULL,
    snapshot JSONB NOT NULL,
    note VARCHAR NOT NULL,
    restored_from INTEGER,
    published_by UUID,
    publisher VARCHAR NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (agent_id, number),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE,
    FOREIGN KEY(published_by) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX ix_agent_versions_published_by ON agent_versions (published_by);

CREATE TABLE notification_preferences (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    user_id UUID NOT NULL,
    agent_id UUID,
    channels JSONB NOT NULL,
    PRIMARY KEY (id),
    UNIQUE NULLS NOT DISTINCT (user_id, org_id, agent_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    FOREIGN KEY(agent_id) REFERENCES agent_configs (id) ON DELETE CASCADE
);
CREATE INDEX ix_notification_preferences_agent_id ON notification_preferences (agent_id);
CREATE INDEX ix_notification_preferences_org_id ON notification_preferences (org_id);
"""

# What each agent is now becomes the version it already carries, so that nothing that answered is without its record.
FIRST_VERSIONS = """
INSERT INTO agent_versions
    (id, created_at, updated_at, org_id, agent_id, number, snapshot, note, restored_from, published_by, publisher)
SELECT gen_random_uuid(), updated_at, updated_at, org_id, id, version,
    jsonb_build_object(
        'name', name, 'agent_type', agent_type, 'system_prompt', system_prompt, 'greeting', greeting,
        'organization_name', organization_name, 'owner_name', owner_name, 'agent_role', agent_role,
        'language', language, 'llm_model', llm_model, 'temperature', temperature, 'max_tokens', max_tokens,
        'texts_schedule', texts_schedule, 'schedule_timezone', schedule_timezone,
        'after_hours_message', after_hours_message, 'after_hours_sms_forwarding', after_hours_sms_forwarding,
        'variables', variables
    ) || settings,
    '', NULL, NULL, ''
FROM agent_configs;
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    # The owner of a guarded table sees none of its rows while the guard is forced upon it.
    op.execute("ALTER TABLE agent_configs NO FORCE ROW LEVEL SECURITY")
    op.execute(AFTER_HOURS)
    op.execute(TABLES)
    op.execute(FIRST_VERSIONS)
    op.execute("ALTER TABLE agent_configs FORCE ROW LEVEL SECURITY")
    op.execute(guard("agent_versions"))
    op.execute(guard("notification_preferences"))


def downgrade() -> None:
    op.execute("""
DROP TABLE notification_preferences;
DROP TABLE agent_versions;
DROP INDEX agent_turns_org_day;
ALTER TABLE agent_configs NO FORCE ROW LEVEL SECURITY;
DELETE FROM agent_configs WHERE deleted_at IS NOT NULL;
ALTER TABLE agent_configs FORCE ROW LEVEL SECURITY;
ALTER TABLE agent_configs DROP COLUMN released;
ALTER TABLE agent_configs DROP COLUMN deleted_at;
ALTER TABLE agent_configs DROP COLUMN draft_marks;
ALTER TABLE agent_configs DROP COLUMN draft_revision;
ALTER TABLE agent_configs DROP COLUMN draft;
ALTER TABLE agent_configs DROP COLUMN settings;
""")
