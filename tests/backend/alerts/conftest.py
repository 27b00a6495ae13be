"""An agent that listens on a number and on a web chat, and customers who write to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from backend.agents import service as agents
from backend.alerts import firing, matching, queries
from backend.alerts import service as alerts
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.config import settings
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.models.alerts import SemanticMatch
from backend.models.chat import ChatMessage, ChatSession, ChatWidget
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.vocab import AuthorKind, Direction, ItemKind

LEAVING = {
    "name": "Wants to leave",
    "topic": "I want to cancel my subscription",
    "examples": ["Please close my account"],
    "action_type": "email",
    "target": "team@example.com",
}
CUSTOMER = "+14155550199"


@dataclass
class Desk:
    """One agent's desk: what it listens for, and what is said to it."""

    org: Any
    agent_id: UUID
    number: ServiceNumber
    widget: ChatWidget

    async def alert(self, alert_id: str = "", **given: Any) -> Any:
        """Make an alert of the agent, or change one."""
        with self.org.scope():
            async with unit_of_work() as session:
                wanted = given if alert_id else {**LEAVING, **given}
                saved = await alerts.save(
                    session, self.org.owner, self.agent_id, wanted, UUID(alert_id) if alert_id else None
                )
        return saved.row

    async def hear(self, body: str, phone: str = CUSTOMER, *, by: str = "sms", **data: Any) -> UUID:
        """Let a customer write, by text or in the chat, and return the line of the timeline."""
        with self.org.scope():
            async with unit_of_work() as session:
                contact = await contacts.ensure_by_phone(session, phone)
                conversation = await conversations.for_contact(session, contact.id)
                record = await self._record(session, contact.id, conversation.id, phone, body, by)
                item = await conversations.append(
                    session,
                    conversation,
                    kind=ItemKind.MESSAGE,
                    author=Author(AuthorKind.CONTACT, "x", contact.id),
                    body=body,
                    channel=by,
                    direction=Direction.INBOUND,
                    record_id=record,
                    data=data,
                )
                return item.id

    async def _record(
        self, session: Any, contact_id: UUID, conversation_id: UUID, phone: str, body: str, by: str
    ) -> UUID:
        row: Any
        if by == "sms":
            row = SmsMessage(
                org_id=self.org.org_id, conversation_id=conversation_id, contact_id=contact_id,
                number_id=self.number.id, direction="inbound", sender_number=phone,
                recipient_number=self.number.phone_number, content=body, status="received",
            )  # fmt: skip
        else:
            chat = ChatSession(org_id=self.org.org_id, widget_id=self.widget.id, visitor_id=new_id().hex)
            session.add(chat)
            await session.flush()
            row = ChatMessage(
                org_id=self.org.org_id, session_id=chat.id, conversation_id=conversation_id, seq=1, role="visitor",
                content=body,
            )  # fmt: skip
        session.add(row)
        await session.flush()
        return UUID(str(row.id))

    async def compare(self, item_id: UUID) -> list[SemanticMatch]:
        """Compare a line as the job does, twice, and return the matches it has."""
        with self.org.scope():
            for _ in range(2):
                await matching.match(item_id)
            async with unit_of_work() as session:
                rows = await queries.alerts(session, self.org.org_id, self.agent_id)
                found = [one for row in rows for one in await queries.matches(session, self.org.org_id, row.id, 50)]
        return [one for one in found if one.item_id == item_id]

    async def act(self, match: SemanticMatch) -> SemanticMatch:
        """Do what a match sets off, as the job does, and return how it stands."""
        with self.org.scope():
            await firing.act(match.id)
        return await self.now(match)

    async def now(self, match: SemanticMatch) -> SemanticMatch:
        """Return how a match stands."""
        with self.org.scope():
            async with unit_of_work() as session:
                found = await queries.match(session, self.org.org_id, match.id, for_update=True)
        assert found is not None
        return found

    async def set_off(self, **given: Any) -> SemanticMatch:
        """Make an alert, let a customer set it off, and return the match."""
        await self.alert(**given)
        (match,) = await self.compare(await self.hear("I want to cancel my subscription, please"))
        return match


@pytest.fixture
async def desk(db: None, org: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    return await make_desk(org)


@pytest.fixture
def desk_of() -> Callable[[Any], Awaitable[Desk]]:
    return make_desk


async def make_desk(org: Any) -> Desk:
    """Give an organization an agent with a number and a web chat."""
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, "text", "Ava")
            digits = str(new_id().int)[-7:]
            number = ServiceNumber(org_id=org.org_id, phone_number=f"+1415{digits}", text_agent_id=agent.id)
            widget = ChatWidget(
                org_id=org.org_id, agent_id=agent.id, widget_key=f"wgt_{new_id().hex}", identity_secret="x"
            )
            session.add_all([number, widget])
            await session.flush()
    return Desk(org, agent.id, number, widget)
