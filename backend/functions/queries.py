"""Read and write secrets and calls."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.functions import FunctionSecret, ToolCall


async def secrets(session: AsyncSession, org_id: UUID, ids: Collection[UUID]) -> dict[UUID, FunctionSecret]:
    """Return the secrets of these ids that the organization has."""
    query = select(FunctionSecret).where(col(FunctionSecret.org_id) == org_id, col(FunctionSecret.id).in_(ids))
    return {one.id: one for one in (await session.execute(query)).scalars()}


async def secret_for(session: AsyncSession, org_id: UUID, purpose: str) -> FunctionSecret | None:
    """Return the newest secret of a purpose, or None."""
    query = (
        select(FunctionSecret)
        .where(col(FunctionSecret.org_id) == org_id, col(FunctionSecret.purpose) == purpose)
        .order_by(col(FunctionSecret.id).desc())
        .limit(1)
    )
    return (await session.execute(query)).scalars().first()


async def begin(session: AsyncSession, call: ToolCall) -> ToolCall | None:
    """Store a new call; return None, or the one that has its key already, locked."""
    values = call.model_dump()
    stored = await session.execute(
        insert(ToolCall)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["org_id", "key"])
        .returning(ToolCall.id)  # type: ignore[call-overload]
    )
    if stored.first() is not None:
        return None
    query = (
        select(ToolCall)
        .where(col(ToolCall.org_id) == call.org_id, col(ToolCall.key) == call.key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found: ToolCall = (await session.execute(query)).scalars().one()
    return found


async def adopt(session: AsyncSession, org_id: UUID, turn_id: UUID, ids: Collection[UUID]) -> None:
    """Give calls the turn they belong to."""
    of_turn = (col(ToolCall.org_id) == org_id, col(ToolCall.id).in_(ids))
    await session.execute(update(ToolCall).where(*of_turn).values(turn_id=turn_id))


async def call(session: AsyncSession, org_id: UUID, call_id: UUID, *, for_update: bool = False) -> ToolCall | None:
    """Return one call, or None."""
    query = select(ToolCall).where(col(ToolCall.org_id) == org_id, col(ToolCall.id) == call_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def calls(
    session: AsyncSession, org_id: UUID, function_id: UUID, limit: int, before: UUID | None = None
) -> Sequence[ToolCall]:
    """Return a function's calls, newest first, older than `before`."""
    query = select(ToolCall).where(col(ToolCall.org_id) == org_id, col(ToolCall.function_id) == function_id)
    if before is not None:
        query = query.where(col(ToolCall.id) < before)
    return (await session.execute(query.order_by(col(ToolCall.id).desc()).limit(limit))).scalars().all()
