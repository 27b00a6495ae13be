"""Read numbers with the names of their agents, and who owns what across organizations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.agents import AgentConfig
from backend.models.numbers import ServiceNumber


async def with_agents(
    session: AsyncSession, org_id: UUID
) -> list[tuple[ServiceNumber, str | None, str | None, str | None]]:
    """Return (number, voice agent's name, text agent's name, outbound agent's name), newest number first."""
    voice, texts, outbound = aliased(AgentConfig), aliased(AgentConfig), aliased(AgentConfig)
    query = (
        select(ServiceNumber, col(voice.name), col(texts.name), col(outbound.name))
        .outerjoin(voice, col(voice.id) == col(ServiceNumber.agent_id))
        .outerjoin(texts, col(texts.id) == col(ServiceNumber.text_agent_id))
        .outerjoin(outbound, col(outbound.id) == col(ServiceNumber.outbound_agent_id))
        .where(col(ServiceNumber.org_id) == org_id)
        .order_by(col(ServiceNumber.created_at).desc(), col(ServiceNumber.id).desc())
    )
    return [(row[0], row[1], row[2], row[3]) for row in await session.execute(query)]


async def one(session: AsyncSession, org_id: UUID, number_id: UUID) -> ServiceNumber | None:
    """Return a number by id, or None."""
    query = select(ServiceNumber).where(col(ServiceNumber.org_id) == org_id, col(ServiceNumber.id) == number_id)
    return (await session.execute(query)).scalars().first()


async def by_address(session: AsyncSession, org_id: UUID, phone_number: str) -> ServiceNumber | None:
    """Return a number by its E.164 form, or None."""
    query = select(ServiceNumber).where(
        col(ServiceNumber.org_id) == org_id, col(ServiceNumber.phone_number) == phone_number
    )
    return (await session.execute(query)).scalars().first()


async def oldest_active(session: AsyncSession, org_id: UUID) -> ServiceNumber | None:
    """Return the number an organization has had longest and has switched on, or None."""
    query = (
        select(ServiceNumber)
        .where(col(ServiceNumber.org_id) == org_id, col(ServiceNumber.is_active).is_(True))
        .order_by(col(ServiceNumber.created_at), col(ServiceNumber.id))
        .limit(1)
    )
    return (await session.execute(query)).scalars().first()


async def taken(session: AsyncSession, phone_numbers: Sequence[str]) -> set[str]:
    """Return which of these numbers any organization owns (platform scope)."""
    query = select(col(ServiceNumber.phone_number)).where(col(ServiceNumber.phone_number).in_(phone_numbers))
    return set((await session.execute(query)).scalars().all())


async def owned_everywhere(session: AsyncSession) -> set[str]:
    """Return every number of every organization (platform scope)."""
    return set((await session.execute(select(col(ServiceNumber.phone_number)))).scalars().all())
