"""Let a signed-in person change what they sign in with: password and email address.

Edges, like `entry`: each opens its own short transactions.
"""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from backend.accounts import codes, fields, limits, mails, passwords
from backend.core import audit
from backend.core.errors import Invalid
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.organizations import OrganizationMember
from backend.notifications import service as notifications
from backend.sessions import service as sessions
from backend.sessions.schemas import SignedIn
from backend.vocab import CodePurpose, MemberStatus

_ACTOR = "api:account"


async def change_password(person: SignedIn, current: str, new: str) -> None:
    """Set a new password; the person's other sessions end and they are told by mail.

    Raises `Invalid` that names `current` or `password`, `LimitReached`.
    """
    password = fields.new_password(new, person.email)
    await _confirm(person, current, "current")
    password_hash = await passwords.hashed(password)
    with platform_scope("change a password"):
        async with unit_of_work() as session:
            user = await session.get_one(User, person.user_id, with_for_update={"key_share": True})
            user.password_hash = password_hash
            session.add(user)
            await sessions.revoke_others(session, user.id, keep=person.session_id)
            await notifications.queue_email(session, user.email, mails.password_changed())
            await audit.record(session, None, f"{_ACTOR}:password_changed", user.id, actor_user_id=user.id)


async def request_email_change(person: SignedIn, new_email: str, password: str) -> None:
    """Mail a code to a new address. An address that has its own account gets a note instead; the answer is the same.

    Raises `Invalid` that names `email` or `password`, `LimitReached`.
    """
    address = fields.email(new_email)
    if address == person.email:
        raise Invalid("This is your address already.", field="email")
    await _confirm(person, password, "password")
    await limits.new_address(str(person.user_id), address)
    with platform_scope("change an email address"):
        async with unit_of_work() as session:
            if (await session.exec(select(User.id).where(User.email == address))).first() is not None:
                await notifications.queue_email(session, address, mails.address_in_use())
                return
            code = await codes.issue(
                session, person.user_id, CodePurpose.CHANGE_EMAIL, address, codes.browser_hash(_own(person))
            )
            await notifications.queue_email(session, address, mails.code(CodePurpose.CHANGE_EMAIL, code))


async def confirm_email_change(person: SignedIn, code: str) -> str:
    """Move the account to the address whose code this is, and return it; the other sessions end, the old address hears.

    Raises `Invalid` for every code that opens nothing, `LimitReached`.
    """
    await limits.own_password(str(person.user_id))
    code_id = await codes.check(_own(person), CodePurpose.CHANGE_EMAIL, code)
    try:
        with platform_scope("confirm a new email address"):
            async with unit_of_work() as session:
                proof = await codes.redeem(session, code_id)
                user = await session.get_one(User, person.user_id, with_for_update={"key_share": True})
                old, user.email = user.email, proof.target
                session.add(user)
                await session.flush()
                mine = col(OrganizationMember.user_id) == user.id
                own_teams = select(col(OrganizationMember.org_id)).where(mine)
                # An open invitation of the new address into a team the person is on has no purpose any more.
                await session.execute(
                    update(OrganizationMember)
                    .where(
                        col(OrganizationMember.email) == user.email,
                        col(OrganizationMember.status) == MemberStatus.PENDING,
                        col(OrganizationMember.org_id).in_(own_teams),
                    )
                    .values(status=MemberStatus.REMOVED)
                )
                await session.execute(update(OrganizationMember).where(mine).values(email=user.email))
                await sessions.revoke_others(session, user.id, keep=person.session_id)
                await sessions.renamed(session, user.id)
                await notifications.queue_email(session, old, mails.email_changed(user.email))
                await audit.record(session, None, f"{_ACTOR}:email_changed", user.id, actor_user_id=user.id)
                return user.email
    except IntegrityError:  # somebody began an account with this address in the meantime
        raise codes.wrong_code() from None


async def _confirm(person: SignedIn, password: str, field: str) -> None:
    await limits.own_password(str(person.user_id))
    with platform_scope("check a password"):
        async with unit_of_work() as session:
            password_hash = (await session.get_one(User, person.user_id)).password_hash
    if not await passwords.match(password_hash, fields.typed_password(password)):
        raise Invalid("This is not your current password.", code="password_wrong", field=field)


def _own(person: SignedIn) -> str:
    """Bind a code to the session that asked for it; the session's cookie stands for the pending one."""
    return f"session:{person.session_id}"
