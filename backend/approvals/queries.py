"""Read the calls that wait for a person, or waited."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.conversations import ConversationItem
from backend.models.functions import ToolCall
from backend.vocab import ItemKind, ToolCallStatus


async def call(session: AsyncSession, org_id: UUID, call_id: UUID, *, for_update: bool = False) -> ToolCall | None:
    """Return a call that a person was asked about, or None."""
    query = select(ToolCall).where(
        col(ToolCall.org_id) == org_id, col(ToolCall.id) == call_id, col(ToolCall.expires_at).is_not(None)
    )
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def of_turn(session: AsyncSession, org_id: UUID, turn_id: UUID) -> Sequence[ToolCall]:
    """Return the calls of a turn that a person was asked about, oldest first."""
    query = (
        select(ToolCall)
        .where(col(ToolCall.org_id) == org_id, col(ToolCall.turn_id) == turn_id, col(ToolCall.expires_at).is_not(None))
        .order_by(col(ToolCall.id))
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()


async def cards(
    session: AsyncSession, org_id: UUID, status: ToolCallStatus | None, conversation_id: UUID | None, limit: int
) -> list[tuple[ToolCall, str]]:
    """Return calls that a person was asked about with the words they were shown, newest first."""
    query = (
        select(ToolCall, col(ConversationItem.body))
        .join(ConversationItem, col(ConversationItem.record_id) == col(ToolCall.id))
        .where(
            col(ToolCall.org_id) == org_id,
            col(ToolCall.expires_at).is_not(None),
            col(ConversationItem.kind) == ItemKind.APPROVAL,
        )
        .order_by(col(ToolCall.id).desc())
        .limit(limit)
    )
    if status is not None:
        query = query.where(col(ToolCall.status) == status)
    if conversation_id is not None:
        query = query.where(col(ToolCall.conversation_id) == conversation_id)
    return [(row, words) for row, words in (await session.execute(query)).all()]
