"""Answer one message exactly once: check who answers, run the turn with no transaction open, and store what came of it.

A turn is a row, unique by the message that set it off; what its channel needs is a `posts.Post`. Whoever runs it holds
a lease on that row; a second run finds the answer, waits for a live one, or takes over from a dead one, and the reply's
own key lets it be sent only once.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import caps, chat_post, function_calls, history, queries, replies, runtime, text_post, tools
from backend.agents import service as agents
from backend.agents.posts import Post, Writer
from backend.agents.retrieval import retriever
from backend.agents.schemas import TurnRecord, TurnRequest
from backend.agents.specs import spec_of
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Conflict, NotFound, Refused, Unavailable
from backend.core.logging import log
from backend.core.tenancy import org_id_of, unit_of_work
from backend.details import service as details
from backend.functions import service as functions
from backend.functions.schemas import CallSetting
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem
from backend.vendors.openai_models import OnText
from backend.vocab import AnswerMode, AuthorKind, Channel, Direction, ItemKind, TurnStatus

# A live turn ends within the runtime's limit; a lease older than that belongs to a process that died.
LEASE = timedelta(seconds=runtime.WALL_LIMIT_S + 15)
INTERRUPTED = "interrupted"
BROKEN = "the agent's answer failed again and again"
_LOADERS: Mapping[Channel, Callable[[AsyncSession, UUID], Awaitable[Post | None]]] = {
    Channel.SMS: text_post.load,
    Channel.CHAT: chat_post.load,
}


@dataclass(frozen=True)
class _Claimed:
    """A turn that is ours to run, with all it needs."""

    turn_id: UUID
    request: TurnRequest
    writer: Writer | None


async def answer(message_id: UUID, channel: Channel = Channel.SMS) -> None:
    """Have the agent answer one message, once; runs in the organization scope of its caller.

    Raises `Unavailable` while another process runs the same turn.
    """
    async with unit_of_work() as session:
        claimed = await _claim(session, message_id, channel)
    if claimed is None:
        return
    try:
        try:
            record = await runtime.turn(claimed.request)
        finally:
            if claimed.writer is not None:
                await claimed.writer.end()
        async with unit_of_work() as session:
            await _store(session, claimed.turn_id, record)
    except BaseException:
        await _let_go(claimed.turn_id)
        raise


async def give_up(message_id: UUID, channel: Channel = Channel.SMS) -> None:
    """Hand a message whose answer failed for good to people, and tell the customer that they will write.

    Nothing happens when it was answered after all. Runs in the organization scope of its caller.
    """
    async with unit_of_work() as session:
        post = await _LOADERS[channel](session, message_id)
        if post is None:
            return
        conversation = await _held(session, post.conversation_id)
        turn = await queries.turn_of_message(session, post.org_id, post.message_id)
        if turn is not None and turn.status != TurnStatus.RUNNING:
            return
        turn = turn or _new_turn(post)
        mode = _mode(post, conversation)
        if mode == AnswerMode.HUMAN:
            await _skip(session, turn, BROKEN)
            return
        turn.is_unanswered = True
        await _hand_off(session, post, turn, conversation, BROKEN)


async def _hand_off(
    session: AsyncSession, post: Post, turn: AgentTurn, conversation: Conversation, reason: str
) -> None:
    """Tell the customer that people will write, unless a person approves what is sent, and call for them."""
    language = post.agent.language if post.agent else ""
    turn.reply, turn.reason, turn.finished_at = replies.hand_over(language), "", clock.now()
    turn.status = TurnStatus.HANDED_OFF
    session.add(turn)
    await session.flush()
    if _mode(post, conversation) == AnswerMode.AI:
        await _send(session, post, turn, conversation)
    if turn.status == TurnStatus.SKIPPED:
        return
    turn.status, turn.reason = TurnStatus.HANDED_OFF, reason
    session.add(turn)
    await post.call_for_person(session, conversation, reason)


async def _claim(session: AsyncSession, message_id: UUID, channel: Channel) -> _Claimed | None:
    post = await _LOADERS[channel](session, message_id)
    if post is None:
        log.warning("agents.no_such_message", message=str(message_id), channel=channel)
        return None
    # The conversation's lock comes first everywhere, so that nobody waits in a circle.
    conversation = await _held(session, post.conversation_id)
    turn = await queries.turn_of_message(session, post.org_id, post.message_id)
    if turn is not None and not _is_ours_to_run(turn):
        return None
    item = await queries.item_of(session, post.org_id, post.message_id)
    if item is not None and item.conversation_id != conversation.id:
        raise _moved()
    turn = turn or _new_turn(post)
    turn.reason, turn.updated_at, turn.sentiment = "", clock.now(), conversation.sentiment
    session.add(turn)
    await session.flush()
    if post.no_way or item is None:
        await _skip(session, turn, post.no_way or "This message is gone.")
        return None
    agent = post.agent
    if agent is None or not agent.is_active:
        await _skip(session, turn, "No agent is switched on here.")
        if _mode(post, conversation) != AnswerMode.HUMAN:
            await post.call_for_person(session, conversation, post.no_agent)
        return None
    contact = await contacts.get(session, conversation.contact_id)
    refusal = await _refusal(session, post, conversation, contact)
    if refusal:
        await _skip(session, turn, refusal)
        return None
    if not agents.hours_now(agent, post.channel).is_open:
        await _skip(session, turn, "Outside the agent's hours.")
        await post.say_closed(session, agent, conversation, contact)
        return None
    allowance = await caps.allowed(session, agent, turn)
    if allowance.reached:
        turn.cap = allowance.reached
        await _hand_off(session, post, turn, conversation, allowance.reason)
        return None
    turn.reserved_micros = allowance.micros
    writer = post.writer(turn.id)
    request = await _request(session, post, agent, contact, item, turn.id, writer)
    request = replace(request, cost_micros=allowance.micros)
    if _mode(post, conversation) == AnswerMode.DRAFT:
        # Nobody has approved anything yet: what changes something elsewhere is not on offer.
        request = replace(request, agent=function_calls.reading(request.agent))
    return _Claimed(turn.id, request, writer)


async def _held(session: AsyncSession, conversation_id: UUID) -> Conversation:
    """Return a conversation locked; one that was merged away since its id was read is a matter for the next run."""
    try:
        return await conversations.locked(session, conversation_id)
    except NotFound:
        raise _moved() from None


def _moved() -> Unavailable:
    return Unavailable("The message moved to another conversation meanwhile.", code="turn_moved")


def _new_turn(post: Post) -> AgentTurn:
    agent = post.agent
    return AgentTurn(
        org_id=post.org_id,
        conversation_id=post.conversation_id,
        channel=post.channel,
        trigger_message_id=post.message_id,
        agent_id=agent.id if agent else None,
        agent_name=agent.name if agent else "",
        agent_version=agent.version if agent else 1,
        part=post.parts[-1],
    )


def _is_ours_to_run(turn: AgentTurn) -> bool:
    if turn.status != TurnStatus.RUNNING:
        return False
    if turn.reason != INTERRUPTED and turn.updated_at > clock.now() - LEASE:
        raise Unavailable("Another process is answering this message.", code="turn_running")
    return True


def _mode(post: Post, conversation: Conversation) -> AnswerMode:
    """Return who answers a message now."""
    return AnswerMode.HUMAN if post.is_with_people else conversations.answering(conversation)


async def _refusal(session: AsyncSession, post: Post, conversation: Conversation, contact: Contact) -> str:
    """Return why the agent must stay silent, or an empty string."""
    if _mode(post, conversation) == AnswerMode.HUMAN:
        return "People answer this conversation."
    return await post.refusal(session, contact)


async def _request(
    session: AsyncSession,
    post: Post,
    agent: AgentConfig,
    contact: Contact,
    item: ConversationItem,
    turn_id: UUID,
    writer: Writer | None,
) -> TurnRequest:
    setting = await post.setting(session, contact)
    found = await details.found_in(session, post.conversation_id, post.parts)
    spec = await spec_of(session, agent)
    if setting.most_tokens is not None:
        spec = replace(spec, max_tokens=min(spec.max_tokens, setting.most_tokens))
    return TurnRequest(
        agent=spec,
        customer=setting.customer,
        history=history.lines(setting.items, item.seq, post.session_id),
        text=history.said(item.body, item.data) or "(empty message)",
        retrieve=retriever(agent.id),
        channel=post.channel,
        notes=(*setting.notes, *history.briefs(setting.items, post.session_id)),
        found=found,
        call_function=function_calls.caller(
            CallSetting(
                org_id=post.org_id,
                agent_id=agent.id,
                agent_name=spec.name,
                agent_version=spec.version,
                channel=post.channel,
                conversation_id=post.conversation_id,
                turn_id=turn_id,
                known=function_calls.known(spec, setting.customer, found),
            )
        ),
        on_text=_shown_by(writer) if writer is not None else None,
    )


def _shown_by(writer: Writer) -> OnText:
    """Return what shows an answer as it will be sent: mended while it grows."""

    async def show(text_so_far: str) -> None:
        await writer.grow(replies.mended(text_so_far))

    return show


async def _skip(session: AsyncSession, turn: AgentTurn, reason: str) -> None:
    turn.status, turn.reason, turn.finished_at = TurnStatus.SKIPPED, reason, clock.now()
    session.add(turn)
    await session.flush()


async def _store(session: AsyncSession, turn_id: UUID, record: TurnRecord) -> None:
    """Store what a turn came to: the reply is queued or drafted, effects are applied, and all of it is one commit."""
    org_id = org_id_of(session)
    known = (await session.exec(select(AgentTurn).where(AgentTurn.id == turn_id, AgentTurn.org_id == org_id))).one()
    conversation = await _held(session, known.conversation_id)
    turn = await queries.turn(session, org_id, turn_id, for_update=True)
    if turn is None or turn.status != TurnStatus.RUNNING:
        return
    if turn.conversation_id != conversation.id:
        raise _moved()
    post = await _LOADERS[Channel(turn.channel)](session, turn.trigger_message_id)
    if post is None:
        await _skip(session, turn, "This message is gone.")
        return
    if record.is_capped and post.agent is not None:
        reached = caps.too_dear(post.agent)
        turn.cap, record.failure, record.hand_over_reason = reached.reached, reached.reason, reached.reason
    _note(turn, record)
    session.add(turn)
    await session.flush()
    await functions.log(session, _setting(turn), record.tools)
    mode = _mode(post, conversation)
    if mode == AnswerMode.HUMAN and record.failure:
        await _skip(session, turn, record.failure)
        return
    if mode == AnswerMode.HUMAN:
        await _draft(session, post, turn, conversation, "A person took over while the agent was writing.")
        return
    await _apply(session, post, turn, conversation, record)
    if mode == AnswerMode.DRAFT:
        await _draft(session, post, turn, conversation, "The agent drafts, and a person approves.")
    else:
        await _send(session, post, turn, conversation)
    if record.hand_over_reason:
        if turn.status == TurnStatus.ANSWERED:
            turn.status = TurnStatus.HANDED_OFF
        turn.reason = turn.reason or record.hand_over_reason
        session.add(turn)
        await post.call_for_person(session, conversation, record.hand_over_reason)


def _setting(turn: AgentTurn) -> CallSetting:
    """Return what the log of calls says of a turn."""
    return CallSetting(
        org_id=turn.org_id,
        agent_id=turn.agent_id,
        agent_name=turn.agent_name,
        agent_version=turn.agent_version,
        channel=turn.channel,
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
    )


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


async def _apply(
    session: AsyncSession, post: Post, turn: AgentTurn, conversation: Conversation, record: TurnRecord
) -> None:
    """Do what tools asked for; handing over comes last, after the reply."""
    for effect in record.effects:
        if effect.kind == tools.NAME_CONTACT:
            await post.name_customer(session, conversation, effect.value)
        elif effect.kind == tools.KEEP_DETAILS:
            await details.store(
                session,
                conversation.id,
                tools.kept_details(effect),
                agent_id=turn.agent_id,
                agent_name=turn.agent_name,
                channel=post.channel,
                part=post.parts[-1],
            )


async def _said_about(session: AsyncSession, turn: AgentTurn) -> dict[str, object]:
    """Return what the timeline keeps beside a reply."""
    item = await queries.item_of(session, turn.org_id, turn.trigger_message_id)
    data: dict[str, object] = {
        "turn_id": str(turn.id),
        "agent_version": turn.agent_version,
        history.ANSWERS: item.seq if item else 0,
    }
    if turn.is_unanswered:
        data["is_unanswered"] = True
    return data


async def _draft(session: AsyncSession, post: Post, turn: AgentTurn, conversation: Conversation, reason: str) -> None:
    await conversations.append(
        session,
        conversation,
        kind=ItemKind.DRAFT,
        author=Author(AuthorKind.AGENT, turn.agent_name, turn.agent_id),
        body=turn.reply,
        channel=post.channel,
        direction=Direction.OUTBOUND,
        status="pending",
        data={**await _said_about(session, turn), **post.draft_data()},
    )
    turn.status, turn.reason = TurnStatus.DRAFTED, turn.reason or reason
    session.add(turn)
    await session.flush()


async def _send(session: AsyncSession, post: Post, turn: AgentTurn, conversation: Conversation) -> None:
    if post.no_way:
        await _skip(session, turn, post.no_way)
        return
    try:
        sent_id = await post.send(session, conversation, turn, await _said_about(session, turn))
    except (Refused, Conflict) as refusal:
        # Somebody opted out or left while the agent was writing: what they asked for is silence.
        await _skip(session, turn, refusal.message)
        return
    turn.status, turn.reply_message_id = TurnStatus.ANSWERED, sent_id
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
