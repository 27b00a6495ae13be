"""Let people step into a call that an agent holds: each request stands in its log, and its worker does it once.

The worker that holds the call is told by NOTIFY, reads what it has not done yet, and answers in the log. So it does not
matter which process that is or whether it was away for a moment, and a request that nobody answered is seen as one.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import log, queries, records
from backend.calls.projection import Kind
from backend.calls.schemas import HELD, NOTE, RESUMED, WHISPER
from backend.core import audit, clock, realtime
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.calls import CallRecord
from backend.numbers import e164
from backend.vocab import CallStatus

# What workers hear: somebody asked something of a call, which is the subject.
ASKED = "call.asked"
# What a worker answers, naming the request.
DONE, FAILED = "request.done", "request.failed"
LONGEST_TEXT = 500
_LOOK_EVERY_S = 0.1


class Wish(StrEnum):
    """What people may ask of the worker that holds a call."""

    WHISPER = WHISPER
    """`text` is for the agent; the caller does not hear it."""
    GOODBYE = "goodbye.asked"
    TRANSFER = "transfer.asked"
    """`to` is the telephone (E.164) that takes the caller over, `reason` why."""
    HOLD = HELD
    """The caller is to hear music; `text` is who wants it."""
    RESUME = RESUMED


@dataclass(frozen=True)
class Request:
    """Something a person asked of a call: `id` is its own, `by` their name; `is_answered` once a worker took it."""

    id: str
    wish: Wish
    by: str
    data: Mapping[str, Any]
    is_answered: bool


@dataclass(frozen=True)
class Answered:
    """What became of a request. `reason` says why it failed, in words; neither is set while nobody answered."""

    is_done: bool = False
    reason: str = ""


async def whisper(session: AsyncSession, principal: Principal, call_id: UUID, words: str) -> str:
    """Tell the agent something the caller does not hear, and return the request's id.

    Raises `NotFound`, `Conflict` where no agent is on the line, `Invalid`.
    """
    return await _ask(session, principal, call_id, Wish.WHISPER, {"text": _text(words)})


async def say_goodbye(session: AsyncSession, principal: Principal, call_id: UUID) -> str:
    """Have the agent end the call with a goodbye. Raises as `whisper` does."""
    reason = f"{principal.name} had the agent say goodbye."
    return await _ask(session, principal, call_id, Wish.GOODBYE, {"reason": reason})


async def transfer(session: AsyncSession, principal: Principal, call_id: UUID, number: str) -> str:
    """Have somebody rung who may take the caller. Raises as `whisper` does; what is no number names `number`."""
    call = await records.get(session, call_id)
    to = e164.normalize(number, field="number")
    if to in (call.caller_number, call.service_number):
        raise Invalid("This is the call’s own number. Choose another.", field="number")
    told = {"to": to, "reason": f"{principal.name} asks whether you can take them."}
    return await _ask(session, principal, call_id, Wish.TRANSFER, told)


async def hold(session: AsyncSession, principal: Principal, call_id: UUID, *, is_over: bool = False) -> str:
    """Have the caller wait with music, or wait no longer. Raises as `whisper` does."""
    wish = Wish.RESUME if is_over else Wish.HOLD
    return await _ask(session, principal, call_id, wish, {"text": principal.name})


async def note(session: AsyncSession, principal: Principal, call_id: UUID, words: str) -> None:
    """Write down something about a call, also when it has ended. Raises `NotFound`, `Invalid`."""
    told = {"text": _text(words), **_who(principal)}
    await log.write(session, call_id, log.OURS, f"note:{new_id().hex}", NOTE, clock.now(), told)


async def of_call(call_id: UUID) -> list[Request]:
    """Return what people asked of a call, oldest first. Raises `NotFound`."""
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            asked = await queries.events(session, call_id, list(Wish))
            answers = await queries.events(session, call_id, [DONE, FAILED])
    answered = {str(one.data.get("request")) for one in answers}
    return [
        Request(one.event_id, Wish(one.kind), str(one.data.get("by")), one.data, one.event_id in answered)
        for one in asked
        if one.source == log.OURS
    ]


async def answered(org_id: UUID, call_id: UUID, request: str, within_s: float) -> Answered:
    """Return what a worker made of a request, waiting for that at most so long; no transaction is open meanwhile."""
    last = asyncio.get_running_loop().time() + within_s
    while True:
        with org_scope(org_id):
            async with unit_of_work() as session:
                found = await queries.events(session, call_id, [DONE, FAILED])
        mine = [one for one in found if one.data.get("request") == request]
        if failed := next((one for one in mine if one.kind == FAILED), None):
            return Answered(reason=str(failed.data.get("reason") or "It could not be done."))
        if mine:
            return Answered(is_done=True)
        if asyncio.get_running_loop().time() >= last:
            return Answered()
        await asyncio.sleep(_LOOK_EVERY_S)


async def _ask(session: AsyncSession, principal: Principal, call_id: UUID, wish: Wish, data: Mapping[str, Any]) -> str:
    call = await queries.locked(session, org_id_of(session), call_id)
    if call is None:
        raise NotFound("This call does not exist.", code="call_not_found")
    await require_agent(session, call)
    request = f"request:{new_id().hex}"
    told = {**data, **_who(principal)}
    await log.write(session, call_id, log.OURS, request, wish, clock.now(), told)
    await audit.record(session, principal, f"ui:call:{wish.partition('.')[0]}", call_id)
    await ring_worker(session, call.org_id, call_id)
    return request


async def ring_worker(session: AsyncSession, org_id: UUID, call_id: UUID) -> None:
    """Have the process that holds a call look what is new of it, once the transaction commits."""
    await realtime.announce(session, org_id, ASKED, subject=str(call_id))


async def require_agent(session: AsyncSession, call: CallRecord) -> None:
    """Let people step into a call that an agent holds. Raises `Conflict`."""
    if call.ended_at is not None:
        raise Conflict("This call has ended.", code="call_ended")
    events = await queries.standing_events(session, call.id)
    kinds = [event.kind for event in events]
    is_there = kinds.count(Kind.AGENT_JOINED) > kinds.count(Kind.AGENT_LEFT) and Kind.AGENT_LOST not in kinds
    if call.status != CallStatus.IN_PROGRESS or not is_there:
        raise Conflict("No agent is on the line of this call.", code="no_agent_on_line")


def _who(principal: Principal) -> dict[str, str]:
    return {"by": principal.name, "by_user_id": str(principal.user_id)}


def _text(words: str) -> str:
    text = " ".join(words.split())
    if not text:
        raise Invalid("Write something first.", field="text")
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"At most {LONGEST_TEXT} characters.", field="text")
    return text
