"""Store what a turn came to, all in one commit: its reply leaves or is drafted, what it asked for is done or asked."""

from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import caps, history, kinds, memory_tools, posting, queries, replies, tools, transferring
from backend.agents.posts import Place, Post
from backend.agents.schemas import AgentSpec, TurnRecord
from backend.approvals import service as approvals
from backend.approvals.schemas import Wish
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Conflict, Refused
from backend.core.logging import log
from backend.core.tenancy import org_id_of
from backend.details import service as details
from backend.functions import service as functions
from backend.functions.schemas import CallSetting
from backend.memory.schemas import Asker
from backend.models.agents import AgentTurn
from backend.models.conversations import Conversation
from backend.vocab import AnswerMode, AuthorKind, Channel, Direction, ItemKind, ToolCallStatus, TurnStatus

_TAKEN_OVER = "A person took over while the agent was writing."


async def store(
    session: AsyncSession, turn_id: UUID, record: TurnRecord, spec: AgentSpec, message_id: UUID | None = None
) -> None:
    """Store what a turn came to; `message_id` is the last message it answers, unless that is the one it began with.

    Nothing happens to a turn that was stored before. Raises `Unavailable` when its conversation moved meanwhile.
    """
    org_id = org_id_of(session)
    known = (await session.exec(select(AgentTurn).where(AgentTurn.id == turn_id, AgentTurn.org_id == org_id))).one()
    conversation = await posting.held(session, known.conversation_id)
    turn = await queries.turn(session, org_id, turn_id, for_update=True)
    if turn is None or turn.status != TurnStatus.RUNNING:
        return
    if turn.conversation_id != conversation.id:
        raise posting.moved()
    answered = message_id or turn.trigger_message_id
    post = await posting.load(session, Channel(turn.channel), answered)
    if post is None:
        await skip(session, turn, "This message is gone.")
        return
    if record.is_capped and post.agent is not None:
        reached = caps.too_dear(post.agent)
        turn.cap, record.failure, record.hand_over_reason = reached.reached, reached.reason, reached.reason
    mode = posting.mode(post, conversation)
    setting = setting_of(turn, post)
    is_asking = record.is_waiting and mode == AnswerMode.AI
    if is_asking:
        await _ask(session, conversation, post, turn, spec, setting, record, answered)
    elif record.is_waiting:
        _leave_undone(record)
    note(turn, record)
    session.add(turn)
    await session.flush()
    await functions.log(session, setting, record.tools)
    if is_asking:
        await apply(session, post, turn, conversation, record)
        if reason := tools.hand_over_reason(record.effects):
            await post.call_for_person(session, conversation, reason)
    elif record.is_waiting or (mode == AnswerMode.HUMAN and record.failure):
        await skip(session, turn, record.failure or _TAKEN_OVER)
    elif mode == AnswerMode.HUMAN:
        await _draft(session, post, turn, conversation, _TAKEN_OVER, answered)
    else:
        await _answer(session, post, turn, conversation, record, answered, mode)


async def _answer(
    session: AsyncSession,
    post: Post,
    turn: AgentTurn,
    conversation: Conversation,
    record: TurnRecord,
    answered: UUID,
    mode: AnswerMode,
) -> None:
    """Carry out what a turn asked for, send or draft its reply, and call a person where it says so."""
    await apply(session, post, turn, conversation, record)
    if mode == AnswerMode.DRAFT:
        await _draft(session, post, turn, conversation, "The agent drafts, and a person approves.", answered)
    else:
        await send(session, post, turn, conversation, answered)
    if record.hand_over_reason:
        if turn.status == TurnStatus.ANSWERED:
            turn.status = TurnStatus.HANDED_OFF
        turn.reason = turn.reason or record.hand_over_reason
        session.add(turn)
        await post.call_for_person(session, conversation, record.hand_over_reason)


async def skip(session: AsyncSession, turn: AgentTurn, reason: str) -> None:
    """End a turn without a reply."""
    turn.status, turn.reason, turn.finished_at = TurnStatus.SKIPPED, reason, clock.now()
    session.add(turn)
    await session.flush()


async def keep_silent(session: AsyncSession, turn_id: UUID, record: TurnRecord, reason: str) -> None:
    """End a turn that was running without a reply, and keep what it called."""
    turn = await queries.turn(session, org_id_of(session), turn_id, for_update=True)
    if turn is not None and turn.status == TurnStatus.RUNNING:
        turn.tools = record.tools
        await skip(session, turn, reason)


async def send(
    session: AsyncSession, post: Post, turn: AgentTurn, conversation: Conversation, answered: UUID | None = None
) -> None:
    """Send a turn's reply; what speaks against it ends the turn in silence."""
    if post.no_way:
        await skip(session, turn, post.no_way)
        return
    try:
        about = await _said_about(session, turn, answered or turn.trigger_message_id)
        sent_id = await post.send(session, conversation, turn, about)
    except (Refused, Conflict) as refusal:
        # Somebody opted out or left while the agent was writing: what they asked for is silence.
        await skip(session, turn, refusal.message)
        return
    turn.status, turn.reply_message_id = TurnStatus.ANSWERED, sent_id
    session.add(turn)
    await session.flush()


