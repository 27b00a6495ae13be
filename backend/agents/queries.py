"""Read agents, what belongs to them, and their turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.agents import AgentConfig, AgentTurn, AgentVersion
from backend.models.chat import ChatWidget
from backend.models.conversations import ConversationItem
from backend.models.knowledge import KnowledgeSource
from backend.models.mailboxes import AgentEmailConfig
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.models.platform import AuditEntry
from backend.vocab import Direction, ItemKind, TurnStatus

# Why a turn was skipped that the agent's own hours left silent.
OUTSIDE_HOURS = "Outside the agent's hours."


async def agent(
    session: AsyncSession, org_id: UUID, agent_id: UUID, *, for_update: bool = False, is_deleted: bool = False
) -> AgentConfig | None:
    """Return one agent, or None; with `is_deleted` one that is in the bin."""
    query = select(AgentConfig).where(
        col(AgentConfig.id) == agent_id,
        col(AgentConfig.org_id) == org_id,
        col(AgentConfig.deleted_at).is_not(None) if is_deleted else col(AgentConfig.deleted_at).is_(None),
    )
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def agents(
    session: AsyncSession,
    org_id: UUID,
    *,
    agent_type: str = "",
    is_active: bool | None = None,
    is_deleted: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[AgentConfig], int]:
    """Return agents by age, newest first, and how many fit; with `is_deleted` those in the bin."""
    conditions = [
        col(AgentConfig.org_id) == org_id,
        col(AgentConfig.deleted_at).is_not(None) if is_deleted else col(AgentConfig.deleted_at).is_(None),
    ]
    if agent_type:
        conditions.append(col(AgentConfig.agent_type) == agent_type)
    if is_active is not None:
        conditions.append(col(AgentConfig.is_active) == is_active)
    total = (await session.execute(select(func.count()).select_from(AgentConfig).where(*conditions))).scalar_one()
    query = (
        select(AgentConfig)
        .where(*conditions)
        .order_by(col(AgentConfig.created_at).desc(), col(AgentConfig.id).desc())
        .offset(offset)
    )
    if limit is not None:
        query = query.limit(limit)
    return list((await session.execute(query)).scalars()), int(total)


async def names(session: AsyncSession, org_id: UUID) -> set[str]:
    """Return the names agents have."""
    query = select(col(AgentConfig.name)).where(
        col(AgentConfig.org_id) == org_id, col(AgentConfig.deleted_at).is_(None)
    )
    return set((await session.execute(query)).scalars())


async def oldest_other(session: AsyncSession, org_id: UUID, agent_id: UUID) -> AgentConfig | None:
    """Return the oldest agent beside this one, or None."""
    query = (
        select(AgentConfig)
        .where(
            col(AgentConfig.org_id) == org_id,
            col(AgentConfig.id) != agent_id,
            col(AgentConfig.deleted_at).is_(None),
        )
        .order_by(col(AgentConfig.created_at), col(AgentConfig.id))
        .limit(1)
        .with_for_update()
    )
    return (await session.execute(query)).scalars().first()


async def numbers_served(session: AsyncSession, org_id: UUID, agent_id: UUID) -> list[ServiceNumber]:
    """Return the numbers that have this agent in any slot."""
    query = (
        select(ServiceNumber)
        .where(
            col(ServiceNumber.org_id) == org_id,
            or_(
                col(ServiceNumber.agent_id) == agent_id,
                col(ServiceNumber.text_agent_id) == agent_id,
                col(ServiceNumber.outbound_agent_id) == agent_id,
            ),
        )
        .order_by(col(ServiceNumber.phone_number))
    )
    return list((await session.execute(query)).scalars())


async def has_widget(session: AsyncSession, org_id: UUID, agent_id: UUID) -> bool:
    """Tell whether a chat widget hands its visitors to this agent."""
    query = select(col(ChatWidget.id)).where(col(ChatWidget.org_id) == org_id, col(ChatWidget.agent_id) == agent_id)
    return (await session.execute(query.limit(1))).first() is not None


async def has_mailbox(session: AsyncSession, org_id: UUID, agent_id: UUID) -> bool:
    """Tell whether a mailbox hands its emails to this agent."""
    box = AgentEmailConfig
    query = select(col(box.id)).where(col(box.org_id) == org_id, col(box.agent_id) == agent_id)
    return (await session.execute(query.limit(1))).first() is not None


async def version(session: AsyncSession, org_id: UUID, agent_id: UUID, number: int) -> AgentVersion | None:
    """Return one published version, or None."""
    query = select(AgentVersion).where(
        col(AgentVersion.org_id) == org_id, col(AgentVersion.agent_id) == agent_id, col(AgentVersion.number) == number
    )
    return (await session.execute(query)).scalars().first()


async def versions(
    session: AsyncSession, org_id: UUID, agent_id: UUID, limit: int, before: int = 0
) -> Sequence[AgentVersion]:
    """Return published versions, newest first, below the number `before` when it is given."""
    conditions = [col(AgentVersion.org_id) == org_id, col(AgentVersion.agent_id) == agent_id]
    if before:
        conditions.append(col(AgentVersion.number) < before)
    query = select(AgentVersion).where(*conditions).order_by(col(AgentVersion.number).desc()).limit(limit)
    return (await session.execute(query)).scalars().all()


async def turn_figures(session: AsyncSession, org_id: UUID, since: datetime) -> Sequence[tuple[UUID, int, int, int]]:
    """Return (agent, turns answered, of these handed over, cost in micro-dollars) of the turns begun since."""
    answered = col(AgentTurn.status).in_([TurnStatus.ANSWERED, TurnStatus.DRAFTED, TurnStatus.HANDED_OFF])
    handed = col(AgentTurn.status) == TurnStatus.HANDED_OFF
    query = (
        select(
            col(AgentTurn.agent_id),
            func.count().filter(answered),
            func.count().filter(handed),
            func.coalesce(func.sum(col(AgentTurn.cost_micros)), 0),
        )
        .where(
            col(AgentTurn.org_id) == org_id,
            col(AgentTurn.created_at) >= since,
            col(AgentTurn.agent_id).is_not(None),
        )
        .group_by(col(AgentTurn.agent_id))
    )
    return [(row[0], int(row[1]), int(row[2]), int(row[3])) for row in await session.execute(query)]


@dataclass(frozen=True)
class Spent:
    """What a conversation's answers came to: how many, what they cost, and what running ones may still cost."""

    answers: int
    micros: int
    reserved_micros: int


