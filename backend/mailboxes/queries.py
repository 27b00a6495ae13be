"""Read and write mailboxes and emails in SQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, func, or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.agents import AgentTurn
from backend.models.conversations import ConversationItem
from backend.models.mailboxes import AgentEmailConfig, EmailFile, EmailMessage
from backend.vocab import Direction, ItemKind

_M = EmailMessage
_B = AgentEmailConfig


async def mailbox_by_address(session: AsyncSession, addresses: Sequence[str]) -> tuple[UUID, UUID] | None:
    """Return (organization, mailbox) of the first of these addresses that is one of ours (platform scope)."""
    query = select(col(_B.address), col(_B.org_id), col(_B.id)).where(col(_B.address).in_(addresses))
    found = {address: (org_id, mailbox_id) for address, org_id, mailbox_id in (await session.execute(query)).all()}
    return next((found[address] for address in addresses if address in found), None)


async def is_ours(session: AsyncSession, address: str) -> bool:
    """Tell whether an address is that of any mailbox we gave (platform scope)."""
    return (await session.execute(select(col(_B.id)).where(col(_B.address) == address))).first() is not None


async def org_of_email(session: AsyncSession, email_id: UUID | None) -> tuple[UUID, UUID] | None:
    """Return (organization, email) for one of our emails (platform scope), or None."""
    query = select(col(_M.org_id), col(_M.id)).where(col(_M.id) == email_id, col(_M.direction) == Direction.OUTBOUND)
    found = (await session.execute(query)).first() if email_id else None
    return (found[0], found[1]) if found is not None else None


async def mailbox(
    session: AsyncSession, org_id: UUID, mailbox_id: UUID, *, for_update: bool = False
) -> AgentEmailConfig | None:
    """Return one mailbox, or None."""
    query = select(_B).where(col(_B.org_id) == org_id, col(_B.id) == mailbox_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def mailboxes(session: AsyncSession, org_id: UUID, agent_id: UUID | None = None) -> list[AgentEmailConfig]:
    """Return the organization's mailboxes, or that of one agent, oldest first."""
    query = select(_B).where(col(_B.org_id) == org_id).order_by(col(_B.id))
    if agent_id is not None:
        query = query.where(col(_B.agent_id) == agent_id)
    return list((await session.execute(query)).scalars().all())


