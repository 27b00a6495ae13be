"""Load a customer's message as its channel keeps it, hold its conversation, and tell who answers it now."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import chat_post, email_post, text_post
from backend.agents.posts import Post
from backend.conversations import service as conversations
from backend.core.errors import NotFound, Unavailable
from backend.models.conversations import Conversation
from backend.vocab import AnswerMode, Channel

_LOADERS: Mapping[Channel, Callable[[AsyncSession, UUID], Awaitable[Post | None]]] = {
    Channel.SMS: text_post.load,
    Channel.CHAT: chat_post.load,
    Channel.EMAIL: email_post.load,
}


async def load(session: AsyncSession, channel: Channel, message_id: UUID) -> Post | None:
    """Return a customer's message, or None when there is no such thing."""
    return await _LOADERS[channel](session, message_id)


async def held(session: AsyncSession, conversation_id: UUID) -> Conversation:
    """Return a conversation locked; one that was merged away since its id was read is a matter for the next run."""
    try:
        return await conversations.locked(session, conversation_id)
    except NotFound:
        raise moved() from None


def moved() -> Unavailable:
    """Return the error that has a job run again, where the message is by now."""
    return Unavailable("The message moved to another conversation meanwhile.", code="turn_moved")


def mode(post: Post, conversation: Conversation) -> AnswerMode:
    """Return who answers a message now."""
    if post.is_with_people:
        return AnswerMode.HUMAN
    chosen = conversations.answering(conversation)
    return AnswerMode.DRAFT if chosen == AnswerMode.AI and post.drafts_only else chosen
