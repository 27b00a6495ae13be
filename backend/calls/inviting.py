"""Have a colleague's browser ring who joins a call: on every page of theirs, until they join, decline or time is up."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypedDict
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import conference, queries, records
from backend.calls.conference import Stage
from backend.calls.passes import Pass
from backend.calls.ringing import Waiting
from backend.calls.schemas import LIVE, PARTY_ASKED
from backend.contacts import service as contacts
from backend.core import clock, jobs
from backend.core.errors import Conflict, NotAllowed, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.calls import CallEvent, CallRecord
from backend.models.organizations import OrganizationMember
from backend.numbers import e164
from backend.organizations import service as organizations

RINGS = timedelta(seconds=40)
# Whoever looks for a colleague among more types a number as fast.
_MOST = 20
_DECLINED, _SILENT = "They declined.", "They did not answer."
_GONE = "This call no longer waits for you."


class Colleague(TypedDict):
    """Somebody of the team whose browser may ring."""

    id: str
    name: str


async def colleagues(session: AsyncSession, principal: Principal) -> list[Colleague]:
    """Return who of the team is on duty beside the person who asks."""
    there = await organizations.on_duty(session, None) - {principal.user_id}
    member = OrganizationMember
    query = select(col(member.user_id), col(member.full_name), col(member.email)).where(
        col(member.org_id) == org_id_of(session), col(member.user_id).in_(there)
    )
    found = (await session.execute(query.order_by(col(member.full_name), col(member.email)).limit(_MOST))).all()
    return [Colleague(id=str(user_id), name=name or email) for user_id, name, email in found]


async def invite(session: AsyncSession, principal: Principal, call_id: UUID, user_id: UUID) -> str:
    """Have a colleague's browser ring for a call, and return the party's id.

    Raises what `conference.room` raises, `NotFound` for nobody of the team and `Conflict` for one who is away or there.
    Effects: a durable job.
    """
    call = await conference.room(session, principal, call_id)
    name = await queries.name_of(session, call.org_id, user_id)
    if not name:
        raise NotFound("Nobody of your team has this id.", code="not_found")
    if user_id not in await organizations.on_duty(session, None):
        raise Conflict(f"{name} is away.", code="away")
    here = await conference.parties(session, call_id)
    if user_id == principal.user_id or any(one["user"] == str(user_id) and one["stage"] != Stage.GONE for one in here):
        raise Conflict(f"{name} is in this call, or is being rung.", code="already_there")
    party = new_id().hex
    await conference.ask(session, call, party, {"user": str(user_id), "name": name, "by": principal.name})
    given = {"org_id": str(call.org_id), "call_id": str(call_id)}
    later = clock.now() + RINGS
    await jobs.defer(session, "calls.miss_party", at=later, urgency=jobs.Urgency.SOON, party=party, **given)
    return party


async def invitations(session: AsyncSession, principal: Principal) -> list[Waiting]:
    """Return the calls that a person's browser rings for, because a colleague asks them to join."""
    event = CallEvent
    query = (
        select(event, CallRecord)
        .join(CallRecord, col(CallRecord.id) == col(event.call_id))
        .where(
            col(CallRecord.org_id) == org_id_of(session),
            col(CallRecord.status).in_(LIVE),
            col(event.kind) == PARTY_ASKED,
            col(event.at) > clock.now() - RINGS,
            col(event.data)["user"].astext == str(principal.user_id),
        )
        .order_by(col(event.at))
    )
    found: Sequence[tuple[CallEvent, CallRecord]] = [(one[0], one[1]) for one in await session.execute(query)]
    rows: list[Waiting] = []
    for asked, call in found:
        party = next(one for one in await conference.parties(session, call.id) if one["id"] == asked.data["party"])
        if party["stage"] != Stage.RINGING:
            continue
        contact = await contacts.get(session, call.contact_id)
        rows.append(
            Waiting(
                id=party["id"],
                call=str(call.id),
                conversation=str(call.conversation_id),
                name=contact.name,
                number=call.caller_number,
                display=e164.display(call.caller_number),
                service=e164.display(call.service_number),
                team="",
                since=asked.at.isoformat(),
                ends_at=(asked.at + RINGS).isoformat(),
                is_mine=True,
                by=str(asked.data["by"]),
            )
        )
    return rows


async def accept(session: AsyncSession, principal: Principal, call_id: UUID, party: str) -> None:
    """Let a person join who is rung for a call. Raises `NotFound`, `Conflict` where that is over."""
    if (await conference.of(session, call_id, party))["user"] != str(principal.user_id):
        raise NotFound(_GONE, code="party_not_found")


async def decline(session: AsyncSession, principal: Principal, call_id: UUID, party: str) -> None:
    """Ring no longer for a person who was asked to join. Raises as `accept` does."""
    await accept(session, principal, call_id, party)
    await conference.leave(session, call_id, party, _DECLINED)


async def miss(org_id: UUID, call_id: UUID, party: str) -> None:
    """Ring no longer for a colleague who did not answer; nothing happens to one who did."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            await queries.locked(session, org_id, call_id)
            found = next(one for one in await conference.parties(session, call_id) if one["id"] == party)
            if found["stage"] == Stage.RINGING:
                await conference.leave(session, call_id, party, _SILENT)


async def admit(shown: Pass, call_id: UUID) -> str:
    """Return as which party the person of this pass joins a call. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    found = await records.brief(call_id)
    if found.org_id != shown.org_id:
        raise NotAllowed(_GONE, code="not_your_call")
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            party = await conference.of(session, call_id, shown.about.hex)
    if party["user"] != str(shown.user_id):
        raise NotAllowed(_GONE, code="not_your_call")
    return party["id"]
