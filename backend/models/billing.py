"""What changed a business's balance."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from backend.models.base import TenantRow, document


class LedgerEntry(TenantRow, table=True):
    """One change of the balance, made once for its key and never altered; `balance_micros` is what it came to."""

    __tablename__ = "ledger_entries"
    __table_args__ = (UniqueConstraint("org_id", "key"),)

    key: str
    kind: str
    amount_micros: int = Field(sa_type=BigInteger)
    """Below zero for what is paid for; micro-dollars, as everywhere."""
    balance_micros: int = Field(sa_type=BigInteger)
    reference_id: UUID | None = None
    """What it was for, such as a call."""
    parts: dict[str, Any] = document(dict)
    """What it is made of, in micro-dollars by component."""
