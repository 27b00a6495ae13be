"""Read and write calls and their events in SQL."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls.projection import Event, Kind
from backend.calls.schemas import LINE
from backend.core.ids import new_id
from backend.models.agents import AgentConfig
from backend.models.calls import CallEvent, CallRecord, CallWhitelistEntry
from backend.models.contacts import Contact
from backend.models.numbers import ServiceNumber
from backend.models.organizations import Organization, OrganizationMember

_C = CallRecord
_ADD_EVENT = text(
    "insert into call_events (id, created_at, updated_at, org_id, call_id, source, event_id, kind, at, data)"
    " values (:id, :now, :now, :org_id, :call_id, :source, :event_id, :kind, :at, cast(:data as jsonb))"
    " on conflict (call_id, source, event_id) do nothing returning id"
)


@dataclass(frozen=True)
class Situation:
    """What one query found about a call: the number, its business and agent, who calls, and where they go straight."""

    number: ServiceNumber
    business: Organization
    agent: AgentConfig | None
    caller: Contact | None
    forward_to: str


async def org_of(session: AsyncSession, call_id: UUID) -> UUID | None:
    """Return whose call it is (platform scope), or None."""
    found: UUID | None = (await session.execute(select(col(_C.org_id)).where(col(_C.id) == call_id))).scalars().first()
    return found


async def by_vendor_id(session: AsyncSession, vendor_call_id: str) -> tuple[UUID, UUID] | None:
    """Return (organization, call) of the carrier's call (platform scope), or None."""
    query = select(col(_C.org_id), col(_C.id)).where(col(_C.vendor_call_id) == vendor_call_id)
    found = (await session.execute(query)).first()
    return (found[0], found[1]) if found else None


async def situation(session: AsyncSession, called: str, caller: str) -> Situation | None:
    """Return all that a call to one of our numbers is decided by, in one query (platform scope); None for no number."""
    known, kept = aliased(Contact), aliased(Contact)
    query = (
        select(ServiceNumber, Organization, AgentConfig, kept, col(CallWhitelistEntry.forward_to))
        .join(Organization, col(Organization.id) == col(ServiceNumber.org_id))
        .outerjoin(AgentConfig, col(AgentConfig.id) == col(ServiceNumber.agent_id))
        .outerjoin(known, and_(col(known.org_id) == col(ServiceNumber.org_id), col(known.phone_number) == caller))
        # Who was merged into another is that other.
        .outerjoin(kept, col(kept.id) == func.coalesce(col(known.merged_into_id), col(known.id)))
        .outerjoin(
            CallWhitelistEntry,
            and_(
                col(CallWhitelistEntry.agent_id) == col(ServiceNumber.agent_id),
                col(CallWhitelistEntry.caller_number) == caller,
            ),
        )
        .where(col(ServiceNumber.phone_number) == called)
    )
    found = (await session.execute(query)).first()
    return Situation(found[0], found[1], found[2], found[3], found[4] or "") if found else None


async def one(session: AsyncSession, org_id: UUID, call_id: UUID) -> CallRecord | None:
    """Return a call, or None."""
    query = select(_C).where(col(_C.org_id) == org_id, col(_C.id) == call_id)
    return (await session.execute(query)).scalars().first()


async def by_any_id(session: AsyncSession, org_id: UUID, call_id: UUID | None, vendor_call_id: str) -> UUID | None:
    """Return a call by our id or the carrier's, or None."""
    is_it = col(_C.vendor_call_id) == vendor_call_id
    if call_id is not None:
        is_it = or_(col(_C.id) == call_id, is_it)
    query = select(col(_C.id)).where(col(_C.org_id) == org_id, is_it).order_by(col(_C.id) != call_id)
    found: UUID | None = (await session.execute(query.limit(1))).scalars().first()
    return found


