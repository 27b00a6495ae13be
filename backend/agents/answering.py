"""Answer one message exactly once: check who answers, run the turn with no transaction open, and store what came of it.

A turn is a row, unique by the message that set it off; what its channel needs is a `posts.Post`. Whoever runs it holds
a lease on that row; a second run finds the answer, waits for a live one, or takes over from a dead one, and the reply's
own key lets it be sent only once.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import authority, caps, leases, posting, queries, replies, requests, runtime, storing
from backend.agents import service as agents
from backend.agents.posts import Post, Writer
from backend.agents.schemas import TurnRequest
from backend.approvals import service as approvals
from backend.contacts import service as contacts
from backend.core import clock
from backend.core.logging import log
from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentTurn
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.vocab import AnswerMode, Channel, TurnStatus

WAITS = "The agent waits for a decision of the team, and answers this after it."
BROKEN = "the agent’s answer failed again and again"


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
            await storing.store(session, claimed.turn_id, record, claimed.request.agent)
    except BaseException:
        await leases.let_go(claimed.turn_id)
        raise


async def give_up(message_id: UUID, channel: Channel = Channel.SMS) -> None:
    """Hand a message whose answer failed for good to people, and tell the customer that they will write.

    Nothing happens when it was answered after all, or waits for a decision of the team. Runs in the organization scope
    of its caller.
    """
    async with unit_of_work() as session:
        post = await posting.load(session, channel, message_id)
        if post is None:
            return
        conversation = await posting.held(session, post.conversation_id)
        turn = await queries.turn_of_message(session, post.org_id, post.message_id)
        if turn is not None and turn.status != TurnStatus.RUNNING:
            return
        turn = turn or new_turn(post)
        await approvals.close(session, turn.id, "The agent could not go on, so this was left undone.")
        mode = posting.mode(post, conversation)
        if mode == AnswerMode.HUMAN:
            await storing.skip(session, turn, BROKEN)
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
    if posting.mode(post, conversation) == AnswerMode.AI:
        await storing.send(session, post, turn, conversation)
    if turn.status == TurnStatus.SKIPPED:
        return
    turn.status, turn.reason = TurnStatus.HANDED_OFF, reason
    session.add(turn)
    await post.call_for_person(session, conversation, reason)


async def _claim(session: AsyncSession, message_id: UUID, channel: Channel) -> _Claimed | None:
    post = await posting.load(session, channel, message_id)
    if post is None:
        log.warning("agents.no_such_message", message=str(message_id), channel=channel)
        return None
    # The conversation's lock comes first everywhere, so that nobody waits in a circle.
    conversation = await posting.held(session, post.conversation_id)
    turn = await queries.turn_of_message(session, post.org_id, post.message_id)
    if turn is not None and not leases.is_ours_to_run(turn):
        return None
    item = await queries.item_of(session, post.org_id, post.message_id)
    if item is not None and item.conversation_id != conversation.id:
        raise posting.moved()
    turn = turn or new_turn(post)
    turn.reason, turn.updated_at, turn.sentiment = "", clock.now(), conversation.sentiment
    session.add(turn)
    await session.flush()
    if post.no_way or item is None:
        await storing.skip(session, turn, post.no_way or "This message is gone.")
        return None
    agent = post.agent
    if agent is None or not agent.is_active:
        await storing.skip(session, turn, "No agent is switched on here.")
        if posting.mode(post, conversation) != AnswerMode.HUMAN:
            await post.call_for_person(session, conversation, post.no_agent)
        return None
    contact = await contacts.get(session, conversation.contact_id)
    refusal = await _refusal(session, post, conversation, contact)
    if refusal:
        await storing.skip(session, turn, refusal)
        return None
    if not agents.hours_now(agent, post.channel).is_open:
        await storing.skip(session, turn, queries.OUTSIDE_HOURS)
        await post.say_closed(session, agent, conversation, contact)
        return None
    allowance = await caps.allowed(session, agent, turn)
    if allowance.reached:
        turn.cap = allowance.reached
        await _hand_off(session, post, turn, conversation, allowance.reason)
        return None
    turn.reserved_micros = allowance.micros
    writer = post.writer(turn.id)
    request = await requests.request_of(session, post, agent, contact, item, turn.id, writer)
    request = replace(request, cost_micros=allowance.micros)
    if posting.mode(post, conversation) == AnswerMode.DRAFT:
        # Nobody has approved anything yet: what changes something elsewhere is not on offer.
        request = replace(request, agent=authority.reading(request.agent))
    return _Claimed(turn.id, request, writer)


def new_turn(post: Post) -> AgentTurn:
    """Return the turn that answers a message, not stored yet."""
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


async def _refusal(session: AsyncSession, post: Post, conversation: Conversation, contact: Contact) -> str:
    """Return why the agent must stay silent, or an empty string."""
    if posting.mode(post, conversation) == AnswerMode.HUMAN:
        return "People answer this conversation."
    if await queries.is_waiting(session, post.org_id, conversation.id, post.session_id):
        return WAITS
    return await post.refusal(session, contact)
