"""Reach the product from the worker: the call by its id, the agent's brain, the call's log. There is no other door."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

# The services of calls, agents and messages know each other: this one leads to all of them in an order that holds.
from backend.calls import service as calls

# isort: split

from backend.agents import jobs as turns
from backend.agents import speaking, trial_calls
from backend.agents.line_tools import COPY_VOICE, END_CALL, PRESS_KEYS
from backend.agents.line_tools import NAMES as LINE_TOOLS
from backend.agents.outgoing import Outgoing
from backend.agents.schemas import Line, TurnView
from backend.agents.speaking import Answer, Speaker, Speaking, Whisper
from backend.agents.trial_calls import Told, Trial
from backend.agents.voices import ELEVENLABS, OPENAI, Voice
from backend.agents.voices import known as known_voice
from backend.agents.voices import voices as all_voices
from backend.calls import passes, voice_samples
from backend.calls.passes import Door, Pass
from backend.calls.privacy import REDACTED, names_in
from backend.calls.room_calls import DIAL, Dialling
from backend.calls.room_calls import line_of as room_line
from backend.calls.routing import (
    CALL_ATTRIBUTE,
    CALL_HEADER,
    ROOM_AGENT,
    TICKET_ATTRIBUTE,
    TICKET_HEADER,
    sip_login,
)
from backend.calls.schemas import CAPTIONS_BEGAN, CallBrief
from backend.calls.service import Request, Stand, Wish
from backend.calls.statuses import reason as sip_reason
from backend.core import clock, db, garbage, jobs, logging, realtime, telemetry
from backend.core.config import Settings, settings
from backend.core.errors import Invalid, MagpipeError, Unavailable
from backend.core.ids import new_id, parse_id
from backend.core.logging import log
from backend.core.tenancy import org_scope
from backend.recordings import service as recordings
from backend.recordings.service import Begun
from backend.vendors.openai_client import shared as openai_client
from backend.vocab import Direction
from backend.voice_copies.schemas import Sample as VoiceSample
from voice_agent.core.states import Kind

__all__ = [
    "CALL_ATTRIBUTE",
    "CALL_HEADER",
    "CAPTIONS_BEGAN",
    "COPY_VOICE",
    "DIAL",
    "ELEVENLABS",
    "END_CALL",
    "LINE_TOOLS",
    "OPENAI",
    "OUTBOUND",
    "PRESS_KEYS",
    "REDACTED",
    "ROOM_AGENT",
    "SIP_HEADERS",
    "TICKET_ATTRIBUTE",
    "Answer",
    "Begun",
    "CallBrief",
    "Dialling",
    "Door",
    "Invalid",
    "Line",
    "MagpipeError",
    "Outgoing",
    "Pass",
    "Request",
    "Settings",
    "Speaking",
    "Stand",
    "Trial",
    "TurnView",
    "Unavailable",
    "Voice",
    "VoiceSample",
    "Whisper",
    "Wish",
    "admit",
    "admit_browser",
    "admit_colleague",
    "admit_party",
    "admit_rung",
    "allow_voice_sample",
    "answer_request",
    "begin_recording",
    "brief",
    "claim",
    "clock",
    "desk",
    "due_of_wait",
    "failure",
    "garbage",
    "gave_up",
    "give_back",
    "ground",
    "joined",
    "leave_desk",
    "listen",
    "log",
    "names_in",
    "new_id",
    "openai_client",
    "parse_id",
    "party_joined",
    "party_left",
    "party_stands",
    "person",
    "picked_up",
    "put_through",
    "recording_made",
    "requests",
    "reserve",
    "ring",
    "ring_again",
    "room_line",
    "scope",
    "settings",
    "sip_login",
    "sip_reason",
    "speaking_for",
    "stand_ins",
    "stop_ringing",
    "submit_voice_sample",
    "take",
    "taken",
    "taker",
    "tell",
    "trial",
    "voice_of",
]

OUTBOUND = Direction.OUTBOUND
_OF_PICKUP = {"machine.detected": Kind.MACHINE, "machine.records": Kind.BEEP}
# Every id of a voice at ElevenLabs has so many letters and digits.
VENDOR_ID_LENGTH = 20
# Who tells the log of calls what the worker saw.
SOURCE = "worker"
# The headers of an INVITE that name a call, and the attributes of the caller that LiveKit makes of them.
SIP_HEADERS = {CALL_HEADER: CALL_ATTRIBUTE, TICKET_HEADER: TICKET_ATTRIBUTE}


@asynccontextmanager
async def ground() -> AsyncIterator[None]:
    """Hold what the product stands on open while the process serves."""
    config = settings()
    logging.configure(config.log_level, config.log_format)
    telemetry.start("voice")
    async with jobs.queue.open_async():
        # A caller's first question should not wait for a model to load; nor should the telephone.
        warming = asyncio.create_task(turns.warm_up())
        yield
        warming.cancel()
    await db.dispose()


async def admit(call_id: str, ticket: str, purpose: str = "") -> CallBrief:
    """Return the call that a carrier's stream may carry, once. Raises `MagpipeError` for any other stream."""
    return await calls.admit(parse_id(call_id), ticket, purpose)


