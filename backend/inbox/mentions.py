"""Mail people whom a note mentions and who do not look: one mail for each conversation until they do."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.config import settings
from backend.core.tenancy import org_id_of, platform_scope, unit_of_work
from backend.models.conversations import ConversationItem, ConversationUnread
from backend.models.inbox import InboxPreference
from backend.models.organizations import OrganizationMember
from backend.notifications import service as notifications
from backend.notifications.schemas import Mail
from backend.vocab import ItemKind, MemberStatus

EXCERPT = 1000


async def mail_unread(conversation_id: UUID, user_id: UUID) -> None:
    """Mail somebody what a note that mentions them says, if they chose that, are still here and have not looked.

    Runs in the organization scope of its caller. A second run, or a second mention before they look, mails nothing.
    """
    async with unit_of_work() as session:
        unread = await _unread(session, conversation_id, user_id)
        address = await _address(session, user_id) if unread else ""
        note = await _note(session, conversation_id, user_id) if address else None
    if unread is None or note is None:
        return
    mail = Mail(
        f"{note.author_name} mentioned you in a note",
        (note.body[:EXCERPT],),
        link=f"{settings().public_url}/inbox/{conversation_id}",
        link_words="Open the conversation",
        last="You chose to be told of this. Change it in the inbox, under the bell.",
    )
    with platform_scope("mail a mention"):
        async with unit_of_work() as session:
            # The row of what is unread goes when they look, and the next mention makes another.
            await notifications.queue_email(session, address, mail, once=f"mention:{unread}")


async def _unread(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> UUID | None:
    query = select(ConversationUnread.id).where(
        ConversationUnread.org_id == org_id_of(session),
        ConversationUnread.conversation_id == conversation_id,
        ConversationUnread.user_id == user_id,
        col(ConversationUnread.is_mentioned),
    )
    return (await session.exec(query)).first()


async def _note(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> ConversationItem | None:
    """Return the last note of a conversation that mentions somebody."""
    query = (
        select(ConversationItem)
        .where(
            ConversationItem.org_id == org_id_of(session),
            ConversationItem.conversation_id == conversation_id,
            ConversationItem.kind == ItemKind.NOTE,
            col(ConversationItem.data)["mentions"].contains([{"id": str(user_id)}]),
        )
        .order_by(col(ConversationItem.seq).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def _address(session: AsyncSession, user_id: UUID) -> str:
    """Return where a member who wants these mails gets them, or an empty string."""
    org_id = org_id_of(session)
    query = (
        select(OrganizationMember.email)
        .join(InboxPreference, col(InboxPreference.user_id) == col(OrganizationMember.user_id))
        .where(
            OrganizationMember.org_id == org_id,
            OrganizationMember.user_id == user_id,
            OrganizationMember.status == MemberStatus.APPROVED,
            InboxPreference.org_id == org_id,
            col(InboxPreference.has_mail),
        )
    )
    return (await session.exec(query)).first() or ""
