"""Create the people, the organizations and what the platform remembers about them."""

from alembic import op
from backend.core.row_security import guard

revision = "0910"
down_revision = "0900"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE users (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    email VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    email_verified_at timestamptz,
    platform_role VARCHAR NOT NULL,
    account_status VARCHAR NOT NULL,
    current_organization_id UUID,
    timezone VARCHAR NOT NULL,
    last_login_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (email)
);

CREATE TABLE organizations (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    name VARCHAR NOT NULL,
    owner_id UUID NOT NULL,
    country VARCHAR NOT NULL,
    timezone VARCHAR NOT NULL,
    balance_micros BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(owner_id) REFERENCES users (id)
);

CREATE TABLE organization_members (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    user_id UUID NOT NULL,
    email VARCHAR NOT NULL,
    full_name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    approved_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (org_id, user_id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_organization_members_user_id ON organization_members (user_id);

CREATE TABLE user_sessions (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    user_id UUID NOT NULL,
    token_hash VARCHAR NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    address VARCHAR NOT NULL,
    user_agent VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    UNIQUE (token_hash)
);
CREATE INDEX ix_user_sessions_user_id ON user_sessions (user_id);

CREATE TABLE one_time_codes (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    user_id UUID NOT NULL,
    purpose VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    code_hash VARCHAR NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_one_time_codes_user_id ON one_time_codes (user_id);

CREATE TABLE api_keys (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    user_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    key_prefix VARCHAR NOT NULL,
    key_hash VARCHAR NOT NULL,
    is_active BOOLEAN NOT NULL,
    last_used_at timestamptz,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    UNIQUE (key_hash)
);
CREATE INDEX ix_api_keys_user_id ON api_keys (user_id);

CREATE TABLE idempotency_keys (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID NOT NULL,
    endpoint VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    request_hash VARCHAR NOT NULL,
    response_status INTEGER NOT NULL,
    response_body JSONB NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org_id, endpoint, key),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE
);

CREATE TABLE audit_log (
    id UUID NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    org_id UUID,
    actor_user_id UUID,
    actor VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    subject_id VARCHAR NOT NULL,
    details JSONB NOT NULL,
    address VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(org_id) REFERENCES organizations (id) ON DELETE CASCADE,
    FOREIGN KEY(actor_user_id) REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX audit_log_org_time ON audit_log (org_id, created_at);

ALTER TABLE users ADD FOREIGN KEY (current_organization_id) REFERENCES organizations (id) ON DELETE SET NULL;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(guard("users", org_column=None))
    op.execute(guard("organizations", org_column="id"))
    op.execute(guard("organization_members"))
    op.execute(guard("user_sessions", org_column=None))
    op.execute(guard("one_time_codes", org_column=None))
    op.execute(guard("api_keys"))
    op.execute(guard("idempotency_keys"))
    op.execute(guard("audit_log"))


def downgrade() -> None:
    op.execute("""
DROP TABLE audit_log CASCADE;
DROP TABLE idempotency_keys CASCADE;
DROP TABLE api_keys CASCADE;
DROP TABLE one_time_codes CASCADE;
DROP TABLE user_sessions CASCADE;
DROP TABLE organization_members CASCADE;
DROP TABLE organizations CASCADE;
DROP TABLE users CASCADE;
""")
