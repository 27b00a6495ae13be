"""Organizations and who belongs to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from backend.models.base import Row, TenantRow, moment
from backend.vocab import MemberRole, MemberStatus

# The gate of the reference product: texts are answered while the balance is above minus fifty dollars.
STARTING_BALANCE_MICROS = 20_000_000
# Where the reference product's numbers of tickets begin.
FIRST_TICKET = 1001


class Organization(Row, table=True):
    """A business on the platform; its own row is guarded by its id."""

    __tablename__ = "organizations"

    name: str
    owner_id: UUID = Field(foreign_key="users.id")
    country: str = "US"
    timezone: str = "America/New_York"
    balance_micros: int = Field(default=STARTING_BALANCE_MICROS, sa_type=BigInteger)
    calls_kept_days: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """After so many days recordings and words of calls are removed; 0 keeps them."""
    calls_kept_from: datetime | None = moment()
    """When that begins to hold: a day after it was chosen, so that a slip of the hand can be taken back."""
    last_ticket_number: int = Field(
        default=FIRST_TICKET - 1, sa_type=BigInteger, sa_column_kwargs={"server_default": str(FIRST_TICKET - 1)}
    )
    """The number its newest ticket has; a number is used once, though its ticket may be gone."""


class OrganizationMember(TenantRow, table=True):
    """A person's place in an organization; carries name and email so that tenant work never reads `users`.

    An invitation is a pending row without a user: it finds its person by email when they accept.
    """

    __tablename__ = "organization_members"
    __table_args__ = (
        UniqueConstraint("org_id", "user_id"),
        Index(
            "organization_members_email",
            "email",
            "org_id",
            unique=True,
            postgresql_where=text("status <> 'removed'"),
        ),
    )

    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="CASCADE", index=True)
    email: str
    full_name: str
    role: str = MemberRole.OWNER
    status: str = MemberStatus.APPROVED
    approved_at: datetime | None = moment()
    invited_at: datetime | None = moment()
    invited_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    own_phone: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The telephone they carry, in E.164, which calls they make may ring first."""
    own_phone_proven_at: datetime | None = moment()
    """When they pressed on it what only their screen showed."""


class Team(TenantRow, table=True):
    """Some of an organization's people, to whom conversations can be given together."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    name: str


class TeamMember(TenantRow, table=True):
    """One person of a team. Who was given a conversation longest ago is next in its round robin."""

    __tablename__ = "team_members"
    __table_args__ = (UniqueConstraint("team_id", "user_id"),)

    team_id: UUID = Field(foreign_key="teams.id", ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    last_assigned_at: datetime | None = moment()
