"""Keep teams: some of an organization's people, to whom conversations are given together or in turn."""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock, realtime
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.inbox import InboxPreference
from backend.models.organizations import OrganizationMember, Team, TeamMember
from backend.vocab import MemberRole, MemberStatus

NAME_LIMIT = 60
MOST_TEAMS = 50


class TeamMate(TypedDict):
    """A person of a team. `is_away` people are passed over when conversations are given in turn."""

    user_id: str
    name: str
    is_away: bool


class TeamRow(TypedDict):
    """A team with its people, by name."""

    id: str
    name: str
    members: list[TeamMate]


@dataclass(frozen=True)
class NextUp:
    """Whose turn it is."""

    id: UUID
    name: str


async def list_all(session: AsyncSession) -> list[TeamRow]:
    """Return every team with its approved members, both by name. Every member may see it."""
    org_id = org_id_of(session)
    found = (await session.exec(select(Team).where(Team.org_id == org_id).order_by(func.lower(Team.name)))).all()
    rows: dict[UUID, TeamRow] = {one.id: {"id": str(one.id), "name": one.name, "members": []} for one in found}
    people = (
        select(
            TeamMember.team_id,
            OrganizationMember.user_id,
            OrganizationMember.full_name,
            func.coalesce(col(InboxPreference.is_away), False),
        )
        .join(
            OrganizationMember,
            (col(OrganizationMember.user_id) == col(TeamMember.user_id))
            & (col(OrganizationMember.org_id) == col(TeamMember.org_id)),
        )
        .outerjoin(
            InboxPreference,
            (col(InboxPreference.user_id) == col(TeamMember.user_id))
            & (col(InboxPreference.org_id) == col(TeamMember.org_id)),
        )
        .where(TeamMember.org_id == org_id, OrganizationMember.status == MemberStatus.APPROVED)
        .order_by(func.lower(OrganizationMember.full_name))
    )
    for team_id, user_id, name, is_away in (await session.execute(people)).all():
        rows[team_id]["members"].append({"user_id": str(user_id), "name": name, "is_away": is_away})
    return list(rows.values())


async def get(session: AsyncSession, team_id: UUID) -> Team:
    """Return one team. Raises `NotFound`."""
    found = await session.exec(select(Team).where(Team.org_id == org_id_of(session), Team.id == team_id))
    team = found.first()
    if team is None:
        raise NotFound("This team does not exist.")
    return team


async def create(session: AsyncSession, principal: Principal, name: str) -> Team:
    """Make a team. Owners only. Raises `Invalid` naming the field, `Conflict` when the name is taken."""
    principal.require(MemberRole.OWNER)
    org_id = org_id_of(session)
    total = (await session.exec(select(func.count()).select_from(Team).where(Team.org_id == org_id))).one()
    if total >= MOST_TEAMS:
        raise Conflict(f"There are {MOST_TEAMS} teams already.", code="too_many_teams")
    team = Team(org_id=org_id, name=await _free_name(session, name))
    session.add(team)
    await session.flush()
    await _record(session, principal, team.id, "created", {"name": team.name})
    return team


async def rename(session: AsyncSession, principal: Principal, team_id: UUID, name: str) -> Team:
    """Give a team another name. Owners only. Raises `NotFound`, `Invalid`, `Conflict`."""
    principal.require(MemberRole.OWNER)
    team = await get(session, team_id)
    team.name = await _free_name(session, name, team.id)
    session.add(team)
    await session.flush()
    await _record(session, principal, team.id, "renamed", {"name": team.name})
    return team


async def delete_team(session: AsyncSession, principal: Principal, team_id: UUID) -> None:
    """Delete a team; its conversations stay with whoever has them. Owners only. Raises `NotFound`."""
    principal.require(MemberRole.OWNER)
    team = await get(session, team_id)
    await session.delete(team)
    await session.flush()
    await _record(session, principal, team_id, "deleted", {"name": team.name})


async def add_member(session: AsyncSession, principal: Principal, team_id: UUID, user_id: UUID) -> None:
    """Put an approved member on a team. Owners only. Raises `NotFound`, and `Invalid` for anybody else."""
    principal.require(MemberRole.OWNER)
    team = await get(session, team_id)
    member = await session.exec(
        select(OrganizationMember.id).where(
            OrganizationMember.org_id == team.org_id,
            OrganizationMember.user_id == user_id,
            OrganizationMember.status == MemberStatus.APPROVED,
        )
    )
    if member.first() is None:
        raise Invalid("This person is not a member of the organization.", field="user_id")
    row = TeamMember(org_id=team.org_id, team_id=team.id, user_id=user_id)
    await session.execute(insert(TeamMember).values(**row.model_dump()).on_conflict_do_nothing())
    await _record(session, principal, team.id, "member_added", {"user_id": str(user_id)})


