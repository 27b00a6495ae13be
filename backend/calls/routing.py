"""Say how a call reaches who is to answer it: the agent's room or stream, or a person's telephone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.calls import tickets
from backend.calls.cxml import Answer
from backend.core import crypto
from backend.core.config import settings

# Our call id, the only key of a call, and its ticket travel in headers, which LiveKit makes attributes of the caller.
CALL_HEADER, TICKET_HEADER = "X-Call-Id", "X-Call-Ticket"
CALL_ATTRIBUTE, TICKET_ATTRIBUTE = "call.id", "call.ticket"
# The name LiveKit sends our voice processes to rooms by, and those of our trunk and rule there.
ROOM_AGENT = "magpipe"
# An agent answers within a second or is not there; a person needs time to find their telephone.
AGENT_RINGS_S, PERSON_RINGS_S = 15, 30
# Four hours, the longest call carriers keep up.
LONGEST_S = 14_400
# What the carrier's own voice calls the languages of agents.
_VOICES = {"es": "es-ES", "fr": "fr-FR", "de": "de-DE"}
AGENT_LEG, PERSON_LEG, TRANSFER_LEG = "agent", "person", "transfer"
# Browsers of the team ring: as the number says, or because the agent put the caller through.
PEOPLE_LEG, TEAM_LEG = "people", "team"
VOICEMAIL_LEG = "voicemail"
# The telephone of a person who calls by it, and that of whoever they call.
OWN_LEG, CALLEE_LEG = "own", "callee"
# Longer messages are rare, and nobody listens to them.
LONGEST_MESSAGE_S = 180


def sip_login() -> tuple[str, str]:
    """Return the name and password the carrier shows LiveKit's SIP service, which lets nobody else in."""
    return "magpipe", crypto.digest("livekit-trunk", settings().livekit_sip_domain)[:40]


def address(function: str, call_id: UUID, **more: str) -> str:
    """Return the public address of one of our functions for a call."""
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{settings().public_url}/functions/v1/{function}?call={call_id}{query}"


def limit_s(fields: Mapping[str, Any]) -> int:
    """Return how long a call of an agent may last, with a minute more than it, so that the agent says goodbye first."""
    return min(int(fields.get("max_call_duration") or LONGEST_S) + 60, LONGEST_S)


def to_agent(told: Answer, call_id: UUID, number: str, fields: Mapping[str, Any], first: str = "") -> Answer:
    """Join the caller with the agent of these fields: over LiveKit's SIP service, or else by a media stream.

    `first` is said before, in the agent's language. What follows when the agent cannot be reached is asked of
    `sip-call-status`.
    """
    if first:
        told.say(first, _VOICES.get(str(fields.get("language") or ""), "en-US"))
    domain = settings().livekit_sip_domain
    if not domain:
        return _to_stream(told, call_id, settings().voice_stream_url)
    action, ticket = address("sip-call-status", call_id, leg=AGENT_LEG), tickets.issue(call_id)
    return told.dial_sip(
        f"sip:{number}@{domain};transport=tls",
        action=action,
        limit_s=limit_s(fields),
        ring_s=AGENT_RINGS_S,
        headers={CALL_HEADER: str(call_id), TICKET_HEADER: ticket},
        login=sip_login(),
    )


def to_desk(told: Answer, call_id: UUID) -> Answer:
    """Join who was called with the person who called them, by a media stream.

    Its address ends with the call's id, as that of the person's browser: a proxy can send both to one process.
    """
    return _to_stream(told, call_id, f"{settings().voice_stream_url}/{call_id}")


def to_people(told: Answer, call_id: UUID, wait_id: UUID, leg: str = PEOPLE_LEG) -> Answer:
    """Let the caller wait on a line of the voice process until somebody of the team takes them.

    `leg` says what for, when it is asked what follows. The address is as that of `to_desk`.
    """
    wait = str(wait_id)
    given = {"call_id": str(call_id), "ticket": tickets.issue(call_id, wait), "wait": wait}
    url = f"{settings().voice_stream_url}/{call_id}"
    return told.stream(url, given).redirect(address("sip-call-status", call_id, leg=leg))


def to_voicemail(told: Answer, call_id: UUID, words: str, language: str = "") -> Answer:
    """Let the caller leave a message after these words and a beep."""
    told.say(words, _VOICES.get(language, "en-US"))
    return told.record(
        action=address("sip-call-status", call_id, leg=VOICEMAIL_LEG),
        told=address("sip-recording-callback", call_id, leg=VOICEMAIL_LEG),
        longest_s=LONGEST_MESSAGE_S,
    ).hang_up()


def to_person(told: Answer, call_id: UUID, number: str, *, caller_id: str, leg: str = PERSON_LEG) -> Answer:
    """Join the caller with a telephone; `leg` says for what, when it is asked what follows."""
    return told.dial_number(
        number,
        action=address("sip-call-status", call_id, leg=leg),
        limit_s=LONGEST_S,
        ring_s=PERSON_RINGS_S,
        caller_id=caller_id,
    )


def _to_stream(told: Answer, call_id: UUID, url: str) -> Answer:
    given = {"call_id": str(call_id), "ticket": tickets.issue(call_id)}
    return told.stream(url, given).redirect(address("sip-call-status", call_id, leg=AGENT_LEG))
