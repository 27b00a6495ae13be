"""Servers of tools that an organization connected (Model Context Protocol), and what each offered when last asked."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from backend.core.crypto import EncryptedText
from backend.models.base import TenantRow, document, moment


class McpServer(TenantRow, table=True):
    """One server; what its agents may call of it stands in their drafts and versions."""

    __tablename__ = "mcp_servers"
    __table_args__ = (UniqueConstraint("org_id", "slug"), UniqueConstraint("org_id", "url"))

    name: str
    slug: str
    """Begins the name of each of its tools as a model calls it."""
    url: str
    header_name: str = ""
    header_value: str = Field(default="", sa_type=EncryptedText)
    """What the server is asked with, kept for the origin of `url` alone."""
    tools: list[dict[str, Any]] = document(list)
    """What it offered: name, title, description, schema, whether it only reads, and the fingerprint of all that."""
    last_error: str = ""
    checked_at: datetime | None = moment()
