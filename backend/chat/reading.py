"""Keep how far each side of a web chat has read, and show it to the other."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import live, queries
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.chat import ChatSession
from backend.vocab import MessageStatus


async def seen_by_visitor(org_id: UUID, session_id: UUID, seq: int) -> None:
    """Note that a visitor has read up to a message of ours, and show it to the team."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            known = await queries.chat(session, org_id, session_id)
            if known is None or known.conversation_id is None or min(seq, known.last_seq) <= known.visitor_read_seq:
                return
            await conversations.locked(session, known.conversation_id)
            chat = await queries.chat(session, org_id, session_id, for_update=True)
            if chat is None:
                return
            before, chat.visitor_read_seq = chat.visitor_read_seq, max(chat.visitor_read_seq, min(seq, chat.last_seq))
            session.add(chat)
            for message in await queries.unread_by_visitor(session, chat.id, before, chat.visitor_read_seq):
                message.read_at = clock.now()
                session.add(message)
                await conversations.update_item(session, message.id, status=MessageStatus.READ)


async def seen_by_team(session: AsyncSession, conversation_id: UUID) -> None:
    """Show visitors of a conversation that a person has read what they wrote."""
    org_id = org_id_of(session)
    moved = await session.execute(
        update(ChatSession)
        .where(
            col(ChatSession.org_id) == org_id,
            col(ChatSession.conversation_id) == conversation_id,
            col(ChatSession.team_read_seq) < col(ChatSession.last_seq),
        )
        .values(team_read_seq=ChatSession.last_seq)
        .returning(col(ChatSession.id))
    )
    for (session_id,) in moved.all():
        await live.tell(session, session_id, "state")
