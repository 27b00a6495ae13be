"""Make the people of the tenancy tests: owners with an organization of their own."""

from backend.accounts import service as accounts
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work

PASSWORD = "correct horse battery"


async def make_owner(email: str, organization: str, name: str = "Dana Ruiz") -> Principal:
    """Make a confirmed account with an organization and return who it acts as."""
    with platform_scope("make an account for a test"):
        async with unit_of_work() as session:
            return await accounts.create(session, email=email, name=name, password=PASSWORD, organization=organization)