async def taker(shown: Pass) -> CallBrief:
    """Return the call whose waiting caller the person of this pass took. Raises `MagpipeError`."""
    return await calls.admit_taker(shown)


async def due_of_wait(call_id: UUID, wait_id: UUID) -> float | None:
    """Return in how many seconds something is due of a caller who waits for people; None once the wait is over."""
    return await calls.due_of_wait(call_id, wait_id)


async def taken(call_id: UUID, wait_id: UUID, user_id: UUID) -> bool:
    """Keep that a person is on the line with the caller who waited; False where somebody else is."""
    return await calls.taker_joined(call_id, wait_id, user_id)


async def ring_again(call_id: UUID, wait_id: UUID) -> None:
    """Have browsers ring once more for a caller whose person's line broke."""
    await calls.ring_again(call_id, wait_id)


async def gave_up(call_id: UUID, wait_id: UUID) -> None:
    """Keep that a caller hung up while it rang."""
    await calls.gave_up(call_id, wait_id)


async def claim(call_id: str, ticket: str, room: str) -> Dialling:
    """Return the telephone to ring from a room of LiveKit's, by the room's id. Raises `MagpipeError` for any other."""
    return await calls.claim_dialling(parse_id(call_id), ticket, room)


async def admit_browser(shown: str) -> Pass:
    """Return what a browser's pass lets it do, once. Raises `MagpipeError`."""
    return await passes.use(shown)


async def desk(shown: Pass) -> CallBrief:
    """Return the call that a person makes at the browser of this pass. Raises `MagpipeError`."""
    return await calls.take_desk(shown)


async def leave_desk(call: CallBrief) -> None:
    """Have a call ended whose person left."""
    await calls.leave_desk(call.org_id, call.call_id)


async def brief(call_id: UUID) -> CallBrief:
    """Return what the worker needs to hold a call. Raises `NotFound`."""
    return await calls.brief(call_id)


async def tell(
    call_id: UUID, event_id: str, kind: str, data: Mapping[str, Any] | None = None, at: datetime | None = None
) -> bool:
    """Tell the call's log what happened, now or at `at`; False when it was told before. Raises `NotFound`."""
    return await calls.append(call_id, SOURCE, event_id, kind, at or clock.now(), data)


async def begin_recording(call_id: UUID, line: str, delay_s: float, *, is_room: bool) -> Begun | None:
    """Keep that a line is recorded from now on, or return None when it may not be. Raises `NotFound`."""
    return await recordings.begin(call_id, line, delay_s, is_room=is_room)


async def recording_made(begun: Begun) -> None:
    """Have a recording completed whose file is whole."""
    await recordings.made(begun)


async def put_through(call_id: UUID, number: str, reason: str) -> None:
    """Have the carrier join the caller with a telephone. Raises `MagpipeError` when that is not done."""
    await calls.put_through(call_id, number, reason)


async def allow_voice_sample(call_id: UUID) -> None:
    """Raise `MagpipeError` unless the caller of a call may be asked for their voice now; each time counts."""
    await voice_samples.allow(call_id)


async def submit_voice_sample(call_id: UUID, sample: VoiceSample) -> None:
    """Have the voice copied that a caller agreed to give. Raises `MagpipeError`."""
    await voice_samples.submit(call_id, sample)


async def reserve(call_id: UUID, micros: int, *, is_first: bool = False) -> int:
    """Keep back so much of the balance for a call, and return how much it was; `is_first` as the agent joins it."""
    return await calls.reserve(call_id, micros, is_first=is_first)


async def requests(call_id: UUID) -> list[Request]:
    """Return what people asked of a call, oldest first. Raises `NotFound`."""
    return await calls.requests(call_id)


async def picked_up(call_id: UUID) -> list[Kind]:
    """Return what the carrier told of who picked up a call of ours. Raises `NotFound`."""
    told = await calls.carrier_events(call_id, list(_OF_PICKUP))
    return [_OF_PICKUP[kind] for kind in told]


async def answer_request(call_id: UUID, request: str, reason: str = "") -> bool:
    """Tell that a request is taken, or why it failed; False where that was told before, perhaps by another worker."""
    kind = calls.FAILED if reason else calls.DONE
    told = {"request": request, **({"reason": reason} if reason else {})}
    return await tell(call_id, f"{kind}:{request}", kind, told)


async def take(call_id: UUID, line: str, name: str, user_id: UUID | None) -> str:
    """Have a person speak with the caller, and return their name.

    Raises `NotFound`, `Conflict` where somebody else does or nobody can.
    """
    return await calls.take(call_id, line, name, user_id)


