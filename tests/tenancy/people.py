"""Make the people of the tenancy tests: owners, teammates, their sessions and their keys."""

from uuid import UUID

from backend.accounts import service as accounts
from backend.core import clock
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.organizations import OrganizationMember
from backend.sessions import service as sessions
from backend.sessions.schemas import Browser
from backend.vocab import MemberRole, MemberStatus, PlatformRole

PASSWORD = "correct horse battery"


async def make_owner(email: str, organization: str, name: str = "Dana Ruiz") -> Principal:
    """Make a confirmed account with an organization and return who it acts as."""
    with platform_scope("make an account for a test"):
        async with unit_of_work() as session:
            return await accounts.create(session, email=email, name=name, password=PASSWORD, organization=organization)


async def make_teammate(
    org_id: UUID, email: str, name: str, role: MemberRole, platform_role: PlatformRole = PlatformRole.USER
) -> Principal:
    """Make an account that is a member of an organization, and return who it acts as."""
    with platform_scope("make a teammate for a test"):
        async with unit_of_work() as session:
            user = User(
                email=email,
                name=name,
                password_hash="none",
                email_verified_at=clock.now(),
                platform_role=platform_role,
                current_organization_id=org_id,
            )
            session.add(user)
            await session.flush()
            member = OrganizationMember(
                org_id=org_id,
                user_id=user.id,
                email=email,
                full_name=name,
                role=role,
                status=MemberStatus.APPROVED,
                approved_at=clock.now(),
            )
            session.add(member)
            return Principal(user.id, org_id, name, email, role, platform_role)


async def sign_in(principal: Principal) -> str:
    """Return the session cookie of a fresh session."""
    with platform_scope("sign in for a test"):
        async with unit_of_work() as session:
            return await sessions.start(session, principal.user_id, Browser("127.0.0.1", "a test"))


async def sign_out(token: str) -> None:
    """End a session as its person would."""
    with platform_scope("sign out for a test"):
        async with unit_of_work() as session:
            await sessions.end_by_token(session, token)


async def make_key(principal: Principal, name: str) -> tuple[str, str]:
    """Return a fresh API key of a person, and its id."""
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            made = await accounts.create_key(session, principal, name)
            return made["key"], made["id"]


async def revoke_key(principal: Principal, key_id: str) -> None:
    """Stop a key."""
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            await accounts.revoke_key(session, principal, key_id)