async def spent(session: AsyncSession, turn: AgentTurn, since: datetime) -> Spent:
    """Return what the conversation of `turn` spent since then, in its part, beside the turn itself.

    What came before people took over because of a limit does not count any more.
    """
    of_part = (
        col(AgentTurn.org_id) == turn.org_id,
        col(AgentTurn.conversation_id) == turn.conversation_id,
        col(AgentTurn.part) == turn.part,
        col(AgentTurn.created_at) >= since,
        col(AgentTurn.id) != turn.id,
    )
    last = select(func.max(col(AgentTurn.created_at))).where(*of_part, col(AgentTurn.cap) != "").scalar_subquery()
    is_running = col(AgentTurn.status) == TurnStatus.RUNNING
    query = select(
        func.count().filter(col(AgentTurn.status) != TurnStatus.SKIPPED),
        func.coalesce(func.sum(col(AgentTurn.cost_micros)), 0),
        func.coalesce(func.sum(col(AgentTurn.reserved_micros)).filter(is_running), 0),
    ).where(*of_part, or_(last.is_(None), col(AgentTurn.created_at) > last))
    answers, micros, reserved = (await session.execute(query)).one()
    return Spent(int(answers), int(micros), int(reserved))


async def own_sources(session: AsyncSession, org_id: UUID, agent_id: UUID) -> list[KnowledgeSource]:
    """Return the texts that belong to this agent alone, oldest first."""
    query = (
        select(KnowledgeSource)
        .where(col(KnowledgeSource.org_id) == org_id, col(KnowledgeSource.agent_id) == agent_id)
        .order_by(col(KnowledgeSource.created_at), col(KnowledgeSource.id))
    )
    return list((await session.execute(query)).scalars())


