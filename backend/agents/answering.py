"""Answer one text exactly once: check who answers, run the turn with no transaction open, and store what came of it.

A turn is a row, unique by the text that set it off. Whoever runs it holds a lease on that row; a second run finds the
answer, waits for a live one, or takes over from a dead one, and the reply's own key lets it be sent only once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import after_hours, history, queries, replies, runtime, tools
from backend.agents import service as agents
from backend.agents.retrieval import retriever
from backend.agents.schemas import Customer, TurnRecord, TurnRequest
from backend.agents.specs import spec_of
from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Refused, Unavailable
from backend.core.logging import log
from backend.core.tenancy import org_id_of, unit_of_work
from backend.messaging import service as messaging
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.vocab import AnswerMode, AuthorKind, Channel, Direction, ItemKind, TurnStatus

# A live turn ends within the runtime's limit; a lease older than that belongs to a process that died.
LEASE = timedelta(seconds=runtime.WALL_LIMIT_S + 15)
INTERRUPTED = "interrupted"
BROKEN = "the agent's answer failed again and again"
# The window of the model is counted in messages; notes and events stand between them.
ITEMS_READ = 80


@dataclass(frozen=True)
class _Claimed:
    """A turn that is ours to run, with all it needs."""

    turn_id: UUID
    request: TurnRequest


async def answer(message_id: UUID) -> None:
    """Have the agent answer one text, once; runs in the organization scope of its caller.

    Raises `Unavailable` while another process runs the same turn.
    """
    async with unit_of_work() as session:
        claimed = await _claim(session, message_id)
    if claimed is None:
        return
    try:
        record = await runtime.turn(claimed.request)
        async with unit_of_work() as session:
            await _store(session, claimed.turn_id, record)
    except BaseException:
        await _let_go(claimed.turn_id)
        raise


async def give_up(message_id: UUID) -> None:
    """Hand a text whose answer failed for good to people, and tell the customer that they will write.

    Nothing happens when it was answered after all. Runs in the organization scope of its caller.
    """
    async with unit_of_work() as session:
        org_id = org_id_of(session)
        message = await queries.message(session, org_id, message_id)
        if message is None:
            return
        conversation = await conversations.locked(session, message.conversation_id)
        turn = await queries.turn_of_message(session, org_id, message.id)
        if turn is not None and turn.status != TurnStatus.RUNNING:
            return
        number = await session.get(ServiceNumber, message.number_id) if message.number_id else None
        agent = await agents.for_texts(session, number) if number is not None else None
        turn = turn or _new_turn(message, agent)
        mode = conversations.answering(conversation)
        if mode == AnswerMode.HUMAN:
            await _skip(session, turn, BROKEN)
            return
        turn.reply, turn.reason, turn.finished_at = replies.hand_over(agent.language if agent else ""), "", clock.now()
        turn.status, turn.is_unanswered = TurnStatus.HANDED_OFF, True
        session.add(turn)
        await session.flush()
        if mode == AnswerMode.AI:
            await _send(session, turn, conversation)
        if turn.status == TurnStatus.SKIPPED:
            return
        turn.status, turn.reason = TurnStatus.HANDED_OFF, BROKEN
        session.add(turn)
        await conversations.call_for_person(session, conversation, BROKEN)


async def _claim(session: AsyncSession, message_id: UUID) -> _Claimed | None:
    org_id = org_id_of(session)
    message = await queries.message(session, org_id, message_id)
    if message is None or message.direction != Direction.INBOUND:
        log.warning("agents.no_such_text", message=str(message_id))
        return None
    # The conversation's lock comes first everywhere, so that nobody waits in a circle.
    conversation = await conversations.locked(session, message.conversation_id)
    turn = await queries.turn_of_message(session, org_id, message.id)
    if turn is not None and not _is_ours_to_run(turn):
        return None
    item = await queries.item_of(session, org_id, message.id)
    number = await session.get(ServiceNumber, message.number_id) if message.number_id else None
    agent = await agents.for_texts(session, number) if number is not None else None
    if turn is None:
        turn = _new_turn(message, agent)
    turn.reason, turn.updated_at = "", clock.now()
    session.add(turn)
    await session.flush()
    if number is None or item is None:
        await _skip(session, turn, "The number of this text is gone.")
        return None
    if agent is None or not agent.is_active:
        await _skip(session, turn, "No agent is switched on for this number.")
        if conversations.answering(conversation) != AnswerMode.HUMAN:
            await conversations.call_for_person(session, conversation, "the agent of this number is switched off")
        return None
    contact = await contacts.get(session, conversation.contact_id)
    if await _is_refused(session, turn, conversation, contact, number):
        return None
    if not agents.hours_now(agent).is_open:
        await _skip(session, turn, "Outside the agent's hours.")
        await after_hours.say_closed(session, agent, conversation, number, contact, message)
        return None
    items = await queries.newest_items(session, org_id, conversation.id, ITEMS_READ)
    return _Claimed(turn.id, await _request(session, agent, contact, items, item))


def _new_turn(message: SmsMessage, agent: AgentConfig | None) -> AgentTurn:
    return AgentTurn(
        org_id=message.org_id,
        conversation_id=message.conversation_id,
        trigger_message_id=message.id,
        agent_id=agent.id if agent else None,
        agent_name=agent.name if agent else "",
        agent_version=agent.version if agent else 1,
    )


def _is_ours_to_run(turn: AgentTurn) -> bool:
    if turn.status != TurnStatus.RUNNING:
        return False
    if turn.reason != INTERRUPTED and turn.updated_at > clock.now() - LEASE:
        raise Unavailable("Another process is answering this text.", code="turn_running")
    return True


async def _is_refused(
    session: AsyncSession, turn: AgentTurn, conversation: Conversation, contact: Contact, number: ServiceNumber
) -> bool:
    """Tell whether the agent must stay silent, and note why on the turn."""
    if conversations.answering(conversation) == AnswerMode.HUMAN:
        await _skip(session, turn, "People answer this conversation.")
        return True
    verdict = await compliance.may_contact(
        session, contact, Channel.SMS, "reply", clock.now(), sender=number.phone_number
    )
    if not verdict.allowed:
        await _skip(session, turn, verdict.message)
    return not verdict.allowed


async def _request(
    session: AsyncSession,
    agent: AgentConfig,
    contact: Contact,
    items: Sequence[ConversationItem],
    item: ConversationItem,
) -> TurnRequest:
    return TurnRequest(
        agent=await spec_of(session, agent),
        customer=Customer(contact.name, contact.phone_number or ""),
        history=history.lines(items, item.seq),
        text=history.said(item.body, item.data) or "(empty message)",
        retrieve=retriever(agent.id),
    )


async def _skip(session: AsyncSession, turn: AgentTurn, reason: str) -> None:
    turn.status, turn.reason, turn.finished_at = TurnStatus.SKIPPED, reason, clock.now()
    session.add(turn)
    await session.flush()


async def _store(session: AsyncSession, turn_id: UUID, record: TurnRecord) -> None:
    """Store what a turn came to: the reply is queued or drafted, effects are applied, and all of it is one commit."""
    org_id = org_id_of(session)
    known = (await session.exec(select(AgentTurn).where(AgentTurn.id == turn_id, AgentTurn.org_id == org_id))).one()
    conversation = await conversations.locked(session, known.conversation_id)
    turn = await queries.turn(session, org_id, turn_id, for_update=True)
    if turn is None or turn.status != TurnStatus.RUNNING:
        return
    _note(turn, record)
    session.add(turn)
    await session.flush()
    mode = conversations.answering(conversation)
    if mode == AnswerMode.HUMAN and record.failure:
        await _skip(session, turn, record.failure)
        return
    if mode == AnswerMode.HUMAN:
        await _draft(session, turn, conversation, "A person took over while the agent was writing.")
        return
    await _apply(session, conversation, record)
    if mode == AnswerMode.DRAFT:
        await _draft(session, turn, conversation, "The agent drafts, and a person approves.")
    else:
        await _send(session, turn, conversation)
    if record.hand_over_reason:
        if turn.status == TurnStatus.ANSWERED:
            turn.status = TurnStatus.HANDED_OFF
        turn.reason = turn.reason or record.hand_over_reason
        session.add(turn)
        await conversations.call_for_person(session, conversation, record.hand_over_reason)


def _note(turn: AgentTurn, record: TurnRecord) -> None:
    turn.reply, turn.is_unanswered, turn.prompt, turn.model = (
        record.reply,
        record.is_unanswered,
        record.prompt,
        record.model,
    )
    turn.sources, turn.tools = record.sources, record.tools
    turn.attempts = [dict(attempt) for attempt in record.attempts]
    turn.tokens_in, turn.tokens_out, turn.cost_micros = record.tokens_in, record.tokens_out, record.cost_micros
    turn.retrieval_ms, turn.model_ms, turn.total_ms = record.retrieval_ms, record.model_ms, record.total_ms
    turn.reason, turn.finished_at = record.failure or record.remark, clock.now()


async def _apply(session: AsyncSession, conversation: Conversation, record: TurnRecord) -> None:
    """Do what tools asked for; handing over comes last, after the reply."""
    for effect in record.effects:
        if effect.kind == tools.NAME_CONTACT:
            contact = await contacts.rename(session, conversation.contact_id, effect.value)
            await conversations.note_event(
                session, conversation, f"The agent saved the name {contact.name}", contact_id=str(contact.id)
            )


async def _author(session: AsyncSession, turn: AgentTurn) -> tuple[Author, dict[str, object]]:
    item = await queries.item_of(session, turn.org_id, turn.trigger_message_id)
    data: dict[str, object] = {
        "turn_id": str(turn.id),
        "agent_version": turn.agent_version,
        history.ANSWERS: item.seq if item else 0,
    }
    if turn.is_unanswered:
        data["is_unanswered"] = True
    return Author(AuthorKind.AGENT, turn.agent_name, turn.agent_id), data


async def _draft(session: AsyncSession, turn: AgentTurn, conversation: Conversation, reason: str) -> None:
    author, data = await _author(session, turn)
    message = await queries.message(session, turn.org_id, turn.trigger_message_id)
    await conversations.append(
        session,
        conversation,
        kind=ItemKind.DRAFT,
        author=author,
        body=turn.reply,
        channel=Channel.SMS,
        direction=Direction.OUTBOUND,
        status="pending",
        data={
            **data,
            "number_id": str(message.number_id or "") if message else "",
            "service_number": message.recipient_number if message else "",
        },
    )
    turn.status, turn.reason = TurnStatus.DRAFTED, turn.reason or reason
    session.add(turn)
    await session.flush()


async def _send(session: AsyncSession, turn: AgentTurn, conversation: Conversation) -> None:
    message = await queries.message(session, turn.org_id, turn.trigger_message_id)
    number = await session.get(ServiceNumber, message.number_id) if message and message.number_id else None
    if number is None:
        await _skip(session, turn, "The number of this text is gone.")
        return
    author, data = await _author(session, turn)
    try:
        sent: SmsMessage = await messaging.queue_text(
            session,
            conversation,
            number,
            turn.reply,
            author,
            agent_id=turn.agent_id,
            is_ai=True,
            dedupe_key=f"turn:{turn.id}",
            data=data,
        )
    except Refused as refusal:
        # Somebody opted out while the agent was writing: what they asked for is silence.
        await _skip(session, turn, refusal.message)
        return
    turn.status, turn.reply_message_id = TurnStatus.ANSWERED, sent.id
    session.add(turn)
    await session.flush()


async def _let_go(turn_id: UUID) -> None:
    """Give up the lease of a turn that broke, so that the next run need not wait for it to end."""
    try:
        async with unit_of_work() as session:
            turn = await queries.turn(session, org_id_of(session), turn_id, for_update=True)
            if turn is not None and turn.status == TurnStatus.RUNNING:
                turn.reason = INTERRUPTED
                session.add(turn)
    except Exception as error:
        # The lease runs out by itself; the error that broke the turn is the one to see.
        log.warning("agents.lease_kept", turn=str(turn_id), error=repr(error))
