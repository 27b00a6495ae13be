"""Let people answer one chat alone, while the agent goes on with everything else its contact writes.

A typed address proves nothing. Whoever types a customer's may ask for a person, and nobody but people answers that chat
from then on; the customer's texts, and chats the site vouched for, are answered as before.
"""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import live, queries
from backend.chat.schemas import Visit
from backend.conversations import service as conversations
from backend.core import clock
from backend.models.chat import ChatSession
from backend.models.conversations import Conversation
from backend.vocab import AnswerMode


def is_with_people(chat: ChatSession) -> bool:
    """Tell whether people answer this session, whoever answers its conversation."""
    return chat.is_with_people and (chat.with_people_until is None or chat.with_people_until > clock.now())


def leave_to_people(chat: ChatSession, until: datetime | None) -> None:
    """Have people answer a session: until `until`, or until somebody hands the conversation back."""
    chat.is_with_people, chat.with_people_until = True, until


async def call_for_person(session: AsyncSession, conversation: Conversation, visited: Visit, reason: str) -> None:
    """Hand a chat to people because its agent cannot go on; takes a locked conversation.

    All of the conversation waits, or only this chat when the visitor merely says who they are.
    """
    if not visited.is_claimed:
        await conversations.call_for_person(session, conversation, reason)
        return
    chat = await queries.chat(session, visited.org_id, visited.session_id, for_update=True)
    if chat is None:
        return
    leave_to_people(chat, None)
    session.add(chat)
    await conversations.call_for_chat(session, conversation, reason, session_id=str(chat.id))
    await live.tell(session, chat.id, "state")


def keep_with_people(chat: ChatSession, conversation: Conversation) -> None:
    """Have people go on answering a session that leaves a conversation which they answer, or approve answers of."""
    mode = conversations.answering(conversation)
    if mode == AnswerMode.HUMAN:
        leave_to_people(chat, conversation.paused_until)
    elif mode == AnswerMode.DRAFT:
        leave_to_people(chat, None)
