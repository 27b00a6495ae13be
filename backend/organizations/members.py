"""Keep a team: invite by email, accept, change roles, suspend and remove; an organization always keeps an owner.

Every change of the team locks the organization's row first, so that two owners who remove each other at once do not
leave it without any.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock, jobs, realtime
from backend.core.errors import Conflict, Invalid, LimitReached, NotFound
from backend.core.ids import parse_id
from backend.core.logging import log
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.accounts import User
from backend.models.organizations import Organization, OrganizationMember, TeamMember
from backend.models.platform import AuditEntry
from backend.notifications import service as notifications
from backend.organizations import mails, teams
from backend.organizations.names import NAME_LIMIT
from backend.organizations.schemas import InvitationRow, MemberRow
from backend.sessions import service as sessions
from backend.vocab import MemberRole, MemberStatus

# The reference product's invitations last this long (backend.md, section on organizations).
INVITATION = timedelta(days=60)
# Of one team, sent again or to somebody new; to one person from one team; and teams that may write to one person.
MOST_INVITATIONS_A_DAY, MOST_TO_ONE_A_DAY, MOST_TEAMS_A_DAY = 50, 3, 5
_INVITED, _INVITED_AGAIN = "ui:member:invited", "ui:member:invited_again"


def _is_expired(member: OrganizationMember) -> bool:
    sent: datetime = member.invited_at or member.created_at
    return member.status == MemberStatus.PENDING and clock.now() > sent + INVITATION


async def members(session: AsyncSession, principal: Principal) -> list[MemberRow]:
    """Return the team with its open invitations: owners first, then by name. Every member may see it."""
    query = select(OrganizationMember).where(
        OrganizationMember.org_id == org_id_of(session), OrganizationMember.status != MemberStatus.REMOVED
    )
    rank = {MemberRole.OWNER: 0, MemberRole.EDITOR: 1, MemberRole.SUPPORT: 2}
    found = sorted(
        (await session.exec(query)).all(),
        key=lambda m: (m.status == MemberStatus.PENDING, rank[MemberRole(m.role)], m.full_name.casefold(), m.email),
    )
    return [
        MemberRow(
            id=str(member.id),
            user_id=str(member.user_id or ""),
            name=member.full_name,
            email=member.email,
            role=member.role,
            state="expired" if _is_expired(member) else member.status,
            since=(member.approved_at or member.invited_at or member.created_at).isoformat(),
            invited_by=member.invited_by,
            is_you=member.user_id == principal.user_id,
        )
        for member in found
    ]


async def invite(
    session: AsyncSession, principal: Principal, email: str, role: str, name: str = ""
) -> OrganizationMember:
    """Invite somebody by email: a pending member and a mail with the link. Owners only.

    `email` is checked by the caller's domain (`accounts.fields.email`). Raises `Conflict` when they are on the team or
    invited already, `Invalid` for a role that does not exist, `NotAllowed` below owner, `LimitReached` beyond fifty
    mails a day.
    """
    _require_owner(principal)
    organization = await _locked_organization(session)
    query = select(OrganizationMember).where(
        OrganizationMember.org_id == organization.id,
        OrganizationMember.email == email,
        OrganizationMember.status != MemberStatus.REMOVED,
    )
    known = (await session.exec(query)).first()
    if known is not None:
        state = "invited" if known.status == MemberStatus.PENDING else "on the team"
        raise Conflict(f"{email} is {state} already.", field="email")
    member = OrganizationMember(
        org_id=organization.id,
        user_id=None,
        email=email,
        full_name=" ".join(name.split())[:NAME_LIMIT],
        role=_role(role),
        status=MemberStatus.PENDING,
    )
    session.add(member)
    await _send_invitation(session, principal, organization, member)
    await audit.record(session, principal, _INVITED, member.id, {"role": member.role})
    return member


async def send_again(session: AsyncSession, principal: Principal, member_id: str | UUID) -> None:
    """Send an invitation again and let its sixty days begin anew. Owners only.

    Raises `NotFound`, `LimitReached` beyond three mails a day to this person or fifty of the team.
    """
    _require_owner(principal)
    organization = await _locked_organization(session)
    member = await _member(session, member_id, MemberStatus.PENDING)
    await _send_invitation(session, principal, organization, member)
    await audit.record(session, principal, _INVITED_AGAIN, member.id)


async def mail_invitation(session: AsyncSession, member_id: UUID) -> None:
    """Mail an invitation that is still open (the job's work). Needs platform scope.

    Somebody whom many teams invite on one day hears of the first five; the others wait for them on our pages.
    """
    member = await session.get(OrganizationMember, member_id)
    if member is None or member.status != MemberStatus.PENDING:
        return
    teams = select(func.count(func.distinct(OrganizationMember.org_id))).where(
        OrganizationMember.email == member.email,
        OrganizationMember.org_id != member.org_id,
        col(OrganizationMember.invited_at) > clock.ago(days=1),
    )
    if (await session.exec(teams)).one() >= MOST_TEAMS_A_DAY:
        log.warning("organizations.invitation_not_mailed", member=str(member.id))
        return
    organization = await session.get_one(Organization, member.org_id)
    mail = mails.invitation(member.id, organization.name, member.invited_by, MemberRole(member.role), INVITATION.days)
    occasion = f"invitation:{member.id}:{member.invited_at}"
    await notifications.queue_email(session, member.email, mail, once=occasion)


async def pending_for(session: AsyncSession, email: str) -> list[InvitationRow]:
    """Return the open invitations of an address, newest first. Needs platform scope and a confirmed address."""
    query = (
        select(OrganizationMember, Organization.name)
        .join(Organization, col(Organization.id) == col(OrganizationMember.org_id))
        .where(OrganizationMember.email == email, OrganizationMember.status == MemberStatus.PENDING)
        .order_by(col(OrganizationMember.created_at).desc(), col(OrganizationMember.id).desc())
    )
    return [_as_invitation(member, name) for member, name in (await session.exec(query)).all()]


async def invitation(session: AsyncSession, member_id: str | UUID, email: str) -> InvitationRow:
    """Return one invitation to the person it was sent to. Needs platform scope. Raises `NotFound` for anybody else."""
    member, name = await _invitation(session, member_id, email)
    return _as_invitation(member, name)


async def accept(session: AsyncSession, member_id: str | UUID, user: User) -> UUID:
    """Join the organization that invited this person's confirmed address, and switch to it; return its id.

    Needs platform scope. Raises `NotFound` when the invitation is not for this address, was withdrawn or has been
    used, `Conflict` when it has expired or they are on the team already.
    """
    found, _ = await _invitation(session, member_id, user.email)
    await _lock(session, found.org_id)
    # Read again under the lock: while we waited, an owner may have withdrawn it or changed its role.
    member, _ = await _invitation(session, member_id, user.email)
    if _is_expired(member):
        raise Conflict("This invitation has expired. Ask for a new one.", code="invitation_expired")
    earlier = (
        await session.exec(
            select(OrganizationMember).where(
                OrganizationMember.org_id == member.org_id, OrganizationMember.user_id == user.id
            )
        )
    ).first()
    if earlier is not None:
        if earlier.status != MemberStatus.REMOVED:
            raise Conflict("You are on this team already.")
        await session.delete(earlier)  # a person who was removed and invited again has one membership: the new one
        await session.flush()
    member.user_id = user.id
    member.full_name = user.name
    member.status = MemberStatus.APPROVED
    member.approved_at = clock.now()
    session.add(member)
    user.current_organization_id = member.org_id
    session.add(user)
    await session.flush()
    await audit.record(session, None, "ui:member:joined", member.id, actor_user_id=user.id, org_id=member.org_id)
    await sessions.changed(session, user.id)
    await realtime.announce(session, member.org_id, "members.changed")
    return member.org_id


async def change_role(session: AsyncSession, principal: Principal, member_id: str | UUID, role: str) -> None:
    """Give a member another role. Owners only. Raises `NotFound`, or `Conflict` for the last owner."""
    _require_owner(principal)
    await _locked_organization(session)
    member = await _member(session, member_id, MemberStatus.PENDING, MemberStatus.APPROVED, MemberStatus.SUSPENDED)
    wanted = _role(role)
    if member.role == MemberRole.OWNER and wanted != MemberRole.OWNER:
        await _keep_an_owner(session, member)
    before, member.role = member.role, wanted
    await _store(session, principal, member, "ui:member:role_changed", {"from": before, "to": wanted})


async def suspend(session: AsyncSession, principal: Principal, member_id: str | UUID) -> None:
    """Shut a member out for now; their tabs close. Owners only. Raises `NotFound`, or `Conflict` for the last owner."""
    _require_owner(principal)
    await _locked_organization(session)
    member = await _member(session, member_id, MemberStatus.APPROVED)
    await _keep_an_owner(session, member)
    member.status = MemberStatus.SUSPENDED
    await _store(session, principal, member, "ui:member:suspended")


async def reactivate(session: AsyncSession, principal: Principal, member_id: str | UUID) -> None:
    """Let a suspended member in again. Owners only. Raises `NotFound`."""
    _require_owner(principal)
    await _locked_organization(session)
    member = await _member(session, member_id, MemberStatus.SUSPENDED)
    member.status = MemberStatus.APPROVED
    await _store(session, principal, member, "ui:member:reactivated")


async def remove(session: AsyncSession, principal: Principal, member_id: str | UUID, hand_to: str = "") -> None:
    """Take somebody off the team, or withdraw an invitation. Owners only, or a member themselves (to leave).

    Their conversations go to `hand_to`: `member:<user id>`, `team:<id>` (in turn), or nobody when it is empty; they
    leave every team, and their API keys stop working. What they wrote stays, with their name, and texts they planned
    are sent: they are the organization's promise. Raises `NotFound`, `Invalid` naming `hand_to`, or `Conflict` for the
    last owner.
    """
    principal.require_person()
    organization = await _locked_organization(session)
    member = await _member(session, member_id, MemberStatus.PENDING, MemberStatus.APPROVED, MemberStatus.SUSPENDED)
    if member.user_id != principal.user_id:
        principal.require(MemberRole.OWNER)
    await _keep_an_owner(session, member)
    member.status = MemberStatus.REMOVED
    member.own_phone, member.own_phone_proven_at = "", None
    if member.user_id is not None:
        assignee_id, team_id = await _heir(session, member.user_id, hand_to)
        await session.exec(
            delete(TeamMember).where(
                col(TeamMember.org_id) == organization.id, col(TeamMember.user_id) == member.user_id
            )
        )
        await jobs.defer(
            session,
            "conversations.hand_over",
            org_id=str(organization.id),
            leaver_id=str(member.user_id),
            member_id=str(principal.user_id),
            member_name=principal.name,
            assignee_id=assignee_id,
            team_id=team_id,
        )
    await _store(session, principal, member, "ui:member:removed")


async def _heir(session: AsyncSession, leaver_id: UUID, hand_to: str) -> tuple[str, str]:
    """Return whom the conversations of a leaver go to: the id of a person and of a team, one or both empty."""
    kind, _, id = hand_to.partition(":")
    refused = Invalid("Choose a person of the team, a team, or nobody.", field="hand_to")
    if not hand_to:
        return "", ""
    try:
        wanted = parse_id(id, "hand_to")
        if kind == "team":
            return "", str((await teams.get(session, wanted)).id)
    except NotFound:
        raise refused from None
    person = select(OrganizationMember.id).where(
        OrganizationMember.org_id == org_id_of(session),
        OrganizationMember.user_id == wanted,
        OrganizationMember.status == MemberStatus.APPROVED,
    )
    if kind != "member" or wanted == leaver_id or (await session.exec(person)).first() is None:
        raise refused
    return str(wanted), ""


async def _store(
    session: AsyncSession,
    principal: Principal,
    member: OrganizationMember,
    action: str,
    details: dict[str, str] | None = None,
) -> None:
    session.add(member)
    await session.flush()
    await audit.record(session, principal, action, member.id, details)
    if member.user_id is not None:
        await sessions.changed(session, member.user_id)
    await realtime.announce(session, member.org_id, "members.changed")


async def _send_invitation(
    session: AsyncSession, principal: Principal, organization: Organization, member: OrganizationMember
) -> None:
    # The log counts every mail, also those of invitations that were withdrawn or sent again.
    today = select(func.count()).where(
        AuditEntry.org_id == organization.id,
        AuditEntry.created_at > clock.ago(days=1),
        col(AuditEntry.action).in_((_INVITED, _INVITED_AGAIN)),
    )
    if (await session.exec(today)).one() >= MOST_INVITATIONS_A_DAY:
        raise LimitReached(f"A team sends at most {MOST_INVITATIONS_A_DAY} invitations a day. Go on tomorrow.")
    if (await session.exec(today.where(AuditEntry.subject_id == str(member.id)))).one() >= MOST_TO_ONE_A_DAY:
        raise LimitReached(f"{member.email} was invited {MOST_TO_ONE_A_DAY} times today. Go on tomorrow.")
    member.invited_at = clock.now()
    member.invited_by = principal.name
    session.add(member)
    await session.flush()
    await jobs.defer(session, "organizations.send_invitation", member_id=str(member.id))
    await realtime.announce(session, organization.id, "members.changed")


async def _invitation(session: AsyncSession, member_id: str | UUID, email: str) -> tuple[OrganizationMember, str]:
    key = parse_id(member_id, "invitation")
    query = (
        select(OrganizationMember, Organization.name)
        .join(Organization, col(Organization.id) == col(OrganizationMember.org_id))
        .where(
            OrganizationMember.id == key,
            OrganizationMember.email == email,
            OrganizationMember.status == MemberStatus.PENDING,
        )
    )
    found = (await session.exec(query.execution_options(populate_existing=True))).first()
    if found is None:
        raise NotFound("There is no open invitation for your email address at this link.")
    return found


def _as_invitation(member: OrganizationMember, organization: str) -> InvitationRow:
    return InvitationRow(
        id=str(member.id),
        organization=organization,
        role=member.role,
        invited_by=member.invited_by,
        state="expired" if _is_expired(member) else "open",
    )


async def _locked_organization(session: AsyncSession) -> Organization:
    return await _lock(session, org_id_of(session))


async def _lock(session: AsyncSession, org_id: UUID) -> Organization:
    organization = await session.get(Organization, org_id, with_for_update={"key_share": True}, populate_existing=True)
    if organization is None:
        raise NotFound("This organization does not exist.")
    return organization


async def _member(session: AsyncSession, member_id: str | UUID, *states: MemberStatus) -> OrganizationMember:
    query = select(OrganizationMember).where(
        OrganizationMember.id == parse_id(member_id, "member"),
        OrganizationMember.org_id == org_id_of(session),
        col(OrganizationMember.status).in_(states),
    )
    member = (await session.exec(query.execution_options(populate_existing=True))).first()
    if member is None:
        raise NotFound("This member does not exist.")
    return member


async def _keep_an_owner(session: AsyncSession, leaving: OrganizationMember) -> None:
    if leaving.role != MemberRole.OWNER or leaving.status != MemberStatus.APPROVED:
        return
    others = await session.execute(
        text(
            "select count(*) from organization_members where org_id = :org and role = 'owner'"
            " and status = 'approved' and id <> :leaving"
        ),
        {"org": leaving.org_id, "leaving": leaving.id},
    )
    if others.scalar_one() == 0:
        raise Conflict("The last owner cannot go. Make somebody else an owner first.", code="last_owner")


def _require_owner(principal: Principal) -> None:
    principal.require_person()
    principal.require(MemberRole.OWNER)


def _role(value: str) -> MemberRole:
    try:
        return MemberRole(value)
    except ValueError:
        raise Invalid("Choose a role: owner, editor or support.", field="role") from None
