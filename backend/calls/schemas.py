"""Shape calls: what the voice worker needs to hold one, and how the API and the screens show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from backend.models.calls import CallRecord
from backend.numbers import e164
from backend.vocab import AnsweredBy, CallStatus, Direction, Disposition

# A line that was spoken, in the log of a call: `who` (caller, agent or person), `text`, `is_interrupted`.
LINE = "transcript.line"
# What people of the team write into a call: for the agent alone, and for each other; `by` is who, `text` what.
WHISPER, NOTE = "whisper.sent", "note.written"
# A person speaks with the caller instead of the agent, and no longer does.
TOOK, GAVE = "takeover.started", "takeover.ended"
# A person has the caller wait with music, and no longer does.
HELD, RESUMED = "hold.started", "hold.ended"
# Somebody is added to a call, on the line, and no longer there; what their line cost, once it is over.
PARTY_ASKED, PARTY_JOINED, PARTY_LEFT = "party.asked", "party.joined", "party.left"
PARTY_TRIED, PARTY_RUNG, PARTY_CHARGED = "party.tried", "party.rung", "party.charged"
# What people of the team say in a call is written down from here on.
CAPTIONS_BEGAN = "captions.began"
# What stands in the order of a transcript.
READ_ALONG = (LINE, WHISPER, NOTE, TOOK, GAVE, HELD, RESUMED)
# While somebody is, or may soon be, on the line.
LIVE = (CallStatus.INITIATED, CallStatus.RINGING, CallStatus.IN_PROGRESS)
# So much of what a call's agent was given stands beside it.
MOST_GIVEN, SHOWN_LENGTH = 20, 200
# Whoever called reached somebody, or was to reach nobody.
REACHED = (
    Disposition.ANSWERED_BY_AGENT, Disposition.ANSWERED_BY_PERSON, Disposition.TRANSFERRED, Disposition.FORWARDED,
    Disposition.BLOCKED,
)  # fmt: skip
_RINGS = {Direction.INBOUND: "Incoming call", Direction.OUTBOUND: "Outgoing call"}
_MISSED = {
    Disposition.VOICEMAIL: "Call, voicemail",
    Disposition.SCREENED_OUT: "Call, screened out",
    Disposition.BUSY: "Call, line busy",
    Disposition.FAILED: "Call failed",
    Disposition.CANCELED: "Call given up",
}


def title(call: CallRecord) -> str:
    """Return what a call is in a few words, before anybody looks closer: its line in the conversation list."""
    if call.status in (CallStatus.INITIATED, CallStatus.RINGING):
        return _RINGS[Direction(call.direction)]
    if call.status == CallStatus.IN_PROGRESS:
        return "Call in progress"
    if call.disposition == Disposition.BLOCKED:
        return "Blocked call"
    if call.disposition == Disposition.VOICEMAIL and call.direction == Direction.INBOUND:
        return "Voicemail"
    if call.disposition in (Disposition.VOICEMAIL, Disposition.SCREENED_OUT):
        return _MISSED[Disposition(call.disposition)]
    if is_missed(call):
        return "Missed call"
    if call.answered_at is None:
        return _MISSED.get(Disposition(call.disposition or Disposition.NO_ANSWER), "Call, no answer")
    minutes = round(call.duration_s / 60)
    return f"Call, {minutes} min" if minutes else f"Call, {call.duration_s} s"


def is_missed(call: CallRecord) -> bool:
    """Whether somebody called and reached nobody of the business."""
    return call.status not in LIVE and call.direction == Direction.INBOUND and call.disposition not in REACHED


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
    purpose: str
    goal: str
    prompt_override: str
    variables: Mapping[str, Any]
    per_minute: Mapping[str, int]
    """What a minute with the agent costs by component, in micro-dollars."""
    has_returned: bool
    """Whether the caller was put through to somebody who did not answer, and is back."""
    said: tuple[tuple[str, str], ...]
    """What was said before the agent took the call now, as (`caller` or `agent`, words)."""

    person_id: UUID | None = None
    """Who of the team calls themselves, from their browser; nobody where an agent does."""
    answered_by: str = AnsweredBy.AGENT
    """Who takes calls to this number."""
    ring_team_id: UUID | None = None
    ring_s: int = 0
    """Which team's browsers ring for its callers, everybody's where there is none, and for how long."""
    has_voicemail: bool = False
    voicemail_greeting: str = ""
    """Whether callers whom nobody takes leave a message, and the number's own words before it."""

    writes_down: bool = False
    """Whether what people of the team say in this call, and what is said to them, is written down."""

    @property
    def has_team(self) -> bool:
        """Whether people of the team take callers of the agent at their browsers."""
        return self.direction == Direction.INBOUND and self.answered_by == AnsweredBy.AGENT_THEN_PEOPLE

    @property
    def has_ended(self) -> bool:
        """Whether nobody is on the line any more."""
        return self.status not in LIVE


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
        "is_missed": is_missed(call),
        "summary": call.summary,
        "outcome": call.outcome,
        "sentiment": call.sentiment,
        "action_items": list(call.action_items),
        "purpose": call.purpose,
        "goal": call.goal,
        "template": call.template_title,
        "given": given_to(call),
    }


