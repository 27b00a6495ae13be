"""Answer texts: through the number they came to, by the agent of its text slot."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import after_hours, queries
from backend.agents import service as agents
from backend.agents.posts import Setting, Trigger, Writer
from backend.agents.schemas import Customer
from backend.compliance import service as compliance
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Conflict
from backend.core.tenancy import org_id_of
from backend.messaging import service as messaging
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.numbers import senders
from backend.vocab import AuthorKind, Channel, Direction

# The window of the model is counted in messages; notes and events stand between them.
ITEMS_READ = 80


@dataclass
class TextPost(Trigger):
    """A customer's text and the number it came to."""

    message: SmsMessage | None = None
    number: ServiceNumber | None = None
    channel = Channel.SMS

    async def refusal(self, session: AsyncSession, contact: Contact) -> str:
        """Return what the rules of texting say against a reply."""
        sender = self.number.phone_number if self.number else ""
        verdict = await compliance.may_contact(session, contact, Channel.SMS, "reply", clock.now(), sender=sender)
        return "" if verdict.allowed else verdict.message

    async def say_closed(
        self, session: AsyncSession, agent: AgentConfig, conversation: Conversation, contact: Contact
    ) -> None:
        """Text that the business is closed, and forward the text."""
        if self.number is not None and self.message is not None:
            await after_hours.say_closed(session, agent, conversation, self.number, contact, self.message)

    async def setting(self, session: AsyncSession, contact: Contact) -> Setting:
        """Return the contact and the whole conversation, whichever channel it took."""
        items = await queries.newest_items(session, self.org_id, self.conversation_id, ITEMS_READ)
        return Setting(Customer(contact.name, contact.phone_number or ""), tuple(items))

    def writer(self, turn_id: UUID) -> Writer | None:
        """Return nothing: a text arrives whole."""
        return None

    async def send(
        self,
        session: AsyncSession,
        conversation: Conversation,
        turn: AgentTurn,
        data: dict[str, Any],
        *,
        text: str = "",
        once: str = "",
    ) -> UUID:
        """Queue the reply as a text."""
        if self.number is None or self.no_way:
            raise Conflict(self.no_way, code="no_number")
        sent = await messaging.queue_text(
            session,
            conversation,
            self.number,
            text or turn.reply,
            Author(AuthorKind.AGENT, turn.agent_name, turn.agent_id),
            agent_id=turn.agent_id,
            is_ai=True,
            dedupe_key=once or f"turn:{turn.id}",
            data=data,
        )
        return sent.id

    def draft_data(self) -> dict[str, Any]:
        """Return the number a draft is to leave by."""
        return {
            "number_id": str(self.message.number_id or "") if self.message else "",
            "service_number": self.message.recipient_number if self.message else "",
        }


async def load(session: AsyncSession, message_id: UUID) -> TextPost | None:
    """Return a customer's text, or None when there is no such thing."""
    message = await queries.message(session, org_id_of(session), message_id)
    if message is None or message.direction != Direction.INBOUND:
        return None
    number = await session.get(ServiceNumber, message.number_id) if message.number_id else None
    no_way = "" if number is not None else "The number of this text is gone."
    if senders.is_machine(message.sender_number):
        no_way = "The sender is a machine (a short code or a name), which no agent answers."
    return TextPost(
        message_id=message.id,
        org_id=message.org_id,
        conversation_id=message.conversation_id,
        agent=await _answering(session, message, number),
        no_way=no_way,
        no_agent="the agent of this number is switched off",
        message=message,
        number=number,
    )


async def _answering(session: AsyncSession, message: SmsMessage, number: ServiceNumber | None) -> AgentConfig | None:
    """Return the agent the conversation was handed to while it is on, else the one of the number's text slot."""
    conversation = await conversations.get(session, message.conversation_id)
    handed_to = conversation.handed_to_agent_id
    other = await queries.agent(session, message.org_id, handed_to) if handed_to else None
    if other is not None and other.is_active:
        return other
    return await agents.for_texts(session, number) if number is not None else None
