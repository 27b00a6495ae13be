"""Load every table, so that metadata, migrations checks and tenancy tests see the whole schema."""

from backend.models import (
    accounts,
    agents,
    assistant,
    chat,
    compliance,
    contacts,
    conversations,
    functions,
    inbox,
    knowledge,
    messaging,
    notifications,
    numbers,
    organizations,
    platform,
    tags,
)

__all__ = [
    "accounts",
    "agents",
    "assistant",
    "chat",
    "compliance",
    "contacts",
    "conversations",
    "functions",
    "inbox",
    "knowledge",
    "messaging",
    "notifications",
    "numbers",
    "organizations",
    "platform",
    "tags",
]
