"""Turn stored messages into what a visitor sees, with addresses for their files."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import files, queries
from backend.chat.schemas import ChatLine, FileView
from backend.models.chat import ChatMessage

VISITOR, AGENT, SYSTEM = "visitor", "agent", "system"


async def of(session: AsyncSession, org_id: UUID, messages: Sequence[ChatMessage]) -> list[ChatLine]:
    """Return messages as their visitor sees them, in the order given."""
    kept = await queries.files_of(session, org_id, [message.id for message in messages])
    return [line(message, [files.view(file) for file in kept.get(message.id, [])]) for message in messages]


def line(message: ChatMessage, attached: list[FileView]) -> ChatLine:
    """Return one message as its visitor sees it."""
    return ChatLine(
        seq=message.seq,
        id=str(message.id),
        who=_who(message),
        name=message.author_name,
        text=message.content,
        at=message.created_at.isoformat(),
        client_id=message.client_id,
        turn=message.turn_id.hex if message.turn_id else "",
        files=attached,
    )


def _who(message: ChatMessage) -> str:
    if message.role == AGENT:
        return "ai" if message.is_ai_generated else "person"
    return message.role
