"""Read widgets, sessions and what was said in them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy import select as select_rows
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat.schemas import SessionFilter
from backend.models.agents import AgentTurn
from backend.models.chat import ChatFile, ChatMessage, ChatSession, ChatWidget
from backend.models.conversations import ConversationItem
from backend.vocab import Channel, Direction, ItemKind


async def widget(
    session: AsyncSession, org_id: UUID, widget_id: UUID, *, for_update: bool = False
) -> ChatWidget | None:
    """Return one widget, or None."""
    query = select(ChatWidget).where(ChatWidget.id == widget_id, ChatWidget.org_id == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def widget_of_key(session: AsyncSession, key: str) -> ChatWidget | None:
    """Return the widget with a key, of whichever organization; needs platform scope."""
    return (await session.exec(select(ChatWidget).where(ChatWidget.widget_key == key))).first()


async def oldest_active(session: AsyncSession, agent_id: UUID, org_id: UUID | None = None) -> ChatWidget | None:
    """Return an agent's oldest widget that is switched on, of one organization or (in platform scope) of any."""
    query = select(ChatWidget).where(ChatWidget.agent_id == agent_id, col(ChatWidget.is_active))
    if org_id is not None:
        query = query.where(ChatWidget.org_id == org_id)
    return (await session.exec(query.order_by(col(ChatWidget.id)).limit(1))).first()


async def widgets(session: AsyncSession, org_id: UUID, agent_id: UUID | None = None) -> list[ChatWidget]:
    """Return widgets, oldest first."""
    query = select(ChatWidget).where(ChatWidget.org_id == org_id).order_by(col(ChatWidget.id))
    if agent_id is not None:
        query = query.where(ChatWidget.agent_id == agent_id)
    return list((await session.exec(query)).all())


async def portal_widget(session: AsyncSession, org_id: UUID) -> ChatWidget | None:
    """Return the widget that stands on an organization's own signed-in pages, or None."""
    query = select(ChatWidget).where(
        ChatWidget.org_id == org_id, col(ChatWidget.is_portal_widget), col(ChatWidget.is_active)
    )
    return (await session.exec(query)).first()


async def clear_portal(session: AsyncSession, org_id: UUID, besides: UUID) -> None:
    """Take every other widget off the signed-in pages."""
    await session.execute(
        update(ChatWidget)
        .where(col(ChatWidget.org_id) == org_id, col(ChatWidget.id) != besides, col(ChatWidget.is_portal_widget))
        .values(is_portal_widget=False)
    )


