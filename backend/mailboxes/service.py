"""Keep the mailboxes of agents: connect them, receive their emails and answer; the face of this domain."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core.errors import NotFound
from backend.core.tenancy import org_id_of
from backend.mailboxes import queries
from backend.mailboxes.boxes import CHANGED, change, connect, detach, list_all, of_agent, test
from backend.mailboxes.files import open_file
from backend.mailboxes.intake import MailWebhook, accept_webhook, require_proof
from backend.mailboxes.schemas import MailboxView, Reach, Thread, mailbox_view, reply_subject
from backend.mailboxes.sending import answering, approve_draft, queue, retry_failed, send_from_person
from backend.mailboxes.writing import write
from backend.models.conversations import ConversationItem
from backend.models.mailboxes import AgentEmailConfig, EmailMessage
from backend.vocab import MailboxMode

__all__ = [
    "CHANGED",
    "MailWebhook",
    "MailboxView",
    "Reach",
    "Thread",
    "accept_webhook",
    "answering",
    "approve_draft",
    "change",
    "connect",
    "detach",
    "email",
    "has_later",
    "is_email",
    "items_of_thread",
    "list_all",
    "mailbox",
    "mailbox_view",
    "of_agent",
    "open_file",
    "queue",
    "reach_of",
    "require_proof",
    "retry_failed",
    "send_from_person",
    "test",
    "write",
]


async def email(session: AsyncSession, email_id: UUID) -> EmailMessage:
    """Return one email. Raises `NotFound`."""
    found = await queries.email(session, org_id_of(session), email_id)
    if found is None:
        raise NotFound("This email does not exist.")
    return found


async def is_email(session: AsyncSession, message_id: UUID) -> bool:
    """Tell whether a message is an email."""
    return await queries.email(session, org_id_of(session), message_id) is not None


async def reach_of(session: AsyncSession, conversation_id: UUID) -> Reach | None:
    """Return how a conversation's contact is written to: in answer to their last email, or first.

    None says that nobody can write: no mailbox of the organization is on, or the contact has no address.
    """
    org_id = org_id_of(session)
    if not any(one.is_active for one in await queries.mailboxes(session, org_id)):
        return None
    last = await queries.newest_received(session, org_id, conversation_id)
    if last is not None:
        box = await mailbox(session, last.mailbox_id)
        return Reach(reply_subject(last.subject), box.mode if box is not None and box.is_active else MailboxMode.OFF)
    conversation = await conversations.get(session, conversation_id)
    return Reach("", MailboxMode.OFF) if (await contacts.get(session, conversation.contact_id)).email else None


async def mailbox(session: AsyncSession, mailbox_id: UUID | None) -> AgentEmailConfig | None:
    """Return one mailbox, or None when it was detached."""
    return await queries.mailbox(session, org_id_of(session), mailbox_id) if mailbox_id else None


async def has_later(session: AsyncSession, found: EmailMessage) -> bool:
    """Tell whether the contact wrote on in the same thread since."""
    return await queries.has_later(session, found)


async def items_of_thread(session: AsyncSession, found: EmailMessage, limit: int) -> list[ConversationItem]:
    """Return the newest rows of the timeline that belong to an email's thread, oldest first."""
    return list(await queries.items_of_thread(session, found.org_id, found.conversation_id, found.thread_id, limit))
