"""Keep accounts: the person's profile and standing; and the face of this domain for edges."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.accounts import fields, passwords
from backend.accounts.credentials import change_password, confirm_email_change, request_email_change
from backend.accounts.entry import (
    forgot_password,
    mail_code_again,
    mail_reset_code,
    reset_password,
    send_code_again,
    sign_in,
    sign_out,
    sign_up,
    verify_email,
)
from backend.accounts.fields import email, next_path
from backend.accounts.keys import create_key, key_holder, list_keys, revoke_key
from backend.accounts.schemas import ProfileRow
from backend.core import audit, clock
from backend.core.errors import Conflict, NotAllowed, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.models.accounts import User
from backend.models.organizations import OrganizationMember
from backend.organizations import service as organizations
from backend.sessions import service as sessions
from backend.vocab import AccountStatus, MemberRole, PlatformRole

__all__ = [
    "change_password",
    "confirm_email_change",
    "create",
    "create_key",
    "email",
    "forgot_password",
    "found",
    "join",
    "key_holder",
    "list_keys",
    "mail_code_again",
    "mail_reset_code",
    "next_path",
    "profile",
    "request_email_change",
    "reset_password",
    "revoke_key",
    "send_code_again",
    "set_status",
    "sign_in",
    "sign_out",
    "sign_up",
    "update_profile",
    "verify_email",
]


async def create(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    password: str,
    organization: str,
    country: str = "US",
    timezone: str = "America/New_York",
    verified_at: datetime | None = None,
) -> Principal:
    """Make a confirmed account with its organization at once, without a code: for seeds, tests and operators.

    Needs platform scope. Raises `Invalid` for the fields, `Conflict` when the address has an account.
    """
    address = fields.email(email)
    if (await session.exec(select(User.id).where(User.email == address))).first() is not None:
        raise Conflict("This address has an account.", field="email")
    user = User(
        email=address,
        name=fields.name(name),
        password_hash=await passwords.hashed(fields.new_password(password, address)),
        email_verified_at=verified_at or clock.now(),
        timezone=organizations.check_timezone(timezone),
    )
    session.add(user)
    await session.flush()
    made = await organizations.create(session, user, organization, country=country, timezone=timezone)
    return Principal(user.id, made.id, user.name, user.email, MemberRole.OWNER)


async def found(session: AsyncSession, user_id: UUID, name: str, timezone: str = "") -> UUID:
    """Make one more organization for a person, switch them to it, and return its id. Needs platform scope.

    Raises what `organizations.create` raises.
    """
    user = await session.get_one(User, user_id, with_for_update={"key_share": True})
    zone = organizations.timezone_or_utc(timezone or user.timezone)
    made = await organizations.create(session, user, name, country=organizations.country_of(zone), timezone=zone)
    return made.id


async def join(session: AsyncSession, user_id: UUID, invitation_id: str | UUID) -> UUID:
    """Accept an invitation for a signed-in person and return the organization. Needs platform scope.

    Raises what `organizations.accept` raises.
    """
    user = await session.get_one(User, user_id, with_for_update={"key_share": True})
    return await organizations.accept(session, invitation_id, user)


async def profile(session: AsyncSession, user_id: UUID) -> ProfileRow:
    """Return what a person sees of their own account. Needs platform scope."""
    user = await session.get_one(User, user_id)
    return ProfileRow(name=user.name, email=user.email, timezone=user.timezone)


async def update_profile(
    session: AsyncSession, user_id: UUID, *, name: str | None = None, timezone: str | None = None
) -> ProfileRow:
    """Change a person's name and time zone, those given, also in the teams they are on. Needs platform scope."""
    user = await session.get_one(User, user_id, with_for_update={"key_share": True})
    if name is not None:
        user.name = fields.name(name)
        memberships = await session.exec(select(OrganizationMember).where(col(OrganizationMember.user_id) == user.id))
        for member in memberships.all():
            member.full_name = user.name
            session.add(member)
        await sessions.renamed(session, user.id)
    if timezone is not None:
        user.timezone = organizations.check_timezone(timezone)
    session.add(user)
    await session.flush()
    return ProfileRow(name=user.name, email=user.email, timezone=user.timezone)


async def set_status(
    session: AsyncSession, principal: Principal, user_id: str | UUID, status: AccountStatus, reason: str = ""
) -> None:
    """Suspend, ban or reactivate an account; unless it becomes active, all its sessions end. Needs platform scope.

    For admins of the platform, on people below them. Raises `NotAllowed`, `NotFound`.
    """
    principal.require_platform(PlatformRole.ADMIN)
    key = parse_id(user_id, "user")
    user = await session.get(User, key, with_for_update={"key_share": True})
    if user is None:
        raise NotFound("This account does not exist.")
    is_peer = user.platform_role in (PlatformRole.ADMIN, PlatformRole.GOD)
    if user.id == principal.user_id or (is_peer and principal.platform_role != PlatformRole.GOD):
        raise NotAllowed("Nobody changes their own standing, and only a god that of an admin.")
    before, user.account_status = user.account_status, status
    session.add(user)
    await session.flush()
    if status != AccountStatus.ACTIVE:
        await sessions.revoke_others(session, user.id, keep=None, by=principal.user_id)
    await audit.record(session, principal, f"admin:account:{status}", user.id, {"from": before, "reason": reason[:500]})
