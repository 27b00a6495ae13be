"""Read and write the callers for whom browsers of the team ring, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls.schemas import LIVE
from backend.models.calls import CallRecord, CallWait
from backend.models.contacts import Contact
from backend.models.numbers import ServiceNumber
from backend.models.organizations import Team

_W = CallWait


async def locked(session: AsyncSession, org_id: UUID, wait_id: UUID) -> CallWait | None:
    """Return a wait locked and fresh, or None."""
    query = select(_W).where(col(_W.org_id) == org_id, col(_W.id) == wait_id).with_for_update()
    found: CallWait | None = (await session.execute(query.execution_options(populate_existing=True))).scalars().first()
    return found


async def latest(session: AsyncSession, call_id: UUID) -> CallWait | None:
    """Return the last wait of a call, or None."""
    query = select(_W).where(col(_W.call_id) == call_id).order_by(col(_W.id).desc()).limit(1)
    found: CallWait | None = (await session.execute(query.execution_options(populate_existing=True))).scalars().first()
    return found


async def open_ones(
    session: AsyncSession, org_id: UUID, since: datetime, most: int
) -> Sequence[tuple[CallWait, CallRecord, Contact, str | None, str | None]]:
    """Return the waits that last, the longest first, as (wait, call, caller, our number's label, team's name).

    One that should have ended before `since` is nobody's: its process is gone, and the carrier looks after the caller.
    """
    query = (
        select(_W, CallRecord, Contact, col(ServiceNumber.friendly_name), col(Team.name))
        .join(CallRecord, col(CallRecord.id) == col(_W.call_id))
        .join(Contact, col(Contact.id) == col(CallRecord.contact_id))
        .outerjoin(ServiceNumber, col(ServiceNumber.id) == col(CallRecord.number_id))
        .outerjoin(Team, col(Team.id) == col(_W.team_id))
        .where(
            col(_W.org_id) == org_id,
            col(_W.outcome) == "",
            col(_W.ends_at) > since,
            col(CallRecord.status).in_(LIVE),
        )
        .order_by(col(_W.id))
        .limit(most)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in await session.execute(query)]


async def is_in_a_call(session: AsyncSession, org_id: UUID, user_id: UUID) -> bool:
    """Return whether a person holds a line at their browser: a call they took, or one they make themselves."""
    took = (
        select(col(_W.id))
        .join(CallRecord, col(CallRecord.id) == col(_W.call_id))
        .where(col(_W.org_id) == org_id, col(_W.taken_by_user_id) == user_id, col(CallRecord.status).in_(LIVE))
        .where(col(_W.outcome) == "taken")
    )
    made = select(col(CallRecord.id)).where(
        col(CallRecord.org_id) == org_id,
        col(CallRecord.started_by_user_id) == user_id,
        col(CallRecord.agent_id).is_(None),
        col(CallRecord.status).in_(LIVE),
    )
    for query in (took, made):
        if (await session.execute(query.limit(1))).first() is not None:
            return True
    return False
