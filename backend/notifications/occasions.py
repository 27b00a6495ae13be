"""Note what somebody may want to be told of: a durable job, and only where anybody asked to be told of anything."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import jobs
from backend.models.conversations import Conversation, ConversationItem
from backend.models.notifications import NotificationPreference
from backend.vocab import AuthorKind, Direction, ItemKind

MESSAGE_IN, MESSAGE_OUT, NEEDS_PERSON = "new_message", "outbound_message", "needs_person"
NEEDS_APPROVAL = "needs_approval"
NEW_TICKET = "new_ticket"
TELL = "notifications.tell"


async def message(session: AsyncSession, item: ConversationItem) -> None:
    """Note a message that was just added to a timeline; the platform's own automatic ones are nobody's news."""
    if item.kind != ItemKind.MESSAGE or item.author_kind == AuthorKind.SYSTEM:
        return
    kind = MESSAGE_IN if item.direction == Direction.INBOUND else MESSAGE_OUT
    if await _is_anybody_told(session, item):
        await jobs.defer(
            session, TELL, org_id=str(item.org_id), kind=kind, conversation_id=str(item.conversation_id), seq=item.seq
        )


async def needs_person(session: AsyncSession, conversation: Conversation) -> None:
    """Note that an agent handed a conversation to people; its reason stands in the newest item."""
    if await _is_anybody_told(session, conversation):
        await jobs.defer(
            session,
            TELL,
            org_id=str(conversation.org_id),
            kind=NEEDS_PERSON,
            conversation_id=str(conversation.id),
            seq=conversation.last_seq,
        )


async def approval(session: AsyncSession, item: ConversationItem) -> None:
    """Note that an agent asked a person to approve something; what it asks for stands in the item."""
    if await _is_anybody_told(session, item):
        await jobs.defer(
            session,
            TELL,
            org_id=str(item.org_id),
            kind=NEEDS_APPROVAL,
            conversation_id=str(item.conversation_id),
            seq=item.seq,
        )


async def ticket(session: AsyncSession, item: ConversationItem) -> None:
    """Note that somebody opened a ticket; the item says which."""
    if await _is_anybody_told(session, item):
        await jobs.defer(
            session,
            TELL,
            org_id=str(item.org_id),
            kind=NEW_TICKET,
            conversation_id=str(item.conversation_id),
            seq=item.seq,
        )


async def _is_anybody_told(session: AsyncSession, row: Conversation | ConversationItem) -> bool:
    query = select(NotificationPreference.id).where(NotificationPreference.org_id == row.org_id).limit(1)
    return (await session.exec(query)).first() is not None
