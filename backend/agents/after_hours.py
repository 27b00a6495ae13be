"""Do outside the hours what the business chose: say once that it is closed, forward, take a message, or stay silent."""

from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import fields
from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import SYSTEM
from backend.core import jobs
from backend.core.errors import Refused
from backend.core.logging import log
from backend.core.tenancy import org_id_of, unit_of_work
from backend.messaging import service as messaging
from backend.models.agents import AgentConfig
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.models.organizations import Organization
from backend.numbers import e164

FORWARD_LIMIT = 1500


async def say_closed(
    session: AsyncSession,
    agent: AgentConfig,
    conversation: Conversation,
    number: ServiceNumber,
    contact: Contact,
    message: SmsMessage,
) -> None:
    """Tell a contact once in each closed period that the business is closed, or what else its agent is set to do.

    Forwarding also tells the contact; a message that is taken calls for a person; silence leaves the text waiting.
    """
    action = fields.published(agent)["after_hours_action"]
    if action == "silent":
        return
    hours = agents.hours_now(agent)
    business = (await session.exec(select(Organization).where(Organization.id == agent.org_id))).one()
    period = f"{hours.closed_since:%Y%m%dT%H%M}" if hours.closed_since else "always"
    try:
        await messaging.queue_text(
            session,
            conversation,
            number,
            agents.after_hours_words(agent, hours, business.name),
            SYSTEM,
            agent_id=agent.id,
            dedupe_key=f"closed:{number.id}:{contact.id}:{period}",
            data={"is_automatic": True},
        )
    except Refused as refusal:
        log.info("agents.closed_not_said", code=refusal.code)
        return
    if action == "take_message":
        await conversations.call_for_person(session, conversation, "they wrote while the business was closed")
    forward_to = agent.after_hours_sms_forwarding if action == "forward" else ""
    if forward_to and forward_to not in (contact.phone_number, number.phone_number):
        # A job of its own, because it writes to another conversation, and two locks at once could meet in a circle.
        await jobs.defer(
            session,
            "agents.forward_after_hours",
            org_id=str(agent.org_id),
            message_id=str(message.id),
            forward_to=forward_to,
        )


async def forward(message_id: UUID, forward_to: str) -> None:
    """Send a copy of an after-hours text to a number, once; runs in the organization scope of its caller."""
    async with unit_of_work() as session:
        message = (
            await session.exec(
                select(SmsMessage).where(SmsMessage.id == message_id, SmsMessage.org_id == org_id_of(session))
            )
        ).first()
        number = await session.get(ServiceNumber, message.number_id) if message and message.number_id else None
        if message is None or number is None:
            return
        sender = await contacts.get(session, message.contact_id)
        who = sender.name or e164.display(message.sender_number)
        body = message.content.strip() or "(sent a file)"
        receiver = await contacts.ensure_by_phone(session, forward_to)
        conversation = await conversations.for_contact(session, receiver.id)
        try:
            await messaging.queue_text(
                session,
                conversation,
                number,
                f"After-hours text from {who} ({message.sender_number}): {body}"[:FORWARD_LIMIT],
                SYSTEM,
                dedupe_key=f"forward:{message.id}",
                purpose="service",
                data={"is_automatic": True},
            )
        except Refused as refusal:
            log.warning("agents.not_forwarded", code=refusal.code)