async def page(
    session: AsyncSession,
    org_id: UUID,
    equal: Mapping[str, Any],
    *,
    phone_number: str,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    offset: int,
) -> tuple[list[tuple[CallRecord, str | None]], int]:
    """Return one page of calls with their agents' names, newest first, and how many match."""
    conditions = [col(_C.org_id) == org_id, *(col(getattr(_C, name)) == value for name, value in equal.items())]
    if phone_number:
        conditions.append(or_(col(_C.caller_number) == phone_number, col(_C.service_number) == phone_number))
    if since is not None:
        conditions.append(col(_C.created_at) >= since)
    if until is not None:
        conditions.append(col(_C.created_at) <= until)
    query = (
        select(_C, col(AgentConfig.name))
        .outerjoin(AgentConfig, col(AgentConfig.id) == col(_C.agent_id))
        .where(*conditions)
        .order_by(col(_C.id).desc())
        .limit(limit)
        .offset(offset)
    )
    found = [(row[0], row[1]) for row in await session.execute(query)]
    total = (await session.execute(select(func.count()).select_from(_C).where(*conditions))).scalar_one()
    return found, int(total)


async def agent_name(session: AsyncSession, call: CallRecord) -> str:
    """Return the name of the agent that serves a call, or an empty string."""
    agent = await session.get(AgentConfig, call.agent_id) if call.agent_id else None
    return agent.name if agent else ""


async def locked(session: AsyncSession, org_id: UUID, call_id: UUID) -> CallRecord | None:
    """Return a call locked and fresh, or None."""
    query = select(_C).where(col(_C.org_id) == org_id, col(_C.id) == call_id)
    return (await session.execute(query.with_for_update().execution_options(populate_existing=True))).scalars().first()


async def add_event(
    session: AsyncSession,
    call: CallRecord,
    *,
    source: str,
    event_id: str,
    kind: str,
    at: datetime,
    data: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Add an event; False when the source told it before."""
    values = {
        "id": new_id(),
        "now": now,
        "org_id": call.org_id,
        "call_id": call.id,
        "source": source,
        "event_id": event_id,
        "kind": kind,
        "at": at,
        "data": json.dumps(dict(data)),
    }
    return (await session.execute(_ADD_EVENT, values)).first() is not None


async def reserved(session: AsyncSession, org_id: UUID) -> int:
    """Return what is kept back for the calls of an organization, in micro-dollars."""
    query = select(func.coalesce(func.sum(col(_C.reserved_micros)), 0))
    kept = query.where(col(_C.org_id) == org_id, col(_C.reserved_micros) > 0)
    return int((await session.execute(kept)).scalar_one())


async def event(session: AsyncSession, call_id: UUID, source: str, event_id: str) -> CallEvent | None:
    """Return one event of a call, or None."""
    query = select(CallEvent).where(
        col(CallEvent.call_id) == call_id, col(CallEvent.source) == source, col(CallEvent.event_id) == event_id
    )
    found: CallEvent | None = (await session.execute(query)).scalars().first()
    return found


async def said(session: AsyncSession, call_id: UUID) -> list[CallEvent]:
    """Return the lines that were said in a call, in order."""
    query = select(CallEvent).where(col(CallEvent.call_id) == call_id, col(CallEvent.kind) == LINE)
    return list((await session.execute(query.order_by(col(CallEvent.at), col(CallEvent.id)))).scalars().all())


async def name_of(session: AsyncSession, org_id: UUID, user_id: UUID) -> str:
    """Return what a person of the team is called, by their address where they gave no name."""
    person = OrganizationMember
    query = select(col(person.full_name), col(person.email)).where(
        col(person.org_id) == org_id, col(person.user_id) == user_id
    )
    found = (await session.execute(query)).first()
    return (found[0] or found[1]) if found else ""


async def events(session: AsyncSession, call_id: UUID, kinds: Sequence[str]) -> list[CallEvent]:
    """Return the events of a call that are of these kinds, in order."""
    query = select(CallEvent).where(col(CallEvent.call_id) == call_id, col(CallEvent.kind).in_(kinds))
    return list((await session.execute(query.order_by(col(CallEvent.at), col(CallEvent.id)))).scalars().all())


async def standing_events(session: AsyncSession, call_id: UUID) -> list[Event]:
    """Return the events of a call that say how it stands."""
    query = select(CallEvent).where(col(CallEvent.call_id) == call_id, col(CallEvent.kind).in_(list(Kind)))
    found = (await session.execute(query.execution_options(populate_existing=True))).scalars().all()
    return [Event(one.source, one.event_id, one.kind, one.at, one.data) for one in found]
