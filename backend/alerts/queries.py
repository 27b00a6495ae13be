"""Read alerts, their matches, and what customers said in the past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.agents import AgentConfig
from backend.models.alerts import SemanticMatch, SemanticMatchAction
from backend.models.chat import ChatMessage, ChatSession, ChatWidget
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.models.templates import MessageTemplate
from backend.vocab import Channel, Direction, MatchStatus


@dataclass(frozen=True)
class Said:
    """A customer's message: where it stands, and the agent it concerns."""

    item_id: UUID
    conversation_id: UUID
    channel: str
    body: str
    at: datetime
    agent_id: UUID | None
    number_id: UUID | None
    is_blocked: bool
    is_unproven: bool


_slot = func.coalesce(col(ServiceNumber.text_agent_id), col(ServiceNumber.agent_id))


async def alerts(session: AsyncSession, org_id: UUID, agent_id: UUID) -> list[SemanticMatchAction]:
    """Return an agent's alerts by name."""
    query = (
        select(SemanticMatchAction)
        .where(col(SemanticMatchAction.org_id) == org_id, col(SemanticMatchAction.agent_id) == agent_id)
        .order_by(func.lower(col(SemanticMatchAction.name)), col(SemanticMatchAction.id))
    )
    return list((await session.execute(query)).scalars())


async def alert(
    session: AsyncSession, org_id: UUID, alert_id: UUID, *, for_update: bool = False
) -> SemanticMatchAction | None:
    """Return one alert, or None."""
    query = select(SemanticMatchAction).where(
        col(SemanticMatchAction.org_id) == org_id, col(SemanticMatchAction.id) == alert_id
    )
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def agent(session: AsyncSession, org_id: UUID, agent_id: UUID) -> AgentConfig | None:
    """Return an agent that is not in the bin, or None."""
    query = select(AgentConfig).where(
        col(AgentConfig.org_id) == org_id, col(AgentConfig.id) == agent_id, col(AgentConfig.deleted_at).is_(None)
    )
    return (await session.execute(query)).scalars().first()


async def is_template_shared(session: AsyncSession, org_id: UUID, template_id: UUID) -> bool:
    """Tell whether there is a message or an email of the team under this id."""
    query = select(col(MessageTemplate.id)).where(
        col(MessageTemplate.org_id) == org_id,
        col(MessageTemplate.id) == template_id,
        col(MessageTemplate.is_shared),
        col(MessageTemplate.kind).in_(("message", "email")),
    )
    return (await session.execute(query)).first() is not None


