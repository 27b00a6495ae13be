"""Keep organizations: make, rename, list a person's own, and switch between them."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock, realtime
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.accounts import User
from backend.models.organizations import Organization, OrganizationMember
from backend.organizations.activity import SUBJECTS, ActivityFilter, ActivityRow, activity, actors, export_activity
from backend.organizations.members import (
    accept,
    change_role,
    invitation,
    invite,
    mail_invitation,
    members,
    pending_for,
    reactivate,
    remove,
    send_again,
    suspend,
)
from backend.organizations.names import check_name, first_name_of
from backend.organizations.own_phones import OwnPhone, own_phone, prove_own_phone, set_own_phone
from backend.organizations.places import (
    check_country,
    check_timezone,
    country_of,
    find_countries,
    find_timezones,
    timezone_or_utc,
)
from backend.organizations.schemas import OrganizationDetails, OrganizationRow
from backend.organizations.teams import add_member as add_to_team
from backend.organizations.teams import create as create_team
from backend.organizations.teams import delete_team, next_up, on_duty
from backend.organizations.teams import get as team
from backend.organizations.teams import list_all as teams
from backend.organizations.teams import remove_member as remove_from_team
from backend.organizations.teams import rename as rename_team
from backend.sessions import service as sessions
from backend.vocab import MemberRole, MemberStatus

__all__ = [
    "SUBJECTS",
    "ActivityFilter",
    "ActivityRow",
    "OwnPhone",
    "accept",
    "activity",
    "actors",
    "add_to_team",
    "change_role",
    "check_timezone",
    "country_of",
    "create",
    "create_team",
    "delete_team",
    "details",
    "export_activity",
    "find_countries",
    "find_timezones",
    "first_name_of",
    "invitation",
    "invite",
    "mail_invitation",
    "members",
    "mine",
    "next_up",
    "on_duty",
    "own_phone",
    "pending_for",
    "prove_own_phone",
    "reactivate",
    "remove",
    "remove_from_team",
    "rename_team",
    "send_again",
    "set_own_phone",
    "suspend",
    "switch",
    "team",
    "teams",
    "timezone_or_utc",
    "update",
]

# Nobody in earnest needs more; a script that makes organizations stops here.
MOST_OWNED = 20
# Old recordings are removed only when a choice has stood for a day.
LONGEST_KEPT_DAYS, BEGINS_AFTER = 3650, timedelta(days=1)


async def create(
    session: AsyncSession, user: User, name: str, *, country: str = "US", timezone: str = "America/New_York"
) -> Organization:
    """Make an organization with `user` as its owner and current member. Needs platform scope.

    Raises `Invalid` when the name, country or zone is wrong, or the person owns twenty already.
    """
    owned = await session.exec(select(Organization.id).where(Organization.owner_id == user.id).limit(MOST_OWNED))
    if len(owned.all()) >= MOST_OWNED:
        raise Invalid(f"You own {MOST_OWNED} organizations already.", field="name")
    organization = Organization(
        name=check_name(name),
        owner_id=user.id,
        country=check_country(country),
        timezone=check_timezone(timezone),
    )
    session.add(organization)
    await session.flush()
    session.add(
        OrganizationMember(
            org_id=organization.id,
            user_id=user.id,
            email=user.email,
            full_name=user.name,
            role=MemberRole.OWNER,
            status=MemberStatus.APPROVED,
            approved_at=clock.now(),
        )
    )
    user.current_organization_id = organization.id
    session.add(user)
    await session.flush()
    await audit.record(
        session, None, "ui:organization:created", organization.id, actor_user_id=user.id, org_id=organization.id
    )
    await sessions.changed(session, user.id)
    return organization


async def details(session: AsyncSession, principal: Principal) -> OrganizationDetails:
    """Return the facts of the organization the person works in."""
    organization = await session.get(Organization, org_id_of(session))
    if organization is None:
        raise NotFound("This organization does not exist.")
    return OrganizationDetails(
        id=str(organization.id),
        name=organization.name,
        country=organization.country,
        timezone=organization.timezone,
        calls_kept_days=organization.calls_kept_days,
    )


async def update(
    session: AsyncSession,
    principal: Principal,
    *,
    name: str | None = None,
    country: str | None = None,
    timezone: str | None = None,
    calls_kept_days: int | None = None,
) -> Organization:
    """Change the organization's facts, those given. Owners only. Raises `NotAllowed`, `Invalid` naming the field."""
    principal.require_person()
    principal.require(MemberRole.OWNER)
    organization = await session.get(Organization, org_id_of(session), with_for_update={"key_share": True})
    if organization is None:
        raise NotFound("This organization does not exist.")
    changes: dict[str, str | int] = {}
    if name is not None:
        changes["name"] = check_name(name)
    if country is not None:
        changes["country"] = check_country(country)
    if timezone is not None:
        changes["timezone"] = check_timezone(timezone)
    if calls_kept_days is not None:
        if not 0 <= calls_kept_days <= LONGEST_KEPT_DAYS:
            raise Invalid("Calls are kept for a number of days, at most ten years.", field="calls_kept_days")
        changes["calls_kept_days"] = calls_kept_days
        organization.calls_kept_from = clock.now() + BEGINS_AFTER
    for field, value in changes.items():
        setattr(organization, field, value)
    session.add(organization)
    await session.flush()
    await audit.record(session, principal, "ui:organization:updated", organization.id, changes)
    await realtime.announce(session, organization.id, "organization.updated")
    return organization


async def mine(session: AsyncSession, user_id: UUID, current: UUID | None) -> list[OrganizationRow]:
    """Return the organizations a person is an approved member of, by name. Needs platform scope."""
    query = (
        select(Organization, OrganizationMember.role)
        .join(OrganizationMember, col(OrganizationMember.org_id) == col(Organization.id))
        .where(OrganizationMember.user_id == user_id, OrganizationMember.status == MemberStatus.APPROVED)
        .order_by(col(Organization.name), col(Organization.created_at))
    )
    return [
        OrganizationRow(
            id=str(organization.id), name=organization.name, role=role, is_current=organization.id == current
        )
        for organization, role in (await session.exec(query)).all()
    ]


async def switch(session: AsyncSession, user_id: UUID, org_id: str | UUID) -> None:
    """Make another organization the one the person works in. Needs platform scope.

    Raises `NotFound` when they are not an approved member of it, whether it exists or not. Their tabs reconnect.
    """
    key = parse_id(org_id, "organization")
    query = select(OrganizationMember.id).where(
        OrganizationMember.org_id == key,
        OrganizationMember.user_id == user_id,
        OrganizationMember.status == MemberStatus.APPROVED,
    )
    if (await session.exec(query)).first() is None:
        raise NotFound("This organization does not exist.")
    user = await session.get_one(User, user_id, with_for_update={"key_share": True})
    user.current_organization_id = key
    session.add(user)
    await session.flush()
    await sessions.changed(session, user_id)
