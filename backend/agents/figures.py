"""Count what agents did today, as the business counts its days."""

from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import queries
from backend.core import clock
from backend.core.tenancy import org_id_of
from backend.models.organizations import Organization


class Figures(TypedDict):
    """One agent's day so far; `cost_micros` is the models' list price in micro-dollars."""

    answered: int
    handed_over: int
    cost_micros: int


NONE = Figures(answered=0, handed_over=0, cost_micros=0)


async def today(session: AsyncSession) -> dict[str, Figures]:
    """Return the figures of every agent that took a turn since midnight at the organization, by its id."""
    organization = await session.get(Organization, org_id_of(session))
    zone = ZoneInfo(organization.timezone if organization and organization.timezone else "UTC")
    midnight = datetime.combine(clock.now().astimezone(zone).date(), datetime.min.time(), zone)
    return {
        str(agent_id): Figures(answered=answered, handed_over=handed_over, cost_micros=cost)
        for agent_id, answered, handed_over, cost in await queries.turn_figures(session, org_id_of(session), midnight)
    }
