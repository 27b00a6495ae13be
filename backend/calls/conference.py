"""Add people to a call that our voice process carries: everybody hears everybody, and anybody may leave.

Whoever is added has a line of their own, a party of the call: their telephone is rung by the carrier and streamed to
the process that has the other party (`voice_agent/conference.py`). Asked, joined, muted and left stand in the call's
log, from which who is in the call is read; the process that carries it is told to look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.billing import service as billing
from backend.calls import log, queries, records, requests, stepping_in, waits
from backend.calls.schemas import PARTY_ASKED, PARTY_JOINED, PARTY_LEFT
from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose
from backend.contacts import service as contacts
from backend.core import audit, clock, jobs, realtime
from backend.core.errors import Conflict, Invalid, NotFound, PaymentRequired
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.calls import CallEvent, CallRecord
from backend.numbers import e164
from backend.numbers import service as numbers
from backend.vocab import CallStatus, Channel, MemberRole, WaitOutcome

MUTED, HEARD, PUT_OUT = "party.muted", "party.unmuted", "party.put_out"
KINDS = (PARTY_ASKED, PARTY_JOINED, MUTED, HEARD, PARTY_LEFT)
# More voices than this in one call nobody tells apart.
MOST = 8
RING, STOP = "calls.ring_party", "calls.stop_party"
_NOT_HERE = "People can be added once somebody of yours, or an agent, speaks with the other party."
_GONE = "They are no longer in this call."
_PUT_OUT_BY = "{name} took them out."
_STOPPED = "The ringing was stopped."
# A telephone that was rung so long ago and of which nothing was told rings no more.
_RINGS_NO_MORE = timedelta(seconds=90)
_SILENT = "Nobody answered."
_OVER = "The call ended."


class Stage(StrEnum):
    """How far somebody who was added has come."""

    RINGING = "ringing"
    JOINED = "joined"
    GONE = "gone"


class Party(TypedDict):
    """Somebody who was added to a call: by telephone (`number`), or at their browser (`user`, a colleague's id).

    Times are ISO 8601 in UTC; `reason` says why somebody is not there.
    """

    id: str
    name: str
    number: str
    user: str
    stage: str
    since: str
    is_muted: bool
    reason: str


@dataclass(frozen=True)
class Stand:
    """What the process that carries a call must know of a party."""

    is_muted: bool
    is_wanted: bool
    """Nobody took them out, and they have not left."""


async def add(session: AsyncSession, principal: Principal, call_id: UUID, number: str) -> str:
    """Have a telephone rung whose owner joins a call, and return the party's id.

    Raises what `room` raises, `Invalid` that names `number`, `Conflict` for one who is there, `PaymentRequired`, and
    `Refused` when its owner asked for no calls. Effects: a durable job.
    """
    call = await room(session, principal, call_id)
    owned = await numbers.get_owned(session, call.service_number)
    to = e164.normalize(number, owned.country, field="number")
    if to in (call.caller_number, call.service_number):
        raise Invalid("This is the call’s own number. Choose another.", field="number")
    if any(one["number"] == to and one["stage"] != Stage.GONE for one in await parties(session, call_id)):
        raise Conflict(f"{e164.display(to)} is in this call, or is being rung.", code="already_there")
    if not await billing.may_reply(session):
        raise PaymentRequired("The balance does not cover calls. Add credits first.")
    contact = await contacts.ensure_by_phone(session, to)
    await compliance.require_may_contact(
        session, contact, Channel.CALL, Purpose.SERVICE, sender=call.service_number, recipient=to
    )
    party = new_id().hex
    await ask(session, call, party, {"to": to, "name": contact.name, "by": principal.name})
    await audit.record(session, principal, "ui:call:add", call_id)
    await _have(session, RING, call_id, party)
    return party


async def room(session: AsyncSession, principal: Principal, call_id: UUID) -> CallRecord:
    """Return a call, locked, to which somebody can be added.

    Raises `NotFound`, `NotAllowed`, `Conflict` where nobody of ours is on the line or too many are.
    """
    principal.require(MemberRole.SUPPORT)
    call = await _held(session, call_id)
    here = [one for one in await parties(session, call_id) if one["stage"] != Stage.GONE]
    if len(here) >= MOST:
        raise Conflict(f"At most {MOST} people can be added to a call.", code="call_full")
    return call


async def ask(session: AsyncSession, call: CallRecord, party: str, told: Mapping[str, str]) -> None:
    """Keep that somebody is asked to join a call, and tell the tabs that may ring."""
    event = {"party": party, **told}
    await log.write(session, call.id, log.OURS, _event(party), PARTY_ASKED, clock.now(), event)
    await realtime.announce(session, call.org_id, log.RINGS, subject=str(call.id))


async def mute(
    session: AsyncSession, principal: Principal, call_id: UUID, party: str, *, is_over: bool = False
) -> None:
    """Have nobody hear somebody who was added, or hear them again. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    principal.require(MemberRole.SUPPORT)
    await of(session, call_id, party)
    event_id, told = f"{_event(party)}:{new_id().hex}", {"party": party, "by": principal.name}
    await log.write(session, call_id, log.OURS, event_id, HEARD if is_over else MUTED, clock.now(), told)
    await requests.ring_worker(session, org_id_of(session), call_id)


async def put_out(session: AsyncSession, principal: Principal, call_id: UUID, party: str) -> None:
    """Take somebody out of a call, or ring them no longer. Raises as `mute` does. Effects: a durable job."""
    principal.require(MemberRole.SUPPORT)
    found = await of(session, call_id, party)
    reason = _PUT_OUT_BY.format(name=principal.name) if found["stage"] == Stage.JOINED else _STOPPED
    told = {"party": party, "by": principal.name, "reason": reason}
    await log.write(session, call_id, log.OURS, f"{_event(party)}:out", PUT_OUT, clock.now(), told)
    await leave(session, call_id, party, reason)


async def leave(session: AsyncSession, call_id: UUID, party: str, reason: str) -> None:
    """Keep that somebody is not in a call any more, once; a telephone that still rings is rung no longer."""
    event_id, told = f"{_event(party)}:left", {"party": party, "reason": reason}
    if await log.write(session, call_id, log.OURS, event_id, PARTY_LEFT, clock.now(), told):
        await _have(session, STOP, call_id, party)
        await requests.ring_worker(session, org_id_of(session), call_id)
        await realtime.announce(session, org_id_of(session), log.RINGS, subject=str(call_id))


async def parties(session: AsyncSession, call_id: UUID) -> list[Party]:
    """Return who was added to a call, in the order they were asked; those who left keep why."""
    found: dict[str, Party] = {}
    for event in await queries.events(session, call_id, KINDS):
        party = str(event.data.get("party"))
        if event.kind == PARTY_ASKED:
            to = str(event.data.get("to") or "")
            found[party] = Party(
                id=party,
                name=str(event.data.get("name") or e164.display(to)),
                number=to,
                user=str(event.data.get("user") or ""),
                stage=Stage.RINGING,
                since=event.at.isoformat(),
                is_muted=False,
                reason="",
            )
        elif party in found:
            _tell_of(found[party], event)
    for one in found.values():
        if one["stage"] == Stage.RINGING and datetime.fromisoformat(one["since"]) < clock.now() - _RINGS_NO_MORE:
            one["stage"], one["reason"] = Stage.GONE, _SILENT
    return list(found.values())


async def stands(call_id: UUID) -> Mapping[str, Stand]:
    """Return what the process that carries a call must know of who was added, by their id. Raises `NotFound`."""
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            found = await parties(session, call_id)
    return {one["id"]: Stand(one["is_muted"], one["stage"] != Stage.GONE) for one in found}


async def joined(call_id: UUID, party: str) -> str:
    """Keep that somebody who was added is on the line, and return what they are called.

    Raises `NotFound`, and `Conflict` for one who was taken out meanwhile, or whose call has ended.
    """
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            found = await of(session, call_id, party)
            told = {"party": party, "label": found["name"]}
            await log.write(session, call_id, log.OURS, f"{_event(party)}:joined", PARTY_JOINED, clock.now(), told)
            await realtime.announce(session, org_id_of(session), log.RINGS, subject=str(call_id))
    return found["name"]


async def left(call_id: UUID, party: str, reason: str) -> None:
    """Keep that somebody who was added put the phone down, or that their line broke. Raises `NotFound`."""
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            await queries.locked(session, org_id_of(session), call_id)
            await leave(session, call_id, party, reason)


async def end(session: AsyncSession, call_id: UUID) -> None:
    """Have everybody leave who was added to a call that is over. Effects: durable jobs."""
    await queries.locked(session, org_id_of(session), call_id)
    for party in await parties(session, call_id):
        if party["stage"] != Stage.GONE:
            await leave(session, call_id, party["id"], _OVER)


async def asked(session: AsyncSession, call_id: UUID, party: str) -> CallEvent:
    """Return what was asked when somebody was added. Raises `NotFound`."""
    found = await queries.event(session, call_id, log.OURS, _event(party))
    if found is None:
        raise NotFound("Nobody was added to this call by that name.", code="party_not_found")
    return found


def _tell_of(party: Party, event: CallEvent) -> None:
    """Bring what is known of a party up to an event; who has left stays so."""
    if party["stage"] == Stage.GONE:
        return
    if event.kind == PARTY_JOINED:
        party["stage"], party["since"] = Stage.JOINED, event.at.isoformat()
    elif event.kind in (MUTED, HEARD):
        party["is_muted"] = event.kind == MUTED
    elif event.kind == PARTY_LEFT:
        party["stage"], party["since"] = Stage.GONE, event.at.isoformat()
        party["reason"] = str(event.data.get("reason") or "")


async def _held(session: AsyncSession, call_id: UUID) -> CallRecord:
    """Return a call, locked, whose other party speaks with somebody in a voice process of ours."""
    call = await queries.locked(session, org_id_of(session), call_id)
    if call is None:
        raise NotFound("This call does not exist.", code="call_not_found")
    if call.ended_at is not None:
        raise Conflict("This call has ended.", code="call_ended")
    last = await waits.latest(session, call_id)
    # The carrier alone joins who calls by their own phone with the other party.
    is_own = call.agent_id is None and call.started_by_user_id is not None and not call.own_phone
    is_persons = is_own or (last is not None and last.outcome == WaitOutcome.TAKEN)
    if not (is_persons and call.status == CallStatus.IN_PROGRESS):
        try:
            await requests.require_agent(session, call)
        except Conflict as error:
            raise Conflict(_NOT_HERE, code="nobody_on_line") from error
    has = await stepping_in.on_line(session, call_id)
    if has is not None and has.is_hold:
        raise Conflict("The caller is on hold. Resume them first.", code="on_hold")
    return call


async def of(session: AsyncSession, call_id: UUID, party: str) -> Party:
    """Return somebody who is in a call that lasts, which is locked. Raises `NotFound`, `Conflict`."""
    call = await queries.locked(session, org_id_of(session), call_id)
    if call is None:
        raise NotFound("This call does not exist.", code="call_not_found")
    await asked(session, call_id, party)
    found = next(one for one in await parties(session, call_id) if one["id"] == party)
    if found["stage"] == Stage.GONE or call.ended_at is not None:
        raise Conflict(_GONE, code="party_gone")
    return found


async def _have(session: AsyncSession, task: str, call_id: UUID, party: str) -> None:
    org_id = str(org_id_of(session))
    await jobs.defer(session, task, urgency=jobs.Urgency.FIRST, org_id=org_id, call_id=str(call_id), party=party)


def _event(party: str) -> str:
    return f"party:{party}"
