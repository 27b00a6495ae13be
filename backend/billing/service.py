"""Say whether an organization's balance allows what it asks for, and change it: each change once, in the ledger."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.billing.prices import EXTRAS, TELEPHONY, of_call, of_captions, per_minute
from backend.core.tenancy import org_id_of
from backend.models.billing import LedgerEntry
from backend.models.organizations import Organization

__all__ = ["EXTRAS", "TELEPHONY", "charge", "covers", "left", "may_reply", "of_call", "of_captions", "per_minute"]

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


async def left(session: AsyncSession) -> int:
    """Return what the organization may still spend, in micro-dollars, and hold its balance until the commit."""
    return await _balance(session) + OVERDRAFT_MICROS


async def charge(
    session: AsyncSession, key: str, kind: str, amount_micros: int, reference_id: UUID, parts: Mapping[str, int]
) -> bool:
    """Take an amount off the balance, once for each key; False when that was done before.

    Raises `ValueError` for a negative amount.
    """
    if amount_micros < 0:
        raise ValueError("a charge is never negative")
    balance = await _balance(session) - amount_micros
    org_id = org_id_of(session)
    entry = LedgerEntry(
        org_id=org_id,
        key=key,
        kind=kind,
        amount_micros=-amount_micros,
        balance_micros=balance,
        reference_id=reference_id,
        parts=dict(parts),
    )
    added = insert(LedgerEntry).values(**entry.model_dump()).on_conflict_do_nothing(index_elements=["org_id", "key"])
    if (await session.execute(added.returning(col(LedgerEntry.id)))).first() is None:
        return False
    await session.execute(update(Organization).where(col(Organization.id) == org_id).values(balance_micros=balance))
    return True


async def _balance(session: AsyncSession) -> int:
    """Return the balance, locked, so that two changes of it come one after the other.

    Rows that name the organization may be added meanwhile: who adds one may hold what the balance's holder waits for.
    """
    query = select(Organization.balance_micros).where(col(Organization.id) == org_id_of(session))
    return int((await session.exec(query.with_for_update(key_share=True))).one())
