"""Find what is to be read for the memory: conversations that are due, their messages, and those read already.

What somebody said before they asked to have everything forgotten is passed over, as if it had been read.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import String, and_, cast, or_, select, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock
from backend.memory.schemas import Asker
from backend.models.chat import ChatSession
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem
from backend.models.memory import MemoryStretch
from backend.vocab import CallStatus, ItemKind

# What is older was said in another time; it matters when memory is switched on over years of conversations.
LOOK_BACK = timedelta(days=30)
MOST_MESSAGES = 60
_OVER = (CallStatus.COMPLETED,)


@dataclass(frozen=True)
class Chat:
    """What is known of the visitor of a chat: whether the site vouches for them, and whether they typed an address."""

    is_verified: bool
    is_claimed: bool


async def due(session: AsyncSession, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Return (organization, conversation) with something to read for the memory; needs platform scope."""
    query = (
        select(col(Conversation.org_id), col(Conversation.id))
        .where(col(Conversation.memory_due_at) <= now)
        .order_by(col(Conversation.memory_due_at))
        .limit(limit)
    )
    return [(org_id, conversation_id) for org_id, conversation_id in (await session.execute(query)).all()]


async def put_off(session: AsyncSession, org_id: UUID, conversation_id: UUID, until: datetime | None) -> None:
    """Say when a conversation is to be read next."""
    await session.execute(
        update(Conversation)
        .where(col(Conversation.org_id) == org_id, col(Conversation.id) == conversation_id)
        .values(memory_due_at=until, updated_at=col(Conversation.updated_at))
    )


async def settle(session: AsyncSession, org_id: UUID, conversation_id: UUID, seen: datetime) -> None:
    """Note that a conversation is read, unless somebody wrote since `seen`, its last message then."""
    await session.execute(
        update(Conversation)
        .where(
            col(Conversation.org_id) == org_id,
            col(Conversation.id) == conversation_id,
            col(Conversation.last_item_at) == seen,
        )
        .values(memory_due_at=None, updated_at=col(Conversation.updated_at))
    )


async def conversation(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, *, for_update: bool = False
) -> Conversation | None:
    """Return a conversation; locked, its timeline and its memory stand still."""
    query = select(Conversation).where(col(Conversation.org_id) == org_id, col(Conversation.id) == conversation_id)
    if for_update:
        # The contact comes first everywhere, so that nobody waits in a circle (see conversations.items.locked).
        theirs = (
            select(col(Contact.id))
            .join(Conversation, col(Conversation.contact_id) == col(Contact.id))
            .where(col(Conversation.id) == conversation_id, col(Conversation.org_id) == org_id)
            .with_for_update(read=True, key_share=True, of=Contact)
        )
        await session.execute(theirs)
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar()


async def messages(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> list[ConversationItem]:
    """Return the newest messages and calls of a conversation, at most `MOST_MESSAGES` and none too old, oldest first.

    A call counts once it is over: until then not all of it was said.
    """
    is_over = and_(col(ConversationItem.kind) == ItemKind.CALL, col(ConversationItem.status).in_(_OVER))
    query = (
        select(ConversationItem)
        .where(
            col(ConversationItem.org_id) == org_id,
            col(ConversationItem.conversation_id) == conversation_id,
            or_(col(ConversationItem.kind) == ItemKind.MESSAGE, is_over),
            col(ConversationItem.happened_at) > clock.now() - LOOK_BACK,
        )
        .order_by(col(ConversationItem.seq).desc())
        .limit(MOST_MESSAGES)
    )
    return list((await session.execute(query)).scalars())[::-1]


async def messages_by_id(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, ids: Sequence[UUID]
) -> list[ConversationItem]:
    """Return those of these messages that stand in a conversation, as they are now."""
    query = (
        select(ConversationItem)
        .where(
            col(ConversationItem.org_id) == org_id,
            col(ConversationItem.conversation_id) == conversation_id,
            col(ConversationItem.id).in_(ids),
        )
        .execution_options(populate_existing=True)
    )
    return list((await session.execute(query)).scalars())


async def covered(session: AsyncSession, org_id: UUID, conversation_id: UUID, since: datetime) -> set[str]:
    """Return the ids of a conversation's messages that were read for the memory."""
    query = select(col(MemoryStretch.items)).where(
        col(MemoryStretch.org_id) == org_id,
        col(MemoryStretch.conversation_id) == conversation_id,
        col(MemoryStretch.ended_at) >= since,
    )
    return {one for items in (await session.execute(query)).scalars() for one in items}


async def chats(session: AsyncSession, org_id: UUID, session_ids: Collection[str]) -> dict[str, Chat]:
    """Return what is known of the visitors of chats, by the chat's id as text."""
    query = select(col(ChatSession.id), col(ChatSession.is_verified), col(ChatSession.visitor_email)).where(
        col(ChatSession.org_id) == org_id, cast(col(ChatSession.id), String).in_(session_ids)
    )
    return {
        str(found): Chat(is_verified, bool(email) and not is_verified)
        for found, is_verified, email in (await session.execute(query)).all()
    }


async def parts(
    session: AsyncSession, org_id: UUID, items: Sequence[ConversationItem]
) -> dict[str, list[ConversationItem]]:
    """Divide messages by who certainly said them: the contact, or the nameless visitor of a chat.

    What somebody said who typed an address and proved nothing is remembered of nobody.
    """
    known = await chats(session, org_id, {str(one.data.get("session_id") or "") for one in items} - {""})
    found: dict[str, list[ConversationItem]] = {}
    for one in items:
        session_id = str(one.data.get("session_id") or "")
        chat = known.get(session_id)
        if one.data.get("is_unverified") or (session_id and (chat is None or chat.is_claimed)):
            continue
        found.setdefault("" if chat is None or chat.is_verified else session_id, []).append(one)
    return found


async def pass_over(session: AsyncSession, asker: Asker, asked: ConversationItem) -> None:
    """Cover without reading what somebody said up to their message `asked`, in a locked conversation.

    The contact's word counts for everything that is theirs, that of a nameless visitor for their own chat.
    """
    org_id, conversation_id = asked.org_id, asked.conversation_id
    said = [one for one in await messages(session, org_id, conversation_id) if one.seq <= asked.seq]
    done = await covered(session, org_id, conversation_id, said[0].happened_at) if said else set()
    fresh = [one for one in said if str(one.id) not in done]
    for told_in, items in (await parts(session, org_id, fresh)).items():
        if asker.told_in in ("", told_in):
            session.add(
                MemoryStretch(
                    org_id=org_id,
                    conversation_id=conversation_id,
                    agent_id=asker.agent_id,
                    items=[str(one.id) for one in items],
                    began_at=items[0].happened_at,
                    ended_at=items[-1].happened_at,
                    channel=items[-1].channel,
                )
            )
    await session.flush()
