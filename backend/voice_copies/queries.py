"""Read copied voices in SQL."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.agents import AgentConfig
from backend.models.voices import VoiceCopy
from backend.vocab import VoiceCopyStatus

_V = VoiceCopy
_ALONE = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")


async def alone(session: AsyncSession, org_id: UUID) -> None:
    """Let nobody else count an organization's voices until this transaction ends."""
    await session.execute(_ALONE, {"what": f"voice_copies:{org_id}"})


async def count(session: AsyncSession, org_id: UUID, contact_id: UUID | None = None) -> int:
    """Return how many voices an organization has, or one person in it; those that came to nothing do not count."""
    query = select(func.count()).select_from(_V).where(col(_V.org_id) == org_id, _counts())
    if contact_id is not None:
        query = query.where(col(_V.contact_id) == contact_id)
    return int((await session.execute(query)).scalar_one())


async def one(session: AsyncSession, org_id: UUID, copy_id: UUID, *, for_update: bool = False) -> VoiceCopy | None:
    """Return a voice, fresh where it is locked, or None."""
    query = select(_V).where(col(_V.org_id) == org_id, col(_V.id) == copy_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def all_of(session: AsyncSession, org_id: UUID) -> list[VoiceCopy]:
    """Return every voice of an organization, newest first."""
    query = select(_V).where(col(_V.org_id) == org_id).order_by(col(_V.id).desc())
    return list((await session.execute(query)).scalars())


async def users(session: AsyncSession, org_id: UUID) -> list[tuple[str, str]]:
    """Return (voice, agent's name) of every agent there is, by its published voice and by its draft's."""
    config = AgentConfig
    published = config.settings["voice_id"].astext
    drafted = config.draft["voice_id"].astext
    query = select(published, drafted, col(config.name)).where(
        col(config.org_id) == org_id,
        col(config.deleted_at).is_(None),
        or_(published.is_not(None), drafted.is_not(None)),
    )
    rows = (await session.execute(query)).all()
    return [(voice, row[2]) for row in rows for voice in {row[0], row[1]} if voice]


def _counts() -> ColumnElement[bool]:
    return col(_V.status) != VoiceCopyStatus.FAILED
