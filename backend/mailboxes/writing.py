"""Write to an address from outside the inbox: who it belongs to, which mailbox writes, and in which thread."""

from dataclasses import replace
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.accounts import service as accounts
from backend.compliance.schemas import Purpose
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.mailboxes import queries, reading, sending
from backend.models.agents import AgentConfig
from backend.models.mailboxes import AgentEmailConfig, EmailMessage
from backend.vocab import AuthorKind, Direction, MemberRole


async def write(
    session: AsyncSession,
    principal: Principal,
    *,
    to_email: str,
    subject: str,
    body_text: str = "",
    body_html: str = "",
    agent_id: UUID | None = None,
    thread_id: UUID | None = None,
    in_reply_to: str = "",
    client_key: str = "",
) -> EmailMessage:
    """Send a member's email to anybody, whose contact is made when there is none, and let the agent wait.

    A second call with the member's same `client_key` returns the first call's email and sends nothing.

    It comes from the agent's mailbox; without an agent from the one its thread came to, else from the one connected
    first. A thread is named by its id, or by one of its emails (our id or its `Message-ID`). Markup is sent as its
    words. Raises `NotFound` for an agent that does not exist and for a thread or email that is not this address's,
    `Invalid` naming the field, `Conflict` (`no_mailbox`) and what `sending.queue` raises.
    """
    principal.require(MemberRole.SUPPORT)
    try:
        address = accounts.email(to_email)
    except Invalid as wrong:
        raise Invalid(wrong.message, field="to_email") from None
    text = _words(body_text, body_html)
    line = sending.checked_subject(subject)
    contact, _ = await contacts.ensure_by_email(session, address)
    conversation = await conversations.for_contact(session, contact.id)
    about = None
    if thread_id or in_reply_to:
        named = in_reply_to.strip()
        about = await queries.email_to_answer(session, conversation.org_id, conversation.id, thread_id, named)
        if about is None:
            raise NotFound("This address has no such email or thread.")
    mailbox = await _agents_mailbox(session, agent_id) if agent_id else await sending.mailbox_for(session, about)
    if address in (mailbox.address, mailbox.public_address):
        raise Invalid("A mailbox cannot write to itself.", field="to_email")
    author = Author(AuthorKind.MEMBER, principal.name, principal.user_id)
    message = await sending.queue(
        session,
        conversation,
        mailbox,
        replace(sending.answering(about), subject=line) if about else sending.fresh(line),
        address,
        text,
        author,
        dedupe_key=f"member:{principal.user_id}:{client_key}" if client_key else "",
        purpose=Purpose.SERVICE,
        sent_by=principal.user_id,
        is_unverified=about is not None and about.direction == Direction.INBOUND and not about.is_proven,
    )
    await conversations.pause_for_reply(session, conversation, author)
    return message


def _words(body_text: str, body_html: str) -> str:
    """Return what is sent; the text goes before the markup, of which only the words are."""
    if body_text:
        return sending.checked_body(body_text, field="body_text")
    text = reading.plain(body_html)
    if not text:
        raise Invalid("This markup holds no words.", field="body_html")
    return sending.checked_body(text, field="body_html")


async def _agents_mailbox(session: AsyncSession, agent_id: UUID) -> AgentEmailConfig:
    org_id = org_id_of(session)
    agent = await session.get(AgentConfig, agent_id)
    if agent is None or agent.org_id != org_id or agent.deleted_at is not None:
        raise NotFound("This agent does not exist.")
    found = await queries.mailboxes(session, org_id, agent_id)
    if not found:
        raise Conflict("This agent has no mailbox. Connect one under Deployment first.", code="no_mailbox")
    return found[0]
