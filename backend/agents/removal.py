"""Take an agent out of service without losing it: for a month it can be brought back as it was."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import queries
from backend.core import clock
from backend.models.agents import AgentConfig
from backend.models.numbers import ServiceNumber

KEPT_FOR = timedelta(days=30)
SLOTS = ("agent_id", "text_agent_id", "outbound_agent_id")


async def remove(session: AsyncSession, agent: AgentConfig) -> list[ServiceNumber]:
    """Put a locked agent into the bin and return the numbers it served, which are left without one.

    When it was the default, the oldest other agent becomes it.
    """
    served = await queries.numbers_served(session, agent.org_id, agent.id)
    heir = await queries.oldest_other(session, agent.org_id, agent.id) if agent.is_default else None
    released: dict[str, Any] = {}
    for number in served:
        slots = [slot for slot in SLOTS if getattr(number, slot) == agent.id]
        released[str(number.id)] = slots
        for slot in slots:
            setattr(number, slot, None)
        session.add(number)
    agent.released, agent.deleted_at, agent.is_default = released, clock.now(), False
    session.add(agent)
    await session.flush()
    if heir is not None:
        heir.is_default = True
        session.add(heir)
        await session.flush()
    return served


async def bring_back(session: AsyncSession, agent: AgentConfig) -> list[ServiceNumber]:
    """Take a locked agent out of the bin and return the numbers it serves again: those nobody else took meanwhile."""
    again: list[ServiceNumber] = []
    for number_id, slots in agent.released.items():
        number = await session.get(ServiceNumber, UUID(number_id), with_for_update=True)
        if number is None or number.org_id != agent.org_id:
            continue
        free = [slot for slot in slots if slot in SLOTS and getattr(number, slot) is None]
        for slot in free:
            setattr(number, slot, agent.id)
        if free:
            session.add(number)
            again.append(number)
    _, others = await queries.agents(session, agent.org_id, limit=1)
    agent.released, agent.deleted_at, agent.is_default = {}, None, others == 0
    session.add(agent)
    await session.flush()
    return again
