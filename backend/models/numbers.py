"""Phone numbers an organization owns, and which agent serves each slot."""

from uuid import UUID

from sqlmodel import Field

from backend.models.base import TenantRow, document
from backend.vocab import AnsweredBy


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
    answered_by: str = Field(default=AnsweredBy.AGENT, sa_column_kwargs={"server_default": "agent"})
    ring_team_id: UUID | None = Field(default=None, foreign_key="teams.id", ondelete="SET NULL", index=True)
    """Whose browsers ring; everybody's where there is none."""
    ring_s: int = Field(default=25, sa_column_kwargs={"server_default": "25"})
    has_voicemail: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    """Whether callers whom people were to take, and nobody did, leave a message."""
    writes_calls_down: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """Whether what people of the team say in its calls, and what is said to them, is written down."""
    voicemail_greeting: str = Field(default="", sa_column_kwargs={"server_default": ""})
