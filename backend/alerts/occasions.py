"""Note what customers write: a durable job, and only where any alert listens."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import jobs
from backend.models.alerts import SemanticMatchAction
from backend.models.conversations import ConversationItem
from backend.vocab import AuthorKind, Direction, ItemKind

MATCH = "alerts.match"


async def message(session: AsyncSession, item: ConversationItem) -> None:
    """Note a message that was just added to a timeline, if a customer wrote it."""
    is_theirs = item.kind == ItemKind.MESSAGE and item.author_kind == AuthorKind.CONTACT
    if not is_theirs or item.direction != Direction.INBOUND or not item.body.strip():
        return
    listening = select(SemanticMatchAction.id).where(
        SemanticMatchAction.org_id == item.org_id, SemanticMatchAction.is_active
    )
    if (await session.exec(listening.limit(1))).first() is not None:
        await jobs.defer(session, MATCH, org_id=str(item.org_id), item_id=str(item.id))