async def remove_member(session: AsyncSession, principal: Principal, team_id: UUID, user_id: UUID) -> None:
    """Take a person off a team; what is assigned to them stays theirs. Owners only. Raises `NotFound`."""
    principal.require(MemberRole.OWNER)
    team = await get(session, team_id)
    await session.exec(
        delete(TeamMember).where(
            col(TeamMember.org_id) == team.org_id,
            col(TeamMember.team_id) == team.id,
            col(TeamMember.user_id) == user_id,
        )
    )
    await _record(session, principal, team.id, "member_removed", {"user_id": str(user_id)})


async def on_duty(session: AsyncSession, team_id: UUID | None) -> set[UUID]:
    """Return who of a team, or of the whole organization, is there: every approved member who is not away."""
    member = OrganizationMember
    query = (
        select(member.user_id)
        .outerjoin(
            InboxPreference,
            (col(InboxPreference.user_id) == col(member.user_id)) & (col(InboxPreference.org_id) == col(member.org_id)),
        )
        .where(
            member.org_id == org_id_of(session),
            member.status == MemberStatus.APPROVED,
            func.coalesce(col(InboxPreference.is_away), False).is_(False),
        )
    )
    if team_id is not None:
        query = query.join(
            TeamMember,
            (col(TeamMember.user_id) == col(member.user_id)) & (col(TeamMember.org_id) == col(member.org_id)),
        ).where(TeamMember.team_id == team_id)
    return {user_id for user_id in (await session.exec(query)).all() if user_id is not None}


async def next_up(session: AsyncSession, team_id: UUID) -> NextUp:
    """Return whose turn it is, and note that they had it: who was given something longest ago, and is not away.

    Two callers at once get two people. Raises `Conflict` (`nobody_there`) when nobody of the team is there.
    """
    org_id = org_id_of(session)
    # Locked first, so that a second caller sees whom the first one took.
    await session.exec(select(Team.id).where(Team.org_id == org_id, Team.id == team_id).with_for_update())
    query = (
        select(TeamMember, OrganizationMember.full_name)
        .join(
            OrganizationMember,
            (col(OrganizationMember.user_id) == col(TeamMember.user_id))
            & (col(OrganizationMember.org_id) == col(TeamMember.org_id)),
        )
        .outerjoin(
            InboxPreference,
            (col(InboxPreference.user_id) == col(TeamMember.user_id))
            & (col(InboxPreference.org_id) == col(TeamMember.org_id)),
        )
        .where(
            TeamMember.org_id == org_id,
            TeamMember.team_id == team_id,
            OrganizationMember.status == MemberStatus.APPROVED,
            func.coalesce(col(InboxPreference.is_away), False).is_(False),
        )
        .order_by(col(TeamMember.last_assigned_at).asc().nulls_first(), col(TeamMember.id))
        .limit(1)
        .execution_options(populate_existing=True)
    )
    found = (await session.exec(query)).first()
    if found is None:
        raise Conflict("Nobody of this team is there. Choose a person.", code="nobody_there")
    member, name = found
    member.last_assigned_at = clock.now()
    session.add(member)
    await session.flush()
    return NextUp(member.user_id, name)


async def _free_name(session: AsyncSession, name: str, but: UUID | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("Give the team a name.", field="name")
    if len(name) > NAME_LIMIT:
        raise Invalid(f"A team’s name has at most {NAME_LIMIT} characters.", field="name")
    taken = select(Team.id).where(
        Team.org_id == org_id_of(session), func.lower(Team.name) == name.lower(), col(Team.id) != but
    )
    if (await session.exec(taken)).first() is not None:
        raise Conflict(f"There is a team {name} already.", field="name")
    return name


async def _record(
    session: AsyncSession, principal: Principal, team_id: UUID, verb: str, details: dict[str, str]
) -> None:
    await audit.record(session, principal, f"ui:team:{verb}", team_id, details)
    await realtime.announce(session, org_id_of(session), "teams.changed", subject=str(team_id))