def given_to(call: CallRecord) -> list[list[str]]:
    """Return what a call's agent was given for it as [name, value], as people read them."""
    return [
        [name.replace("_", " ").strip().capitalize(), str(value)[:SHOWN_LENGTH]]
        for name, value in list(call.variables.items())[:MOST_GIVEN]
        if not name.startswith("_")
    ]


class Line(TypedDict):
    """Something that was spoken: by the caller, the agent or a person of the team. `at` is ISO 8601 in UTC.

    `began_at` is when the voice began, empty where nobody knows; `at` is when its words were whole.
    `who` is `whisper` or `note` for what a person wrote to the agent or about the call, `took` or `gave` where they
    took the call over or gave it back, `held` or `resumed` where they had the caller wait, and `by` is their name.
    `translation` is what it is in the language `translated_into` (ISO 639-1); empty where nothing had to be translated.
    """

    id: str
    who: str
    by: str
    text: str
    at: str
    began_at: str
    is_interrupted: bool
    translation: str
    translated_into: str


@dataclass(frozen=True)
class Transcript:
    """Part of what was spoken in a call, oldest first, and whether there is more before it and after it."""

    lines: list[Line]
    has_earlier: bool = False
    has_later: bool = False


class Happening(TypedDict):
    """Something else that happened in a call: its kind, when (ISO 8601 in UTC), and what there is to say of it."""

    id: str
    kind: str
    at: str
    detail: str


class CallLine(TypedDict):
    """A call as lists and its page show it. Times are ISO 8601 in UTC, empty while they are not known.

    `number` is the other party's and `service_number` ours, both in E.164; `found` is what a search found in it.
    `template` is the title of what its purpose and goal were written from, `given` what its agent was given for it, as
    [name, value]. `collected` is what the agent found out in it, by the names of its details.
    `costs` is what it cost by component, in micro-dollars, and `cost_micros` their sum; nothing before it is settled.
    """

    id: str
    direction: str
    status: str
    disposition: str
    reason: str
    is_missed: bool
    is_live: bool
    contact_id: str
    contact_name: str
    conversation_id: str
    number: str
    number_display: str
    service_number: str
    service_display: str
    agent_id: str
    agent_name: str
    agent_version: int
    started_at: str
    answered_at: str
    ended_at: str
    duration_s: int
    purpose: str
    goal: str
    template: str
    given: list[list[str]]
    summary: str
    outcome: str
    sentiment: str
    action_items: list[str]
    collected: dict[str, str]
    cost_micros: int
    costs: dict[str, int]
    found: str


@dataclass(frozen=True)
class CallListFilter:
    """Which calls a person wants to see; what is empty narrows nothing.

    `result` is a disposition, or `live` or `missed`. `service_number` is one of ours in E.164.
    """

    direction: str = ""
    result: str = ""
    agent_id: UUID | None = None
    service_number: str = ""
    since: datetime | None = None
    until: datetime | None = None
    search: str = ""


@dataclass(frozen=True)
class CallPage:
    """Calls, newest first, and the place to go on from, empty at the end."""

    rows: list[CallLine]
    next: str
