"""Phone numbers an organization owns, and which agent serves each slot."""

from uuid import UUID

from sqlmodel import Field

from backend.models.base import TenantRow, document


class ServiceNumber(TenantRow, table=True):
    """One number, in E.164; texts go to `text_agent_id`, else to the voice agent in `agent_id`."""

    __tablename__ = "service_numbers"

    phone_number: str = Field(unique=True)
    phone_sid: str = ""
    friendly_name: str = ""
    country: str = "US"
    is_active: bool = True
    capabilities: dict[str, bool] = document(dict)
    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    text_agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True)
    outbound_agent_id: UUID | None = Field(
        default=None, foreign_key="agent_configs.id", ondelete="SET NULL", index=True
    )