async def chat(
    session: AsyncSession, org_id: UUID, session_id: UUID, *, for_update: bool = False
) -> ChatSession | None:
    """Return one visitor's session, or None."""
    query = select(ChatSession).where(ChatSession.id == session_id, ChatSession.org_id == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def chat_and_widget(
    session: AsyncSession, org_id: UUID, session_id: UUID
) -> tuple[ChatSession, ChatWidget] | None:
    """Return one visitor's session with its widget in one read, or None: what a browser that comes back needs."""
    query = (
        select(ChatSession, ChatWidget)
        .join(ChatWidget, col(ChatWidget.id) == col(ChatSession.widget_id))
        .where(ChatSession.id == session_id, ChatSession.org_id == org_id)
    )
    found = (await session.exec(query)).first()
    return (found[0], found[1]) if found is not None else None


async def newest_of_visitor(session: AsyncSession, widget_id: UUID, visitor_id: str) -> ChatSession | None:
    """Return a visitor's newest open session in a widget, or None."""
    query = (
        select(ChatSession)
        .where(ChatSession.widget_id == widget_id, ChatSession.visitor_id == visitor_id, ChatSession.status == "active")
        .order_by(col(ChatSession.id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def contact_of_verified(session: AsyncSession, widget_id: UUID, visitor_id: str) -> UUID | None:
    """Return the contact of the last session in which a site vouched for somebody, or None."""
    query = (
        select(ChatSession.contact_id)
        .where(
            ChatSession.widget_id == widget_id,
            ChatSession.visitor_id == visitor_id,
            col(ChatSession.is_verified),
            col(ChatSession.contact_id).is_not(None),
        )
        .order_by(col(ChatSession.id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def newest_of_conversation(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> ChatSession | None:
    """Return the session of a conversation in which somebody wrote last, or None."""
    query = (
        select(ChatSession)
        .where(ChatSession.org_id == org_id, ChatSession.conversation_id == conversation_id)
        .order_by(col(ChatSession.last_message_at).desc(), col(ChatSession.id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def session_seen(session: AsyncSession, org_id: UUID, conversation_id: UUID, upto_seq: int) -> UUID | None:
    """Return the session in which a visitor wrote last up to a place of the timeline, or None."""
    query = (
        select_rows(col(ConversationItem.data)["session_id"].astext)
        .where(
            col(ConversationItem.org_id) == org_id,
            col(ConversationItem.conversation_id) == conversation_id,
            col(ConversationItem.kind) == ItemKind.MESSAGE,
            col(ConversationItem.channel) == Channel.CHAT,
            col(ConversationItem.direction) == Direction.INBOUND,
            col(ConversationItem.seq) <= upto_seq,
        )
        .order_by(col(ConversationItem.seq).desc())
        .limit(1)
    )
    found = (await session.execute(query)).scalar()
    return UUID(found) if found else None


async def message(session: AsyncSession, org_id: UUID, message_id: UUID) -> ChatMessage | None:
    """Return one message, or None."""
    query = select(ChatMessage).where(ChatMessage.id == message_id, ChatMessage.org_id == org_id)
    return (await session.exec(query)).first()


async def by_client_id(session: AsyncSession, session_id: UUID, client_id: str) -> ChatMessage | None:
    """Return the message a browser sent under an id of its own, or None."""
    query = select(ChatMessage).where(ChatMessage.session_id == session_id, ChatMessage.client_id == client_id)
    return (await session.exec(query)).first()


async def by_dedupe_key(session: AsyncSession, org_id: UUID, key: str) -> ChatMessage | None:
    """Return the message that was sent under a key of ours, or None."""
    query = select(ChatMessage).where(ChatMessage.org_id == org_id, ChatMessage.dedupe_key == key)
    return (await session.exec(query)).first()


async def newest_from_visitor(session: AsyncSession, session_id: UUID) -> ChatMessage | None:
    """Return the last message a visitor wrote in a session, or None."""
    query = (
        select(ChatMessage)
        .where(ChatMessage.session_id == session_id, ChatMessage.role == "visitor")
        .order_by(col(ChatMessage.seq).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def turn_of(session: AsyncSession, org_id: UUID, message_id: UUID) -> AgentTurn | None:
    """Return the agent's turn a message set off, or None."""
    query = select(AgentTurn).where(AgentTurn.org_id == org_id, AgentTurn.trigger_message_id == message_id)
    return (await session.exec(query)).first()


async def draft(session: AsyncSession, org_id: UUID, conversation_id: UUID, seq: int) -> ConversationItem | None:
    """Return an agent's draft by its place in the timeline, locked, or None."""
    query = select(ConversationItem).where(
        ConversationItem.org_id == org_id,
        ConversationItem.conversation_id == conversation_id,
        ConversationItem.seq == seq,
        ConversationItem.kind == ItemKind.DRAFT,
    )
    return (await session.exec(query.with_for_update().execution_options(populate_existing=True))).first()


async def note_reply(session: AsyncSession, org_id: UUID, turn_id: UUID, message_id: UUID) -> None:
    """Say of a turn which message its reply became."""
    await session.execute(
        update(AgentTurn)
        .where(col(AgentTurn.id) == turn_id, col(AgentTurn.org_id) == org_id)
        .values(reply_message_id=message_id)
    )


async def unread_by_visitor(session: AsyncSession, session_id: UUID, after: int, upto: int) -> list[ChatMessage]:
    """Return the messages of ours in a range that the visitor had not read."""
    query = select(ChatMessage).where(
        ChatMessage.session_id == session_id,
        ChatMessage.seq > after,
        ChatMessage.seq <= upto,
        ChatMessage.role == "agent",
        col(ChatMessage.read_at).is_(None),
    )
    return list((await session.exec(query.order_by(col(ChatMessage.seq)))).all())


async def messages_after(
    session: AsyncSession, org_id: UUID, session_id: UUID, after: int, limit: int
) -> list[ChatMessage]:
    """Return the newest `limit` messages after a number, oldest first."""
    query = (
        select(ChatMessage)
        .where(ChatMessage.org_id == org_id, ChatMessage.session_id == session_id, ChatMessage.seq > after)
        .order_by(col(ChatMessage.seq).desc())
        .limit(limit)
    )
    return list(reversed((await session.exec(query)).all()))


async def newest_items(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, session_id: UUID | None, limit: int
) -> list[ConversationItem]:
    """Return the newest rows of a timeline, or of these only what was said in one session and noted for its agent."""
    query = (
        select(ConversationItem)
        .where(ConversationItem.org_id == org_id, ConversationItem.conversation_id == conversation_id)
        .order_by(col(ConversationItem.seq).desc())
        .limit(limit)
    )
    if session_id is not None:
        query = query.where(col(ConversationItem.data)["session_id"].astext == str(session_id))
    return list((await session.exec(query)).all())


async def files_of(session: AsyncSession, org_id: UUID, message_ids: Sequence[UUID]) -> dict[UUID, list[ChatFile]]:
    """Return the files of messages, by message."""
    found: dict[UUID, list[ChatFile]] = {}
    if message_ids:
        query = select(ChatFile).where(ChatFile.org_id == org_id, col(ChatFile.message_id).in_(message_ids))
        for file in (await session.exec(query.order_by(col(ChatFile.id)))).all():
            if file.message_id is not None:
                found.setdefault(file.message_id, []).append(file)
    return found


async def unsent_files(
    session: AsyncSession, org_id: UUID, session_id: UUID, file_ids: Sequence[UUID]
) -> list[ChatFile]:
    """Return files of a session that belong to no message yet, locked."""
    query = select(ChatFile).where(
        ChatFile.org_id == org_id,
        ChatFile.session_id == session_id,
        col(ChatFile.id).in_(file_ids),
        col(ChatFile.message_id).is_(None),
    )
    return list((await session.exec(query.order_by(col(ChatFile.id)).with_for_update())).all())


async def file(session: AsyncSession, org_id: UUID, file_id: UUID) -> ChatFile | None:
    """Return one file, or None."""
    return (await session.exec(select(ChatFile).where(ChatFile.id == file_id, ChatFile.org_id == org_id))).first()


async def sessions(
    session: AsyncSession, org_id: UUID, wanted: SessionFilter, limit: int, offset: int
) -> tuple[list[tuple[ChatSession, str, str]], int]:
    """Return one page of sessions, last spoken first, each with its widget's name and its last message."""
    conditions = [col(ChatSession.org_id) == org_id]
    if wanted.widget_id is not None:
        conditions.append(col(ChatSession.widget_id) == wanted.widget_id)
    if wanted.status:
        conditions.append(col(ChatSession.status) == wanted.status)
    if wanted.since is not None:
        conditions.append(col(ChatSession.created_at) >= wanted.since)
    total = (await session.execute(select_rows(func.count()).select_from(ChatSession).where(*conditions))).scalar_one()
    last = (
        select_rows(col(ChatMessage.content))
        .where(col(ChatMessage.session_id) == col(ChatSession.id))
        .order_by(col(ChatMessage.seq).desc())
        .limit(1)
        .correlate(ChatSession)
        .scalar_subquery()
    )
    query = (
        # Messages are numbered from 1 in each session, so that the last number is how many there are.
        select_rows(ChatSession, col(ChatWidget.name), func.coalesce(last, ""))
        .join(ChatWidget, col(ChatWidget.id) == col(ChatSession.widget_id))
        .where(*conditions)
        .order_by(col(ChatSession.last_message_at).desc(), col(ChatSession.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(query)], int(total)