async def said(session: AsyncSession, org_id: UUID, item_id: UUID) -> Said | None:
    """Return a message of a timeline with the agent that its number or its widget belongs to, or None."""
    query = (
        select(
            ConversationItem,
            col(Contact.blocked_at),
            _slot,
            col(ServiceNumber.id),
            col(ChatWidget.agent_id),
        )
        .join(Conversation, col(Conversation.id) == col(ConversationItem.conversation_id))
        .join(Contact, col(Contact.id) == col(Conversation.contact_id))
        .outerjoin(SmsMessage, col(SmsMessage.id) == col(ConversationItem.record_id))
        .outerjoin(ServiceNumber, col(ServiceNumber.id) == col(SmsMessage.number_id))
        .outerjoin(ChatMessage, col(ChatMessage.id) == col(ConversationItem.record_id))
        .outerjoin(ChatSession, col(ChatSession.id) == col(ChatMessage.session_id))
        .outerjoin(ChatWidget, col(ChatWidget.id) == col(ChatSession.widget_id))
        .where(col(ConversationItem.org_id) == org_id, col(ConversationItem.id) == item_id)
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    item, blocked_at, of_number, number_id, of_widget = row
    return Said(
        item_id=item.id,
        conversation_id=item.conversation_id,
        channel=item.channel,
        body=item.body,
        at=item.happened_at,
        agent_id=of_number or of_widget,
        number_id=number_id,
        is_blocked=blocked_at is not None,
        is_unproven=bool(item.data.get("is_unverified")),
    )


async def past(
    session: AsyncSession, org_id: UUID, agent_id: UUID, channels: Sequence[str], limit: int
) -> list[tuple[str, str, UUID, datetime]]:
    """Return what customers wrote to an agent, newest first: (text, channel, conversation, time)."""
    found: list[tuple[str, str, UUID, datetime]] = []
    if not channels or Channel.SMS in channels:
        numbers = select(col(ServiceNumber.id)).where(col(ServiceNumber.org_id) == org_id, _slot == agent_id)
        texts = (
            select(col(SmsMessage.content), col(SmsMessage.conversation_id), col(SmsMessage.created_at))
            .where(
                col(SmsMessage.org_id) == org_id,
                col(SmsMessage.direction) == Direction.INBOUND,
                col(SmsMessage.number_id).in_(numbers),
                col(SmsMessage.content) != "",
            )
            .order_by(col(SmsMessage.id).desc())
            .limit(limit)
        )
        found += [(body, Channel.SMS, where, at) for body, where, at in (await session.execute(texts)).all()]
    if not channels or Channel.CHAT in channels:
        # A session has few messages, so the newest sessions hold the newest of them.
        newest = (
            select(col(ChatSession.id))
            .join(ChatWidget, col(ChatWidget.id) == col(ChatSession.widget_id))
            .where(col(ChatSession.org_id) == org_id, col(ChatWidget.agent_id) == agent_id)
            .order_by(col(ChatSession.last_message_at).desc())
            .limit(limit)
        )
        chats = (
            select(col(ChatMessage.content), col(ChatMessage.conversation_id), col(ChatMessage.created_at))
            .where(
                col(ChatMessage.org_id) == org_id,
                col(ChatMessage.session_id).in_(newest),
                col(ChatMessage.role) == "visitor",
                col(ChatMessage.content) != "",
            )
            .order_by(col(ChatMessage.id).desc())
            .limit(limit)
        )
        found += [(body, Channel.CHAT, where, at) for body, where, at in (await session.execute(chats)).all()]
    return sorted(found, key=lambda one: one[3], reverse=True)[:limit]


async def add_match(session: AsyncSession, match: SemanticMatch) -> bool:
    """Store a match, and tell whether it is the first of this alert and message."""
    made = await session.execute(
        insert(SemanticMatch)
        .values(**match.model_dump())
        .on_conflict_do_nothing(index_elements=["action_id", "item_id"])
        .returning(SemanticMatch.id)  # type: ignore[call-overload]
    )
    return made.first() is not None


async def has_fired_since(session: AsyncSession, alert_id: UUID, since: datetime, conversation_id: UUID | None) -> bool:
    """Tell whether an alert fired since then, in one conversation or at all."""
    query = select(col(SemanticMatch.id)).where(
        col(SemanticMatch.action_id) == alert_id,
        col(SemanticMatch.status) != MatchStatus.HELD,
        col(SemanticMatch.created_at) > since,
    )
    if conversation_id is not None:
        query = query.where(col(SemanticMatch.conversation_id) == conversation_id)
    return (await session.execute(query.limit(1))).first() is not None


async def match(
    session: AsyncSession, org_id: UUID, match_id: UUID, *, for_update: bool = False
) -> SemanticMatch | None:
    """Return one match, or None."""
    query = select(SemanticMatch).where(col(SemanticMatch.org_id) == org_id, col(SemanticMatch.id) == match_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def matches(
    session: AsyncSession, org_id: UUID, alert_id: UUID, limit: int, before: UUID | None = None
) -> list[SemanticMatch]:
    """Return an alert's matches, newest first, older than `before`."""
    query = select(SemanticMatch).where(col(SemanticMatch.org_id) == org_id, col(SemanticMatch.action_id) == alert_id)
    if before is not None:
        query = query.where(col(SemanticMatch.id) < before)
    return list((await session.execute(query.order_by(col(SemanticMatch.id).desc()).limit(limit))).scalars())


async def a_number(session: AsyncSession, org_id: UUID, preferred: UUID | None) -> ServiceNumber | None:
    """Return a number that texts may leave from: the preferred one, else the oldest that is switched on."""
    query = (
        select(ServiceNumber)
        .where(col(ServiceNumber.org_id) == org_id, col(ServiceNumber.is_active))
        .order_by((col(ServiceNumber.id) == preferred).desc() if preferred else col(ServiceNumber.created_at))
        .limit(1)
    )
    return (await session.execute(query)).scalars().first()
