"""Keep money back for a call while it lasts, and settle what it cost when it has ended: once, whoever crashed.

What a call cost is read from its log (how long the line was open, and how long the agent was there) and never from
the process that held it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.billing import service as billing
from backend.calls import log, queries, records
from backend.calls.projection import ENDED, Event, Kind
from backend.calls.schemas import CAPTIONS_BEGAN, PARTY_CHARGED
from backend.core import clock
from backend.core.config import settings
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.models.calls import CallRecord
from backend.vocab import CallStatus

CHARGE = "call"
# Kept back before a telephone rings: what an agent asks for when it joins, too (`voice_agent/core/rules.py`).
_FIRST_MIN = 3
# With any of these the agent has gone, though the line may stay open.
_GONE = (Kind.AGENT_LEFT, Kind.AGENT_LOST, Kind.TRANSFERRED, Kind.ENDED)


async def reserve(call_id: UUID, micros: int, *, is_first: bool = False) -> int:
    """Keep back so much of the balance for a call that lasts, and return how much it was: less where there is less.

    With `is_first` what was kept back before it rang counts, as long as no agent has joined it. Nothing is kept back
    for a call that ended. Raises `NotFound`.
    """
    found = await records.brief(call_id)
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            left = await _left(session)
            call = await queries.locked(session, found.org_id, call_id)
            if call is None or call.status in ENDED:
                return 0
            kept = call.reserved_micros if is_first and not await _was_joined(session, call_id) else 0
            granted = max(0, min(micros - kept, left))
            call.reserved_micros += granted
            session.add(call)
            return kept + granted


async def to_ring(session: AsyncSession, call_id: UUID) -> tuple[CallRecord | None, bool]:
    """Return a call, locked, that is about to ring a telephone, and whether its first minutes are paid for.

    They are kept back here, once, where the call was not tried before and has not ended.
    """
    left = await _left(session)
    call = await queries.locked(session, org_id_of(session), call_id)
    if call is None or call.status in ENDED or call.attempted_at is not None or call.reserved_micros:
        return call, True
    prices = await _prices(session, call)
    # A person who calls pays for the line alone.
    minute = sum(prices.values()) if call.agent_id else prices.get(billing.TELEPHONY, 0)
    # Two telephones are two lines.
    minute *= 2 if call.own_phone else 1
    call.reserved_micros = max(0, min(_FIRST_MIN * minute, left))
    session.add(call)
    return call, bool(call.reserved_micros) or not minute


async def _left(session: AsyncSession) -> int:
    """Return what nothing is kept back of yet. The balance is locked before any call."""
    return await billing.left(session) - await queries.reserved(session, org_id_of(session))


async def _was_joined(session: AsyncSession, call_id: UUID) -> bool:
    return any(one.kind == Kind.AGENT_JOINED for one in await queries.standing_events(session, call_id))


async def settle(session: AsyncSession, call_id: UUID) -> None:
    """Charge what a call cost and let go of what was kept back for it; nothing happens to one that lasts or is settled.

    The carrier's own callbacks and ours may both tell of an end: the charge has the call's id as its key.
    """
    org_id = org_id_of(session)
    # The balance is locked before the call, here as where money is kept back.
    await billing.left(session)
    call = await queries.locked(session, org_id, call_id)
    if call is None or call.status not in ENDED or call.settled_at is not None:
        return
    events = await queries.standing_events(session, call_id)
    prices = await _prices(session, call)
    line_s = call.duration_s if call.status == CallStatus.COMPLETED else 0
    # Who calls by their own telephone pays for its line too, and for that alone where nobody answers them.
    line_s += own_s(events, call.ended_at) if call.own_phone else 0
    costs = billing.of_call(prices, line_s, agent_s(events))
    if line_s and (written := billing.of_captions(await _written_s(session, call))):
        costs = {**costs, billing.EXTRAS: costs.get(billing.EXTRAS, 0) + written}
    total = sum(costs.values())
    if total:
        await billing.charge(session, f"call:{call_id}", CHARGE, total, call_id, costs)
    # The lines of those who were added are charged one by one, as each is over.
    if added := sum(int(one.data["micros"]) for one in await queries.events(session, call_id, [PARTY_CHARGED])):
        costs = {**costs, billing.TELEPHONY: costs.get(billing.TELEPHONY, 0) + added}
        total += added
    call.reserved_micros, call.cost_micros, call.costs, call.settled_at = 0, total, costs, clock.now()
    session.add(call)
    await session.flush()
    await log.tell_tabs(session, call)


async def _written_s(session: AsyncSession, call: CallRecord) -> float:
    """Return for how many seconds what people said was written down; 0 where it was not."""
    began = await queries.events(session, call.id, [CAPTIONS_BEGAN])
    if not began or call.ended_at is None:
        return 0.0
    return max(0.0, (call.ended_at - began[0].at).total_seconds())


def agent_s(events: Iterable[Event]) -> int:
    """Return for how many seconds an agent was in the call, as often as it was; 0 when none ever was."""
    seconds, since = 0.0, None
    for event in sorted(events, key=lambda one: one.at):
        if event.kind == Kind.AGENT_JOINED:
            since = since or event.at
        elif event.kind in _GONE and since is not None:
            seconds += (event.at - since).total_seconds()
            since = None
    return round(seconds)


def own_s(events: Iterable[Event], ended_at: datetime | None) -> int:
    """Return for how many seconds the telephone of a person who calls was open; 0 where they never picked it up."""
    known = list(events)
    measured = [one.data.get("own_s") for one in known if one.kind == Kind.ENDED]
    told = max((one for one in measured if isinstance(one, int)), default=0)
    answers = [one.at for one in known if one.kind == Kind.OWN_ANSWERED]
    if told or not answers or ended_at is None:
        return told
    return max(0, round((ended_at - min(answers)).total_seconds()))


async def _prices(session: AsyncSession, call: CallRecord) -> Mapping[str, int]:
    agent = await session.get(AgentConfig, call.agent_id) if call.agent_id else None
    known = await agents.answering_as(session, agent, call.agent_version) if agent else {}
    return billing.per_minute(known, settings().chat_model)
