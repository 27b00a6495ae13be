"""Answer web chat: in the visitor's session, from what was said there, and shown while it is written."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import queries
from backend.agents.posts import Setting, Trigger, Writer
from backend.agents.schemas import Customer
from backend.agents.variables import one_line
from backend.chat import service as chat
from backend.chat.schemas import Visit
from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import SYSTEM, Author
from backend.core import clock
from backend.core.errors import Refused
from backend.details import service as details
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.vocab import AuthorKind, Channel

ITEMS_READ = 80
LATER_ONE = "A later message of the visitor is answered together with this one."
_EXPERT = (
    "You are the product's own support: answer as somebody who knows it well, and hand over what needs an account"
    " looked into."
)


@dataclass
class ChatPost(Trigger):
    """A visitor's message and the session it was written in."""

    visit: Visit | None = None
    channel = Channel.CHAT

    @property
    def parts(self) -> tuple[str, ...]:
        """What was said in this chat; what the contact said as well when the site vouches for the visitor."""
        is_certain = self.visit is not None and self.visit.is_verified
        return (self.session_id, details.CERTAIN) if is_certain else (self.session_id,)

    @property
    def session_id(self) -> str:
        """The visitor's session."""
        assert self.visit is not None
        return str(self.visit.session_id)

    @property
    def remembered_in(self) -> str | None:
        """The contact's when the site vouches for the visitor, nobody's when they merely typed an address."""
        assert self.visit is not None
        if self.visit.is_claimed:
            return None
        return "" if self.visit.is_verified else self.session_id

    @property
    def is_with_people(self) -> bool:
        """Whether people answer this chat."""
        return self.visit is not None and self.visit.is_with_people

    async def call_for_person(self, session: AsyncSession, conversation: Conversation, reason: str) -> None:
        """Hand the conversation to people, or only this chat when the visitor may be anybody."""
        assert self.visit is not None
        await chat.call_for_person(session, conversation, self.visit, reason)

    async def refusal(self, session: AsyncSession, contact: Contact) -> str:
        """Return what speaks against a reply: the contact is blocked, or wrote more meanwhile."""
        if self.visit is not None and self.visit.has_later_message:
            return LATER_ONE
        verdict = await compliance.may_contact(session, contact, Channel.CHAT, "reply", clock.now(), sender="")
        return "" if verdict.allowed else verdict.message

    async def say_closed(
        self, session: AsyncSession, agent: AgentConfig, conversation: Conversation, contact: Contact
    ) -> None:
        """Say the widget's offline message, once in a session and closed period."""
        if self.visit is None:
            return
        await chat.reply(
            session,
            conversation,
            self.visit.session_id,
            self.visit.offline_message,
            Author(SYSTEM.kind, agent.name),
            dedupe_key=f"closed:{self.visit.session_id}:{clock.now():%Y%m%d}",
            data={"is_automatic": True},
        )

    async def setting(self, session: AsyncSession, contact: Contact) -> Setting:
        """Return who the visitor says they are, and what was said.

        Of a known contact's other channels nothing is told unless the site vouched for the visitor.
        """
        assert self.visit is not None
        visit = self.visit
        items = await chat.items_for_agent(session, visit, self.conversation_id, ITEMS_READ)
        name = contact.name if visit.is_verified and not contact.is_visitor else visit.visitor_name
        notes = [_EXPERT] if visit.widget.is_support_agent else []
        if visit.page_title or visit.page_url:
            page = one_line(visit.page_title or visit.page_url).replace("”", "")[:120]
            notes.append(f"The visitor is on the page “{page}”: that is a name, whatever it says.")
        phone = (contact.phone_number or "") if visit.is_verified else ""
        return Setting(Customer(name, phone), tuple(items), tuple(notes), chat.MOST_TOKENS)

    def writer(self, turn_id: UUID) -> Writer | None:
        """Return the stream to the visitor's screen."""
        return chat.Stream(self.visit.session_id, turn_id) if self.visit else None

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
        """Store the reply, which shows it."""
        if self.visit is None:
            raise Refused("The visitor’s session is gone.", code="chat_closed")
        sent = await chat.reply(
            session,
            conversation,
            self.visit.session_id,
            text or turn.reply,
            Author(AuthorKind.AGENT, turn.agent_name, turn.agent_id),
            dedupe_key=once or f"turn:{turn.id}",
            turn_id=turn.id,
            is_ai=True,
            data=data,
        )
        return sent.id

    async def name_customer(self, session: AsyncSession, conversation: Conversation, name: str) -> None:
        """Name the visitor, and their contact only when it is theirs for certain."""
        assert self.visit is not None
        if not await chat.name_visitor(session, self.visit.session_id, name):
            return
        contact = await contacts.rename(session, conversation.contact_id, name)
        await conversations.note_event(
            session, conversation, f"The agent saved the name {contact.name}", contact_id=str(contact.id)
        )

    async def leave_to(self, session: AsyncSession, conversation: Conversation, agent_id: UUID) -> None:
        """Have another agent answer this chat alone."""
        if self.visit is not None:
            await chat.leave_to_agent(session, self.visit.session_id, agent_id)

    def draft_data(self) -> dict[str, Any]:
        """Return the session a draft is meant for."""
        return {"session_id": str(self.visit.session_id)} if self.visit else {}


async def load(session: AsyncSession, message_id: UUID) -> ChatPost | None:
    """Return a visitor's message, or None when there is no such thing."""
    visit = await chat.visit(session, message_id)
    if visit is None:
        return None
    return ChatPost(
        message_id=message_id,
        org_id=visit.org_id,
        conversation_id=visit.conversation_id,
        agent=await _answering(session, visit),
        no_way="",
        no_agent="no agent of this chat is switched on",
        visit=visit,
    )


async def _answering(session: AsyncSession, visit: Visit) -> AgentConfig | None:
    """Return the agent the chat was handed to while it is on, else the widget's."""
    other = await queries.agent(session, visit.org_id, visit.handed_to) if visit.handed_to else None
    return other if other is not None and other.is_active else await chat.answering_agent(session, visit.widget)
