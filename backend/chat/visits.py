"""Give the agent of a chat what it may know of a visitor, and keep what it learned.

The rule of `sessions`: without the site's word for who this is, the agent reads this session and nothing else of the
contact, and changes nothing of a contact that was known before.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import lines, queries, waiting, widgets, words
from backend.chat.schemas import Visit
from backend.core import realtime
from backend.core.tenancy import org_id_of
from backend.models.conversations import ConversationItem


async def visit(session: AsyncSession, message_id: UUID) -> Visit | None:
    """Return a visitor's message with its session, or None when there is no such message."""
    org_id = org_id_of(session)
    message = await queries.message(session, org_id, message_id)
    if message is None or message.role != lines.VISITOR:
        return None
    chat = await queries.chat(session, org_id, message.session_id)
    if chat is None:
        return None
    widget = await widgets.get(session, chat.widget_id)
    newest = await queries.newest_from_visitor(session, chat.id)
    agent = await widgets.answering_agent(session, widget)
    closed = words.of(agent.language if agent else "", str(chat.browser_info.get("language", "")))[1]["closed"]
    return Visit(
        org_id=org_id,
        session_id=chat.id,
        conversation_id=chat.conversation_id or message.conversation_id,
        widget=widget,
        visitor_name=chat.visitor_name,
        is_verified=chat.is_verified,
        is_claimed=bool(chat.visitor_email) and not chat.is_verified,
        is_with_people=waiting.is_with_people(chat),
        has_later_message=newest is not None and newest.seq > message.seq,
        offline_message=widget.offline_message or closed,
        page_url=chat.page_url,
        page_title=str(chat.browser_info.get("title", "")),
        handed_to=chat.handed_to_agent_id,
    )


async def leave_to_agent(session: AsyncSession, session_id: UUID, agent_id: UUID) -> None:
    """Have another agent answer a chat from its next message on."""
    chat = await queries.chat(session, org_id_of(session), session_id, for_update=True)
    if chat is not None:
        chat.handed_to_agent_id = agent_id
        session.add(chat)
        await session.flush()


async def items_for_agent(
    session: AsyncSession, visited: Visit, conversation_id: UUID, limit: int
) -> Sequence[ConversationItem]:
    """Return the newest rows of the timeline that the agent may read."""
    session_id = None if visited.is_verified else visited.session_id
    return await queries.newest_items(session, visited.org_id, conversation_id, session_id, limit)


async def name_visitor(session: AsyncSession, session_id: UUID, name: str) -> bool:
    """Keep what a visitor is called, and tell whether their contact may be called so too."""
    chat = await queries.chat(session, org_id_of(session), session_id, for_update=True)
    if chat is None:
        return False
    chat.visitor_name = name
    session.add(chat)
    await session.flush()
    return chat.is_verified or chat.is_contact_new


async def keep_greeting(session: AsyncSession, widget_id: UUID, text: str, version: int) -> None:
    """Keep what an agent wrote to greet with; an empty text leaves the widget's own words in place."""
    widget = await queries.widget(session, org_id_of(session), widget_id, for_update=True)
    if widget is None:
        return
    widget.greeting_text, widget.greeting_version = text, version
    session.add(widget)
    await session.flush()
    await realtime.announce(session, widget.org_id, "widgets.changed", subject=str(widget.id))
