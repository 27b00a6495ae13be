"""People who sign in: accounts, sessions and one-time codes (platform rows no organization reads), and API keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey
from sqlmodel import Field

from backend.core import clock
from backend.models.base import Row, TenantRow, moment
from backend.vocab import AccountStatus, PlatformRole


class User(Row, table=True):
    """A person with an account."""

    __tablename__ = "users"

    email: str = Field(unique=True)
    name: str
    password_hash: str
    email_verified_at: datetime | None = moment()
    platform_role: str = PlatformRole.USER
    account_status: str = AccountStatus.ACTIVE
    current_organization_id: UUID | None = Field(
        default=None,
        sa_column=Column(ForeignKey("organizations.id", ondelete="SET NULL", use_alter=True), nullable=True),
    )
    timezone: str = "UTC"
    last_login_at: datetime | None = moment()


class UserSession(Row, table=True):
    """One signed-in browser; the cookie holds a token, the row only its hash."""

    __tablename__ = "user_sessions"

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(unique=True)
    last_seen_at: datetime = moment(clock.now)
    expires_at: datetime = moment(clock.now)
    revoked_at: datetime | None = moment()
    address: str = ""
    user_agent: str = ""


class OneTimeCode(Row, table=True):
    """A six-digit code sent by email; it works once, for one purpose, for a short while, in the browser that asked.

    A sign-up leaves its name and password hash here: they become the account's when its own code is entered, so
    nobody can prepare an account for an address that is not theirs.
    """

    __tablename__ = "one_time_codes"

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    purpose: str
    target: str
    code_hash: str
    expires_at: datetime = moment(clock.now)
    used_at: datetime | None = moment()
    attempts: int = 0
    browser_hash: str = Field(default="", index=True, sa_column_kwargs={"server_default": ""})
    name: str = Field(default="", sa_column_kwargs={"server_default": ""})
    password_hash: str = Field(default="", sa_column_kwargs={"server_default": ""})


class ApiKey(TenantRow, table=True):
    """A key a program signs in with on behalf of a member; only its hash is kept."""

    __tablename__ = "api_keys"

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    name: str
    key_prefix: str
    key_hash: str = Field(unique=True)
    is_active: bool = True
    last_used_at: datetime | None = moment()