def setting_of(turn: AgentTurn, post: Post) -> CallSetting:
    """Return what calls of a turn rest on."""
    return CallSetting(
        org_id=turn.org_id,
        agent_id=turn.agent_id,
        agent_name=turn.agent_name,
        agent_version=turn.agent_version,
        channel=turn.channel,
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        session_id=post.session_id,
        is_proven=details.CERTAIN in post.parts,
    )


async def _ask(
    session: AsyncSession,
    conversation: Conversation,
    post: Post,
    turn: AgentTurn,
    spec: AgentSpec,
    setting: CallSetting,
    record: TurnRecord,
    answered: UUID,
) -> None:
    """Ask the team about what a turn wished for, tell the customer so, and let the conversation wait."""
    offers = {one.name: one for one in spec.tools}
    waiting = [
        (place, entry)
        for place, entry in enumerate(record.tools)
        if entry["status"] == ToolCallStatus.WAITING and not entry["call_id"]
    ]
    wishes = [
        Wish(
            offers[entry["name"]],
            dict(entry["arguments"]),
            kinds.of(offers[entry["name"]]).words(offers[entry["name"]], entry["arguments"]),
            f"{turn.id}:{place}",
        )
        for place, entry in waiting
    ]
    more = {"session_id": post.session_id} if post.session_id else {}
    asked = await approvals.ask(session, conversation, setting, wishes, spec.asking.minutes, **more)
    for (_, entry), call_id in zip(waiting, asked, strict=True):
        entry["call_id"] = str(call_id)
    turn.status = TurnStatus.WAITING
    if not spec.asking.tells_customer or post.no_way:
        return
    words = spec.asking.words or replies.waiting(spec.language)
    about = await _said_about(session, turn, answered)
    try:
        await post.send(session, conversation, turn, about, text=words, once=f"turn:{turn.id}:waits")
    except (Refused, Conflict) as refusal:
        log.info("agents.waiting_not_said", code=refusal.code)


def _leave_undone(record: TurnRecord) -> None:
    """Refuse what a turn wished for where people answer by now, or approve every answer."""
    for entry in record.tools:
        if entry["status"] == ToolCallStatus.WAITING:
            entry["status"], entry["result"] = str(ToolCallStatus.REFUSED), _TAKEN_OVER


def note(turn: AgentTurn, record: TurnRecord) -> None:
    """Copy what a turn came to into its row."""
    turn.reply, turn.is_unanswered, turn.prompt, turn.model = (
        record.reply,
        record.is_unanswered,
        record.prompt,
        record.model,
    )
    turn.sources, turn.tools, turn.memory = record.sources, record.tools, record.memory
    turn.attempts = [dict(attempt) for attempt in record.attempts]
    turn.tokens_in, turn.tokens_out, turn.cost_micros = record.tokens_in, record.tokens_out, record.cost_micros
    turn.retrieval_ms, turn.model_ms, turn.total_ms = record.retrieval_ms, record.model_ms, record.total_ms
    turn.reason = record.failure or record.remark
    turn.finished_at = None if turn.status == TurnStatus.WAITING else clock.now()


async def apply(
    session: AsyncSession, post: Place, turn: AgentTurn, conversation: Conversation, record: TurnRecord
) -> None:
    """Do what tools asked for; that people are called is left, because it comes after the reply."""
    for effect in record.effects:
        if effect.kind == tools.NAME_CONTACT:
            await post.name_customer(session, conversation, effect.value)
        elif effect.kind == tools.TRANSFER:
            await transferring.transfer(session, post, conversation, turn, tools.transfer([effect]))
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
        elif effect.kind in memory_tools.EFFECTS and turn.agent_id is not None and post.remembered_in is not None:
            item = await queries.item_of(session, turn.org_id, post.message_id)
            asker = Asker(conversation.contact_id, turn.agent_id, post.remembered_in)
            await memory_tools.apply(session, effect, asker, item)


async def _said_about(session: AsyncSession, turn: AgentTurn, answered: UUID) -> dict[str, object]:
    """Return what the timeline keeps beside a reply."""
    item = await queries.item_of(session, turn.org_id, answered)
    data: dict[str, object] = {
        "turn_id": str(turn.id),
        "agent_version": turn.agent_version,
        history.ANSWERS: item.seq if item else 0,
    }
    if turn.is_unanswered:
        data["is_unanswered"] = True
    return data


async def _draft(
    session: AsyncSession, post: Post, turn: AgentTurn, conversation: Conversation, reason: str, answered: UUID
) -> None:
    await conversations.append(
        session,
        conversation,
        kind=ItemKind.DRAFT,
        author=Author(AuthorKind.AGENT, turn.agent_name, turn.agent_id),
        body=turn.reply,
        channel=post.channel,
        direction=Direction.OUTBOUND,
        status="pending",
        data={**await _said_about(session, turn, answered), **post.draft_data()},
    )
    turn.status, turn.reason = TurnStatus.DRAFTED, turn.reason or reason
    session.add(turn)
    await session.flush()
