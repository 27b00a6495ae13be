"""Load every table, so that metadata, migrations checks and tenancy tests see the whole schema."""

from backend.models import (
    accounts,
    agents,
    contacts,
    conversations,
    knowledge,
    messaging,
    numbers,
    organizations,
    platform,
)

__all__ = [
    "accounts",
    "agents",
    "contacts",
    "conversations",
    "knowledge",
    "messaging",
    "numbers",
    "organizations",
    "platform",
]
