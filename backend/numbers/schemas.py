"""Shape phone numbers for screens and API callers: plain rows of strings and flags."""

from enum import StrEnum
from typing import TypedDict

from backend.vocab import AgentType


class Slot(StrEnum):
    """Which of a number's three places an agent takes."""

    TEXT = "text"
    VOICE = "voice"
    OUTBOUND = "outbound"


SLOT_TYPES = {
    Slot.TEXT: AgentType.TEXT,
    Slot.VOICE: AgentType.INBOUND_VOICE,
    Slot.OUTBOUND: AgentType.OUTBOUND_VOICE,
}


class NumberView(TypedDict):
    """One number with the agents that serve it; absent agents are empty."""

    id: str
    phone_number: str
    display: str
    friendly_name: str
    country: str
    is_active: bool
    capabilities: dict[str, bool]
    agent_id: str
    agent_name: str
    text_agent_id: str
    text_agent_name: str
    outbound_agent_id: str
    outbound_agent_name: str
    answered_by: str
    ring_team_id: str
    ring_s: int
    has_voicemail: bool
    writes_calls_down: bool
    voicemail_greeting: str
    created_at: str


class FreeNumber(TypedDict):
    """A number of the carrier account that nobody uses yet."""

    phone_number: str
    display: str
    country: str
    capabilities: dict[str, bool]
