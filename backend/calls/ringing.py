"""Have browsers of the team ring for a caller: who is rung, who takes the call, and what follows where nobody does.

The caller waits on a line of the voice process. Everything that may happen at once (two people answer, the time is up,
the caller leaves) is decided under the lock of one row, so the first counts whatever the order.
"""

from datetime import timedelta
from typing import TypedDict
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import log, queries, records, requests, waits
from backend.calls.passes import Pass
from backend.calls.projection import Kind
from backend.calls.schemas import CallBrief
from backend.core import clock, realtime
from backend.core.errors import Conflict, NotAllowed, NotFound
from backend.core.ids import new_id, parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.calls import CallRecord, CallWait
from backend.numbers import e164
from backend.organizations import service as organizations
from backend.vocab import MemberRole, WaitOutcome

# So long whoever took a call may need until their browser is on the line: they allow the microphone first.
ARRIVES_S = 20.0
# Who was promised somebody that did not come hears it ring at least so long once more.
_AGAIN = timedelta(seconds=15)
# A wait that nobody ended by then is no longer shown: the process that held it is gone.
_GRACE = timedelta(seconds=60)
MOST = 50
_GONE = "This caller is no longer waiting."
_NOBODY_THERE = "Nobody was on duty."
_TIME_UP = "Nobody took the call in time."
_DECLINED = "Everybody who was rung declined."
_CALLER_LEFT = "The caller hung up while it rang."
_LINE_LOST = "The line broke off while it rang."


class Waiting(TypedDict):
    """A caller who waits for people. Times are ISO 8601 in UTC; `is_mine` says that it rings for the person asking."""

    id: str
    call: str
    conversation: str
    name: str
    number: str
    display: str
    service: str
    team: str
    since: str
    ends_at: str
    is_mine: bool
    by: str
    """The colleague who asks them to join a call; nobody for a caller who waits."""


async def begin(session: AsyncSession, call: CallRecord, team_id: UUID | None, ring_s: int) -> CallWait | None:
    """Have browsers ring for a call, or return None where nobody is on duty. Effects: a line in the call's log."""
    await queries.locked(session, call.org_id, call.id)
    last = await waits.latest(session, call.id)
    if last is not None and not last.outcome:
        # The carrier asked twice.
        return last
    there = await organizations.on_duty(session, team_id)
    if not there:
        await _miss(session, call.id, new_id(), _NOBODY_THERE)
        return None
    made = CallWait(
        id=new_id(),
        org_id=call.org_id,
        call_id=call.id,
        team_id=team_id,
        ends_at=clock.now() + timedelta(seconds=ring_s),
    )
    session.add(made)
    await session.flush()
    told = {"wait": str(made.id), "people": len(there)}
    await log.write(session, call.id, log.OURS, f"rung:{made.id}", Kind.PEOPLE_RUNG, clock.now(), told)
    await _tell(session, made)
    return made


async def waiting(session: AsyncSession, principal: Principal) -> list[Waiting]:
    """Return who waits for people, the longest first, as one person sees them."""
    org_id = org_id_of(session)
    found = await waits.open_ones(session, org_id, clock.now() - _GRACE, MOST)
    duty: dict[UUID | None, set[UUID]] = {}
    for wait, *_ in found:
        if wait.team_id not in duty:
            duty[wait.team_id] = await organizations.on_duty(session, wait.team_id)
    is_free = bool(found) and not await waits.is_in_a_call(session, org_id, principal.user_id)
    return [
        Waiting(
            id=str(wait.id),
            call=str(call.id),
            conversation=str(call.conversation_id),
            name=contact.name,
            number=call.caller_number,
            display=e164.display(call.caller_number),
            service=label or e164.display(call.service_number),
            team=team or "",
            since=wait.created_at.isoformat(),
            ends_at=wait.ends_at.isoformat(),
            is_mine=is_free
            and principal.user_id in duty[wait.team_id]
            and str(principal.user_id) not in wait.declined_by,
            by="",
        )
        for wait, call, contact, label, team in found
    ]


async def take(session: AsyncSession, principal: Principal, wait: str) -> CallRecord:
    """Give a waiting caller to a person; the first who asks has them.

    Raises `NotFound`, and `Conflict` that says who was faster, or that the caller is gone.
    """
    principal.require(MemberRole.SUPPORT)
    principal.require_person()
    found = await _locked(session, parse_id(wait, "wait"))
    if found.outcome == WaitOutcome.TAKEN and found.taken_by_user_id not in (None, principal.user_id):
        assert found.taken_by_user_id is not None
        name = await queries.name_of(session, found.org_id, found.taken_by_user_id)
        raise Conflict(f"{name or 'Somebody'} took this call.", code="call_taken")
    call = await records.get(session, found.call_id)
    if found.outcome or call.ended_at is not None:
        raise Conflict(_GONE, code="caller_gone")
    await _give(session, found, principal.user_id)
    return call


async def decline(session: AsyncSession, principal: Principal, wait: str) -> None:
    """Ring no longer for a person; where everybody declined, what follows the ringing comes at once.

    Raises `NotFound`. One that is over stays as it is.
    """
    principal.require_person()
    found = await _locked(session, parse_id(wait, "wait"))
    me = str(principal.user_id)
    if found.outcome or me in found.declined_by:
        return
    found.declined_by = [*found.declined_by, me]
    session.add(found)
    told = {"by": principal.name, "label": principal.name}
    await log.write(session, found.call_id, log.OURS, f"declined:{found.id}:{me}", "people.declined", clock.now(), told)
    left = {str(one) for one in await organizations.on_duty(session, found.team_id)} - set(found.declined_by)
    if left:
        await _tell(session, found)
    else:
        await _end(session, found, _DECLINED)


