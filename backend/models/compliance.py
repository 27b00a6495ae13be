"""What people said about being contacted, and what must hold after a person is forgotten."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from backend.core import clock
from backend.models.base import TenantRow, document, moment


class Consent(TenantRow, table=True):
    """One line of the ledger: at `address` a person agreed or refused, and how we know. Never rewritten.

    An empty `service_number` means all of the business's numbers.
    """

    __tablename__ = "consents"
    __table_args__ = (
        Index("consents_address", "org_id", "address", "channel", "happened_at"),
        Index("consents_contact", "contact_id"),
        Index("consents_recorded_by", "recorded_by_user_id"),
    )

    contact_id: UUID | None = Field(default=None, foreign_key="contacts.id", ondelete="SET NULL")
    channel: str
    address: str
    service_number: str = ""
    is_opted_in: bool
    source: str
    keyword: str = ""
    reason: str = ""
    evidence: dict[str, Any] = document(dict)
    recorded_by_user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    recorded_by: str = ""
    happened_at: datetime = moment(clock.now)


class Suppression(TenantRow, table=True):
    """A refusal that outlives its person: a keyed hash of the address, so that nobody can read who it was."""

    __tablename__ = "suppressions"
    __table_args__ = (UniqueConstraint("org_id", "address_hash", "channel", "service_number"),)

    channel: str
    address_hash: str
    service_number: str = ""