async def last_editor(session: AsyncSession, org_id: UUID, agent_id: UUID) -> str:
    """Return who changed an agent last, or an empty string."""
    query = (
        select(col(AuditEntry.actor))
        .where(
            col(AuditEntry.org_id) == org_id,
            col(AuditEntry.subject_id) == str(agent_id),
            col(AuditEntry.action).like("%:agent:%"),
        )
        .order_by(col(AuditEntry.created_at).desc(), col(AuditEntry.id).desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none() or ""


async def turn(session: AsyncSession, org_id: UUID, turn_id: UUID, *, for_update: bool = False) -> AgentTurn | None:
    """Return one turn, or None."""
    query = select(AgentTurn).where(col(AgentTurn.id) == turn_id, col(AgentTurn.org_id) == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def turn_of_message(session: AsyncSession, org_id: UUID, message_id: UUID) -> AgentTurn | None:
    """Return the turn a text set off, locked, or None."""
    query = (
        select(AgentTurn)
        .where(col(AgentTurn.trigger_message_id) == message_id, col(AgentTurn.org_id) == org_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().first()


async def is_waiting(session: AsyncSession, org_id: UUID, conversation_id: UUID, session_id: str) -> bool:
    """Tell whether an agent waits for the team in this part of a conversation: a web chat, or all that is none."""
    chat = func.coalesce(col(ConversationItem.data)["session_id"].astext, "")
    query = (
        select(AgentTurn.id)  # type: ignore[call-overload]
        .join(ConversationItem, col(ConversationItem.record_id) == col(AgentTurn.trigger_message_id))
        .where(
            col(AgentTurn.org_id) == org_id,
            col(AgentTurn.conversation_id) == conversation_id,
            text("agent_turns.status = 'waiting'"),
            chat == session_id,
        )
        .limit(1)
    )
    return (await session.execute(query)).first() is not None


async def unanswered(
    session: AsyncSession, org_id: UUID, item: ConversationItem, session_id: str
) -> Sequence[ConversationItem]:
    """Return what the customer wrote after a message, in this part of its conversation, oldest first."""
    chat = func.coalesce(col(ConversationItem.data)["session_id"].astext, "")
    query = (
        select(ConversationItem)
        .where(
            col(ConversationItem.org_id) == org_id,
            col(ConversationItem.conversation_id) == item.conversation_id,
            col(ConversationItem.seq) > item.seq,
            col(ConversationItem.kind) == ItemKind.MESSAGE,
            col(ConversationItem.direction) == Direction.INBOUND,
            col(ConversationItem.channel) == item.channel,
            chat == session_id,
        )
        .order_by(col(ConversationItem.seq))
    )
    return (await session.execute(query)).scalars().all()


async def message(session: AsyncSession, org_id: UUID, message_id: UUID) -> SmsMessage | None:
    """Return one text, or None."""
    query = select(SmsMessage).where(col(SmsMessage.id) == message_id, col(SmsMessage.org_id) == org_id)
    return (await session.execute(query)).scalars().first()


async def item_of(session: AsyncSession, org_id: UUID, record_id: UUID) -> ConversationItem | None:
    """Return the timeline's row of a text, or None."""
    query = select(ConversationItem).where(
        col(ConversationItem.org_id) == org_id, col(ConversationItem.record_id) == record_id
    )
    return (await session.execute(query)).scalars().first()


async def newest_items(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, limit: int
) -> Sequence[ConversationItem]:
    """Return the newest rows of a timeline."""
    query = (
        select(ConversationItem)
        .where(col(ConversationItem.org_id) == org_id, col(ConversationItem.conversation_id) == conversation_id)
        .order_by(col(ConversationItem.seq).desc())
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def items_before(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, seq: int, limit: int
) -> Sequence[ConversationItem]:
    """Return the newest rows of a timeline below a place."""
    query = (
        select(ConversationItem)
        .where(
            col(ConversationItem.org_id) == org_id,
            col(ConversationItem.conversation_id) == conversation_id,
            col(ConversationItem.seq) < seq,
        )
        .order_by(col(ConversationItem.seq).desc())
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def turns_of_conversation(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> Sequence[AgentTurn]:
    """Return the turns of a conversation, oldest first, at most the newest 100."""
    query = (
        select(AgentTurn)
        .where(col(AgentTurn.org_id) == org_id, col(AgentTurn.conversation_id) == conversation_id)
        .order_by(col(AgentTurn.created_at).desc(), col(AgentTurn.id).desc())
        .limit(100)
    )
    return (await session.execute(query)).scalars().all()[::-1]


async def past_turns(
    session: AsyncSession, org_id: UUID, agent_id: UUID, conversations: int, turns_each: int
) -> list[AgentTurn]:
    """Return the newest turns an agent took in its newest conversations, oldest first in each.

    A turn that was never begun, broke, or was left to people says nothing of what the agent decides; one that stayed
    silent because of the hours does.
    """
    decided = col(AgentTurn.status).in_([TurnStatus.ANSWERED, TurnStatus.DRAFTED, TurnStatus.HANDED_OFF])
    own = [col(AgentTurn.org_id) == org_id, col(AgentTurn.agent_id) == agent_id]
    newest = (
        select(col(AgentTurn.conversation_id).label("id"), func.max(col(AgentTurn.created_at)).label("at"))
        .where(*own, decided)
        .group_by(col(AgentTurn.conversation_id))
        .order_by(func.max(col(AgentTurn.created_at)).desc())
        .limit(conversations)
        .subquery()
    )
    place = (
        func.row_number()
        .over(partition_by=col(AgentTurn.conversation_id), order_by=col(AgentTurn.created_at).desc())
        .label("place")
    )
    numbered = (
        select(col(AgentTurn.id).label("id"), place)
        .where(
            *own,
            or_(decided, col(AgentTurn.reason) == OUTSIDE_HOURS),
            col(AgentTurn.conversation_id).in_(select(newest.c.id)),
        )
        .subquery()
    )
    query = (
        select(AgentTurn)
        .join(numbered, numbered.c.id == col(AgentTurn.id))
        .join(newest, newest.c.id == col(AgentTurn.conversation_id))
        .where(numbered.c.place <= turns_each)
        .order_by(newest.c.at.desc(), col(AgentTurn.created_at), col(AgentTurn.id))
    )
    return list((await session.execute(query)).scalars())
