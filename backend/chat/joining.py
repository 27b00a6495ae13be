"""Go on in a contact's one conversation when it becomes known, in the middle of a chat, who is writing.

What was said in the chat moves along, each line where its time puts it. Who answers does not: people who answer the
chat go on answering it, and nothing changes for the contact's other channels.
"""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import live, queries, waiting
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.models.chat import ChatSession
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.vocab import AnswerMode


async def is_elsewhere(session: AsyncSession, chat: ChatSession, email: str) -> bool:
    """Tell whether a session that has written belongs to another contact than it has, now that an address is known."""
    if chat.contact_id is None:
        return False
    known = await contacts.find_by_email(session, email)
    return known.id != chat.contact_id if known else (await contacts.get(session, chat.contact_id)).is_visitor


async def join_known(session: AsyncSession, chat: ChatSession, email: str, name: str, *, is_vouched: bool) -> None:
    """Move a session that has written to the contact with an address, if that is somebody else's than it has now.

    What was said in it is marked as unproven unless the site vouches for its visitor.

    A nameless visitor whose address nobody has becomes a contact with it. Takes a session nobody has locked: contacts
    come first, then conversations, then sessions.
    """
    if chat.contact_id is None:
        return
    known = await contacts.find_by_email(session, email)
    await contacts.hold(session, chat.contact_id, *([known.id] if known else []))
    # Somebody else may have moved it between reading and locking; from here on nobody can.
    await session.refresh(chat)
    contact = await contacts.get(session, chat.contact_id)
    await session.refresh(contact)
    if not is_vouched and (known.id != contact.id if known else contact.is_visitor):
        await conversations.doubt_chat(session, chat.id)
    if known is None and contact.is_visitor:
        await contacts.leave_address(session, contact, email, name)
    if known is None or known.id == contact.id:
        return
    words = f"This visitor left the address {email}; what they wrote before is here now"
    if contact.is_visitor:
        await _move_all(session, chat, contact, known, words)
    else:
        await _move_chat(session, chat, contact, known, words)
    await live.tell(session, chat.id, "state")


async def _move_all(session: AsyncSession, chat: ChatSession, contact: Contact, known: Contact, words: str) -> None:
    """Move everything of a contact that was nothing but this visitor."""
    for one in await _held(session, contact.id, known.id):
        if one.contact_id == contact.id:
            await _part(session, chat, one)
            one.needs_person = one.needs_person or waiting.is_with_people(chat)
            one.answer_mode, one.paused_until = AnswerMode.AI, None
            session.add(one)
    await session.flush()
    await contacts.absorb_visitor(session, known.id, contact.id, words)
    await session.refresh(chat)
    chat.is_contact_new = False
    session.add(chat)
    await session.flush()


async def _move_chat(session: AsyncSession, chat: ChatSession, contact: Contact, known: Contact, words: str) -> None:
    """Move this chat alone: the contact it was with has more, and keeps that."""
    left, joined = await _held(session, contact.id, known.id)
    await _part(session, chat, left)
    chat.contact_id, chat.is_contact_new, chat.conversation_id = known.id, False, joined.id
    session.add(chat)
    await conversations.move_chat(session, chat.id, left, joined, waits=waiting.is_with_people(chat))
    await conversations.note_event(session, joined, words, session_id=str(chat.id))
    gone = f"A chat that was here goes on with {known.name or known.email}"
    await conversations.note_event(session, left, gone, contact_id=str(known.id))


async def _part(session: AsyncSession, chat: ChatSession, left: Conversation) -> None:
    """Let people who answer a chat go on doing so where it goes."""
    locked = await queries.chat(session, chat.org_id, chat.id, for_update=True)
    if locked is not None:
        waiting.keep_with_people(locked, left)
        session.add(locked)


async def _held(session: AsyncSession, first: UUID, second: UUID) -> list[Conversation]:
    """Return the conversations of two contacts in that order, made on first use, locked by their ids."""
    ids = [
        await conversations.of_contact(session, one) or (await conversations.for_contact(session, one)).id
        for one in (first, second)
    ]
    by_id = {one.id: one for one in await conversations.lock_many(session, ids)}
    return [by_id[one] for one in ids]
