"""Events of an organization that its webhooks are told of."""

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from backend.models.base import TenantRow


class WebhookEvent(TenantRow, table=True):
    """Something that happened, once, named as subscribers know it (`call.completed`).

    What it says is read from its call when it is delivered: so it goes when the call does, and says nothing that was
    removed meanwhile.
    """

    __tablename__ = "webhook_events"
    __table_args__ = (UniqueConstraint("call_id", "event"), Index("webhook_events_org", "org_id", "id"))

    event: str
    call_id: UUID = Field(foreign_key="call_records.id", ondelete="CASCADE")