async def due_s(call_id: UUID, wait_id: UUID) -> float | None:
    """Return in how many seconds something is due of a wait, None once it is over.

    What is due now is done: it ends in time, and rings again for a caller whom whoever took them did not come for.
    """
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            found = await _locked(session, wait_id)
            now = clock.now()
            if found.outcome == WaitOutcome.TAKEN and found.taken_at is not None:
                left_s = (found.taken_at - now).total_seconds() + ARRIVES_S
                if left_s > 0:
                    return left_s
                await _ring_again(session, found)
            if found.outcome:
                return None
            left_s = (found.ends_at - now).total_seconds()
            if left_s > 0:
                return left_s
            await _end(session, found, _TIME_UP)
            return None


async def ring_again(call_id: UUID, wait_id: UUID) -> None:
    """Have it ring once more for a caller whose person's line broke; nothing happens once the call is over."""
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            found = await _locked(session, wait_id)
            call = await records.get(session, call_id)
            if found.outcome == WaitOutcome.TAKEN and call.ended_at is None:
                await _ring_again(session, found)


async def joined(call_id: UUID, wait_id: UUID, user_id: UUID) -> bool:
    """Keep that a person is on the line with the caller; False where the caller is somebody else's by now."""
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            found = await _locked(session, wait_id)
            if found.outcome == WaitOutcome.MISSED or found.taken_by_user_id not in (None, user_id):
                return False
            if not found.outcome:
                # They came late, and it rang again meanwhile: who is there has the caller.
                await _give(session, found, user_id)
            name = await queries.name_of(session, found.org_id, user_id)
            events = await queries.standing_events(session, call_id)
            kinds = [Kind.PERSON_JOINED]
            if any(event.kind == Kind.AGENT_JOINED for event in events):
                kinds.append(Kind.TRANSFERRED)
            for kind in kinds:
                told = {"by": name, "reason": f"{name} took the caller."}
                event_id = f"{kind}:{wait_id}:{found.taken_at}"
                await log.write(session, call_id, log.OURS, event_id, kind, clock.now(), told)
            return True


async def admit(shown: Pass) -> CallBrief:
    """Return the call that a person took, whose line is opened now. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    found = await records.brief(shown.about)
    if found.org_id != shown.org_id:
        raise NotAllowed("This call is somebody else's.", code="not_your_call")
    if found.has_ended:
        raise Conflict(_GONE, code="caller_gone")
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            wait = await waits.latest(session, found.call_id)
    if wait is None or wait.outcome != WaitOutcome.TAKEN or wait.taken_by_user_id != shown.user_id:
        raise Conflict(_GONE, code="caller_gone")
    return found


async def gave_up(call_id: UUID, wait_id: UUID, reason: str = _CALLER_LEFT) -> None:
    """Keep that a caller waits no longer, because their line is gone or never came."""
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            found = await _locked(session, wait_id)
            if not found.outcome:
                await _end(session, found, reason)


async def came_to(call: CallBrief) -> WaitOutcome | None:
    """Return what the last wait of a call came to, when the carrier asks what follows; None where there was none.

    One that still lasts is over by that: the line on which the caller waited is gone.
    """
    with org_scope(call.org_id):
        async with unit_of_work() as session:
            last = await waits.latest(session, call.call_id)
            if last is None:
                return None
            found = await _locked(session, last.id)
            if not found.outcome:
                await _end(session, found, _LINE_LOST)
            return WaitOutcome(found.outcome)


async def _give(session: AsyncSession, found: CallWait, user_id: UUID) -> None:
    found.outcome, found.taken_by_user_id, found.taken_at = WaitOutcome.TAKEN, user_id, clock.now()
    session.add(found)
    name = await queries.name_of(session, found.org_id, user_id)
    event_id = f"took:{found.id}:{new_id().hex}"
    await log.write(session, found.call_id, log.OURS, event_id, "people.took", clock.now(), {"by": name, "label": name})
    await _tell(session, found)


async def _ring_again(session: AsyncSession, found: CallWait) -> None:
    found.outcome, found.taken_by_user_id, found.taken_at = "", None, None
    found.ends_at = max(found.ends_at, clock.now() + _AGAIN)
    session.add(found)
    await session.flush()
    await _tell(session, found)


async def _end(session: AsyncSession, found: CallWait, reason: str) -> None:
    found.outcome = WaitOutcome.MISSED
    session.add(found)
    await session.flush()
    await _miss(session, found.call_id, found.id, reason)
    await _tell(session, found)


async def _miss(session: AsyncSession, call_id: UUID, wait_id: UUID, reason: str) -> None:
    event_id = f"missed:{wait_id}"
    await log.write(session, call_id, log.OURS, event_id, Kind.PEOPLE_MISSED, clock.now(), {"reason": reason})


async def _tell(session: AsyncSession, found: CallWait) -> None:
    """Tell open tabs, and the process that holds the caller, that a wait stands otherwise."""
    await session.flush()
    await realtime.announce(session, found.org_id, log.RINGS, subject=str(found.call_id))
    await requests.ring_worker(session, found.org_id, found.call_id)


async def _locked(session: AsyncSession, wait_id: UUID) -> CallWait:
    found = await waits.locked(session, org_id_of(session), wait_id)
    if found is None:
        raise NotFound(_GONE, code="caller_gone")
    return found