async def ring(call_id: UUID, attempt: str, number: str, reason: str) -> str:
    """Ring a telephone for the caller, and return the carrier's id of that. Raises `MagpipeError`."""
    return await calls.consult(call_id, attempt, number, reason)


async def stop_ringing(call_id: UUID, attempt: str, sid: str) -> None:
    """Ring no longer."""
    await calls.stop_consulting(call_id, attempt, sid)


async def failure(call_id: UUID, attempt: str) -> str:
    """Return why somebody who was rung does not take the caller; empty while they may."""
    return await calls.consult_failure(call_id, attempt)


async def admit_rung(call_id: str, attempt: str, ticket: str) -> tuple[UUID, str]:
    """Return the call that somebody who was rung takes, and what they are called. Raises `MagpipeError`."""
    found = parse_id(call_id)
    return found, await calls.admit_consulted(found, attempt, ticket)


async def joined(call_id: UUID, attempt: str, name: str) -> None:
    """Keep that somebody who was rung speaks with the caller."""
    await calls.consult_joined(call_id, attempt, name)


async def admit_party(call_id: str, party: str, ticket: str) -> UUID:
    """Return the call that somebody's telephone was added to, once. Raises `MagpipeError`."""
    found = parse_id(call_id)
    await calls.admit_party(found, party, ticket)
    return found


async def person(call: CallBrief, user_id: UUID) -> str:
    """Return what a person of the team is called."""
    return await calls.person(call.call_id, user_id)


async def admit_colleague(shown: Pass, call_id: str) -> tuple[UUID, str]:
    """Return the call, and as whom the person of this pass joins it. Raises `MagpipeError`."""
    found = parse_id(call_id)
    return found, await calls.admit_colleague(shown, found)


async def party_joined(call_id: UUID, party: str) -> str:
    """Keep that somebody who was added is in a call, and return their name. Raises `MagpipeError` for who is out."""
    return await calls.party_joined(call_id, party)


async def party_left(call_id: UUID, party: str, reason: str) -> None:
    """Keep that somebody who was added has left."""
    await calls.party_left(call_id, party, reason)


async def party_stands(call_id: UUID) -> Mapping[str, Stand]:
    """Return what people want of those who were added to a call, by their id."""
    return await calls.party_stands(call_id)


async def give_back(call_id: UUID, line: str, name: str, reason: str) -> None:
    """Give the call back to the agent."""
    await calls.give_back(call_id, line, name, reason)


async def listen(asked: Callable[[UUID], Awaitable[None]], missed: Callable[[], Awaitable[None]]) -> None:
    """Call `asked` with each call of which people ask something, and `missed` when some may not have been heard of."""

    async def hear(change: realtime.Change) -> None:
        if change.kind == calls.ASKED:
            await asked(parse_id(change.subject))

    await realtime.listen(hear, missed, "voice", is_late=True)


def scope(call: CallBrief) -> AbstractContextManager[None]:
    """Return the organization scope in which a call is thought about."""
    return org_scope(call.org_id)


async def speaking_for(call: CallBrief) -> Speaking:
    """Return the brain of a call. Raises `Invalid` when no agent answers it, `NotFound` when it is gone."""
    if call.agent_id is None:
        raise Invalid("No agent answers this call.")
    speaker = Speaker(
        agent_id=call.agent_id,
        version=call.agent_version,
        settings=call.settings,
        conversation_id=call.conversation_id,
        contact_id=call.contact_id,
        direction=call.direction,
        caller_number=call.caller_number,
        purpose=call.purpose,
        goal=call.goal,
        prompt_override=call.prompt_override,
        variables=call.variables,
        has_team=call.has_team,
    )
    with scope(call):
        return await speaking.begin(speaker)


async def trial(door: Pass, told: Told) -> Trial:
    """Return the brain of a call in which a person tries a draft; `told` is why it says what it says."""
    with org_scope(door.org_id):
        return await trial_calls.begin(door.about, told)


def stand_ins() -> list[str]:
    """Return what only stands in for a vendor here, of `ear`, `mind` and `voice`: there is no key for it."""
    parts = {"ear": "Deepgram", "mind": "OpenAI", "voice": "ElevenLabs"}
    return [part for part, vendor in parts.items() if vendor in settings().sandboxed_vendors]


def voice_of(voice_id: str) -> Voice:
    """Return the voice an agent's settings name, or the recommended one where nobody knows it.

    Of a copied voice the settings of a call name the vendor's own id (`calls.brief`).
    """
    found = known_voice(voice_id)
    if not found and len(voice_id) == VENDOR_ID_LENGTH and voice_id.isalnum():
        return Voice(voice_id, "", ELEVENLABS, "")
    return next((one for one in all_voices() if one.id == found), all_voices()[0])
