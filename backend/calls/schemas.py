"""Shape calls: what the voice worker needs to hold one, and how the API and the screens show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.models.calls import CallRecord
from backend.numbers import e164
from backend.vocab import CallStatus, Direction

# What a line of the timeline says before anybody looks closer.
WORDS = {Direction.INBOUND: "Incoming call", Direction.OUTBOUND: "Outgoing call"}


@dataclass(frozen=True)
class CallBrief:
    """What the voice worker knows of a call before the first word: loaded by the call's id and nothing else.

    `settings` is every field of the agent in the very version that answers (see `agents.fields`), so that a change
    published during the call changes nothing of it; empty when no agent serves the number. Numbers are E.164.
    """

    call_id: UUID
    org_id: UUID
    conversation_id: UUID
    contact_id: UUID
    contact_name: str
    business_name: str
    direction: str
    caller_number: str
    service_number: str
    status: str
    agent_id: UUID | None
    agent_name: str
    agent_version: int
    settings: Mapping[str, Any]
    greeting: str
    purpose: str
    goal: str
    prompt_override: str
    variables: Mapping[str, Any]

    @property
    def has_ended(self) -> bool:
        """Whether nobody is on the line any more."""
        return self.status not in (CallStatus.INITIATED, CallStatus.RINGING, CallStatus.IN_PROGRESS)


def item_data(call: CallRecord, agent_name: str) -> dict[str, Any]:
    """Return what the timeline's line of a call shows beside its status; times are ISO 8601 in UTC."""
    return {
        "caller_number": call.caller_number,
        "caller_display": e164.display(call.caller_number),
        "service_number": call.service_number,
        "service_display": e164.display(call.service_number),
        "agent_name": agent_name,
        "agent_version": call.agent_version,
        "disposition": call.disposition,
        "reason": call.disposition_reason,
        "duration_s": call.duration_s,
        "answered_at": call.answered_at.isoformat() if call.answered_at else "",
        "ended_at": call.ended_at.isoformat() if call.ended_at else "",
    }
