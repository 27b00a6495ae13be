"""Say whether an organization's balance allows what it asks for."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.tenancy import org_id_of
from backend.models.organizations import Organization

# The reference product answers texts and calls down to fifty dollars of overdraft (backend.md §1.3).
OVERDRAFT_MICROS = 50_000_000


async def may_reply(session: AsyncSession) -> bool:
    """Tell whether automatic replies are still paid for: the balance stands above the overdraft."""
    query = select(col(Organization.balance_micros)).where(col(Organization.id) == org_id_of(session))
    balance = (await session.exec(query)).first()
    return balance is not None and covers(balance)


def covers(balance_micros: int) -> bool:
    """Tell whether a balance pays for what an agent does: it stands above the overdraft."""
    return balance_micros > -OVERDRAFT_MICROS