async def email(session: AsyncSession, org_id: UUID, email_id: UUID, *, for_update: bool = False) -> _M | None:
    """Return one email, or None; `for_update` locked and fresh."""
    query = select(_M).where(col(_M.org_id) == org_id, col(_M.id) == email_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def by_dedupe_key(session: AsyncSession, org_id: UUID, key: str) -> _M | None:
    """Return the email already made under a key, or None."""
    query = select(_M).where(col(_M.org_id) == org_id, col(_M.dedupe_key) == key)
    return (await session.execute(query)).scalars().first()


async def is_received(session: AsyncSession, mailbox_id: UUID, message_id: str) -> bool:
    """Tell whether a mailbox holds the email with this id of its header."""
    query = select(col(_M.id)).where(
        col(_M.mailbox_id) == mailbox_id, col(_M.message_id) == message_id, col(_M.direction) == Direction.INBOUND
    )
    return (await session.execute(query)).first() is not None


async def thread_of(
    session: AsyncSession, org_id: UUID, contact_id: UUID, ids: Sequence[str], *, only_ours: bool
) -> UUID | None:
    """Return the thread of the contact's newest email (or of ours to them) that one of these ids names, or None."""
    if not ids:
        return None
    query = select(col(_M.thread_id)).where(
        col(_M.org_id) == org_id, col(_M.message_id).in_(ids), col(_M.contact_id) == contact_id
    )
    if only_ours:
        query = query.where(col(_M.direction) == Direction.OUTBOUND)
    return (await session.execute(query.order_by(col(_M.id).desc()).limit(1))).scalars().first()


async def newest_received(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> _M | None:
    """Return the last email the contact wrote in a conversation, or None."""
    query = select(_M).where(
        col(_M.org_id) == org_id,
        col(_M.conversation_id) == conversation_id,
        col(_M.direction) == Direction.INBOUND,
    )
    return (await session.execute(query.order_by(col(_M.id).desc()).limit(1))).scalars().first()


async def email_to_answer(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, thread_id: UUID | None, named: str
) -> _M | None:
    """Return the newest email of a conversation in this thread, with this id (ours, or that of its header), or None."""
    query = select(_M).where(col(_M.org_id) == org_id, col(_M.conversation_id) == conversation_id)
    if thread_id is not None:
        query = query.where(col(_M.thread_id) == thread_id)
    if named:
        query = query.where(or_(cast(col(_M.id), String) == named.lower(), col(_M.message_id) == named))
    return (await session.execute(query.order_by(col(_M.id).desc()).limit(1))).scalars().first()


async def automatic_replies_since(session: AsyncSession, org_id: UUID, conversation_id: UUID, since: datetime) -> int:
    """Return how many emails left a conversation without a person's doing."""
    query = select(func.count()).where(
        col(_M.org_id) == org_id,
        col(_M.conversation_id) == conversation_id,
        col(_M.direction) == Direction.OUTBOUND,
        col(_M.sent_by_user_id).is_(None),
        col(_M.created_at) > since,
    )
    return int((await session.execute(query)).scalar_one())


async def file(session: AsyncSession, org_id: UUID, file_id: UUID) -> EmailFile | None:
    """Return one file, or None."""
    query = select(EmailFile).where(col(EmailFile.org_id) == org_id, col(EmailFile.id) == file_id)
    return (await session.execute(query)).scalars().first()


async def files_of(session: AsyncSession, org_id: UUID, email_id: UUID) -> list[EmailFile]:
    """Return the files of an email in their order."""
    query = select(EmailFile).where(col(EmailFile.org_id) == org_id, col(EmailFile.message_id) == email_id)
    return list((await session.execute(query.order_by(col(EmailFile.position)))).scalars())


async def items_of_thread(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, thread_id: UUID, limit: int
) -> Sequence[ConversationItem]:
    """Return the newest rows of the timeline that belong to one thread, oldest first."""
    query = (
        select(ConversationItem)
        .where(
            col(ConversationItem.org_id) == org_id,
            col(ConversationItem.conversation_id) == conversation_id,
            col(ConversationItem.data)["session_id"].astext == str(thread_id),
        )
        .order_by(col(ConversationItem.seq).desc())
        .limit(limit)
    )
    return list(reversed((await session.execute(query)).scalars().all()))


async def has_later(session: AsyncSession, found: _M) -> bool:
    """Tell whether the contact wrote on in the same thread since."""
    query = select(col(_M.id)).where(
        col(_M.org_id) == found.org_id,
        col(_M.conversation_id) == found.conversation_id,
        col(_M.thread_id) == found.thread_id,
        col(_M.direction) == Direction.INBOUND,
        col(_M.id) > found.id,
    )
    return (await session.execute(query.limit(1))).first() is not None


async def draft(session: AsyncSession, org_id: UUID, conversation_id: UUID, seq: int) -> ConversationItem | None:
    """Return a draft locked and fresh, or None."""
    query = select(ConversationItem).where(
        col(ConversationItem.org_id) == org_id,
        col(ConversationItem.conversation_id) == conversation_id,
        col(ConversationItem.seq) == seq,
        col(ConversationItem.kind) == ItemKind.DRAFT,
    )
    found = await session.execute(query.with_for_update().execution_options(populate_existing=True))
    return found.scalars().first()


async def note_reply(session: AsyncSession, org_id: UUID, turn_id: UUID, email_id: UUID) -> None:
    """Keep with a turn which email its approved draft became."""
    query = select(AgentTurn).where(col(AgentTurn.org_id) == org_id, col(AgentTurn.id) == turn_id)
    turn = (await session.execute(query.with_for_update())).scalars().first()
    if turn is not None:
        turn.reply_message_id = email_id
        session.add(turn)
        await session.flush()
