"""Say what answering needs of a channel: the message to answer, who answers it, and how a reply leaves."""

from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents.schemas import Customer
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.details import service as details
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem
from backend.vocab import Channel


@dataclass(frozen=True)
class Setting:
    """What an agent is told beside the message itself."""

    customer: Customer
    items: tuple[ConversationItem, ...]
    notes: tuple[str, ...] = ()
    most_tokens: int | None = None
    """An upper bound of the channel, whatever the agent's own setting."""


class Writer(Protocol):
    """Shows an answer while it is written."""

    async def grow(self, text_so_far: str) -> None:
        """Show the answer as it stands."""

    async def end(self) -> None:
        """Stop."""


class Place(Protocol):
    """Where a customer talks with an agent, and what its tools may do there."""

    channel: Channel
    message_id: UUID

    @property
    def parts(self) -> tuple[str, ...]:
        """Which parts of the conversation's details the agent may know; what it finds out goes into the last."""

    @property
    def session_id(self) -> str:
        """The chat this is said in, or an empty string."""

    @property
    def remembered_in(self) -> str | None:
        """Whose memory the agent reads: the contact's (empty), that of this chat alone, or nobody's (None)."""

    async def call_for_person(self, session: AsyncSession, conversation: Conversation, reason: str) -> None:
        """Hand a locked conversation, or the part of it that is this customer's for certain, to people."""

    async def name_customer(self, session: AsyncSession, conversation: Conversation, name: str) -> None:
        """Keep what the customer says they are called."""

    async def leave_to(self, session: AsyncSession, conversation: Conversation, agent_id: UUID) -> None:
        """Have another agent answer here from the next message on."""


class Post(Place, Protocol):
    """One message of a customer in its channel. Methods run in the transaction of their session."""

    org_id: UUID
    conversation_id: UUID
    agent: AgentConfig | None
    no_way: str
    """Why a reply cannot leave at all, or an empty string."""
    no_agent: str
    """What the team reads when no agent is switched on."""

    @property
    def is_with_people(self) -> bool:
        """Whether people answer here, whoever answers the rest of the conversation."""

    @property
    def drafts_only(self) -> bool:
        """Whether a person approves every reply here, whatever holds for the rest of the conversation."""

    async def refusal(self, session: AsyncSession, contact: Contact) -> str:
        """Return why the agent must stay silent, or an empty string."""

    async def say_closed(
        self, session: AsyncSession, agent: AgentConfig, conversation: Conversation, contact: Contact
    ) -> None:
        """Tell the customer that it is outside the agent's hours, once."""

    async def setting(self, session: AsyncSession, contact: Contact) -> Setting:
        """Return what the agent may know of the customer and of what was said."""

    def writer(self, turn_id: UUID) -> Writer | None:
        """Return what shows the answer while it is written, where the channel can."""

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
        """Send the turn's reply once and return its record, or another `text` of it under a key of its own.

        Raises `Refused` or `Conflict` when nothing may leave.
        """

    def draft_data(self) -> dict[str, Any]:
        """Return what a draft must remember to be sent later."""


@dataclass
class Trigger:
    """The fields every post has."""

    message_id: UUID
    org_id: UUID
    conversation_id: UUID
    agent: AgentConfig | None = None
    no_way: str = ""
    no_agent: str = field(default="No agent is switched on.")

    @property
    def parts(self) -> tuple[str, ...]:
        """What the contact said: most channels prove who is writing."""
        return (details.CERTAIN,)

    @property
    def session_id(self) -> str:
        """Nothing: most channels are no chat."""
        return ""

    @property
    def remembered_in(self) -> str | None:
        """The contact's: most channels prove who is writing."""
        return ""

    @property
    def is_with_people(self) -> bool:
        """Whether people answer here: most channels have no part that waits alone."""
        return False

    @property
    def drafts_only(self) -> bool:
        """Whether a person approves every reply here: most channels leave that to the conversation."""
        return False

    async def call_for_person(self, session: AsyncSession, conversation: Conversation, reason: str) -> None:
        """Hand the whole conversation to people."""
        await conversations.call_for_person(session, conversation, reason)

    async def name_customer(self, session: AsyncSession, conversation: Conversation, name: str) -> None:
        """Name the contact, and say so on the timeline."""
        contact = await contacts.rename(session, conversation.contact_id, name)
        await conversations.note_event(
            session, conversation, f"The agent saved the name {contact.name}", contact_id=str(contact.id)
        )

    async def leave_to(self, session: AsyncSession, conversation: Conversation, agent_id: UUID) -> None:
        """Have another agent answer the contact until the conversation is closed."""
        conversation.handed_to_agent_id = agent_id
        session.add(conversation)
        await session.flush()
