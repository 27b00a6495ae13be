"""Write a message for a person to look over and send: the same turn as an answer, and nothing is sent or done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import authority, history, queries, runtime, tool_calls
from backend.agents.retrieval import Asked, retriever
from backend.agents.schemas import Customer, Line, TurnRequest
from backend.agents.specs import spec_of
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import rate_limits
from backend.core.errors import Invalid, NotFound, Unavailable
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.details import service as details
from backend.functions.schemas import CallSetting
from backend.memory import service as memory
from backend.models.agents import AgentConfig
from backend.vocab import Channel, Direction, ItemKind, MemberRole

ORDER_LIMIT = 1000
ITEMS_READ = 80
# Quicker than a team writes; a model costs money.
TRIES, WINDOW = 120, timedelta(minutes=10)
# Said in the customer's place, because a model answers whoever spoke last.
_BEGIN = "(Your team, not the customer: write one message to send to the customer now.{order})"


@dataclass(frozen=True)
class Suggestion:
    """A message to send, and what it rests on: titles of what was looked up. `is_unanswered`: it says it cannot."""

    text: str
    agent_id: str
    agent_name: str
    agent_version: int
    sources: tuple[str, ...]
    is_unanswered: bool


async def suggest_reply(principal: Principal, conversation_id: UUID, order: str = "") -> Suggestion:
    """Return what the conversation's agent would answer now; `order` says what it should say.

    Opens its own transactions, because none may be held open while a model thinks: call it outside any. Raises
    `NotFound` without an agent, `Invalid`, `LimitReached`, `Unavailable` when no model answers.
    """
    principal.require(MemberRole.SUPPORT)
    order = _checked(order)
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            conversation = await conversations.get(session, conversation_id)
            contact = await contacts.get(session, conversation.contact_id)
            agent = await _agent(session, principal.org_id, conversation.agent_id, conversation.last_channel)
            spec = await spec_of(session, agent)
            items = await queries.newest_items(session, principal.org_id, conversation.id, ITEMS_READ)
            asked = next(
                (item for item in items if item.kind == ItemKind.MESSAGE and item.direction == Direction.INBOUND),
                None,
            )
            chat_id = str(asked.data.get("session_id", "")) if asked is not None else ""
            is_unproven = asked is not None and history.is_unproven(asked)
            parts = (chat_id,) if is_unproven else (chat_id, details.CERTAIN)
            found = await details.found_in(session, conversation.id, parts)
    if is_unproven:
        # Whoever typed the contact's address is answered from their own chat alone, as the agent answers them.
        items = [item for item in items if item.data.get("session_id") == chat_id]
    is_open = asked is not None and not any(
        item.kind == ItemKind.MESSAGE and item.direction == Direction.OUTBOUND and item.seq > asked.seq
        for item in items
    )
    if asked is not None and is_open:
        said, before = history.said(asked.body, asked.data), history.lines(items, asked.seq, chat_id)
        notes: tuple[str, ...] = (f"Your team wants your next message to do this: {order}",) if order else ()
    else:
        said, before = _begin(order), history.lines(items, conversation.last_seq + 1, chat_id)
        notes = ()
    notes += history.briefs(items, chat_id)
    channel = Channel.CHAT if conversation.last_channel == Channel.CHAT else Channel.SMS
    customer = Customer("", "") if is_unproven else Customer(contact.name, contact.phone_number or "")
    asked_of, text = Asked(), said or "(empty message)"
    request = TurnRequest(spec, customer, before, text, retriever(agent.id, asked_of), channel, notes, found)
    if spec.memory.is_on and not chat_id:
        recall = memory.recaller(contact.id, agent.id, "", spec.memory, asked_of.vector_of)
        request = replace(request, recall=recall)
    return await _written(principal, agent, request, conversation_id)


async def write_message(
    principal: Principal, order: str, *, name: str = "", phone: str = "", said_before: Sequence[tuple[bool, str]] = ()
) -> Suggestion:
    """Return a message to somebody, who need not be known yet; `said_before` is (is_ours, text), oldest first.

    Opens its own transactions, as `suggest_reply`, and raises the same.
    """
    principal.require(MemberRole.SUPPORT)
    order = _checked(order)
    if not order:
        raise Invalid("Say what the message should do.", field="prompt")
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            agent = await _agent(session, principal.org_id, None, Channel.SMS)
            spec = await spec_of(session, agent)
    before = tuple(Line("assistant" if is_ours else "user", text) for is_ours, text in said_before if text.strip())
    request = TurnRequest(spec, Customer(name, phone), before, _begin(order), retriever(agent.id))
    return await _written(principal, agent, request)


async def _written(
    principal: Principal, agent: AgentConfig, request: TurnRequest, conversation_id: UUID | None = None
) -> Suggestion:
    await rate_limits.hit("suggestion.organization", TRIES, WINDOW, about=principal.org_id)
    # Whoever asks for a proposal has not decided anything yet: what changes something elsewhere is not on offer.
    spec = authority.reading(request.agent)
    setting = CallSetting(
        principal.org_id,
        agent.id,
        spec.name,
        spec.version,
        request.channel,
        conversation_id,
        known=tool_calls.known(spec, request.customer, request.found),
        allowed_by=principal.user_id,
        allowed_by_name=principal.name,
    )
    request = replace(request, agent=spec, call_tool=tool_calls.reading_caller(setting))
    with org_scope(principal.org_id):
        record = await runtime.turn(request)
    if record.failure:
        raise Unavailable(f"{record.failure} Write the message yourself, or try again in a minute.")
    return Suggestion(
        text=record.reply,
        agent_id=str(agent.id),
        agent_name=request.agent.name,
        agent_version=request.agent.version,
        sources=tuple(dict.fromkeys(str(source["title"]) for source in record.sources)),
        is_unanswered=record.is_unanswered,
    )


def _begin(order: str) -> str:
    return _BEGIN.format(order=f" What it should do: {order}" if order else "")


def _checked(order: str) -> str:
    order = " ".join(order.replace("\x00", "").split())
    if len(order) > ORDER_LIMIT:
        raise Invalid(f"Say it in at most {ORDER_LIMIT:,} characters.", field="prompt")
    return order


async def _agent(session: AsyncSession, org_id: UUID, last: UUID | None, channel: str) -> AgentConfig:
    """Return the agent that knows a conversation, else the one that would be asked first."""
    found = await queries.agent(session, org_id, last) if last else None
    if found is None:
        agents, _ = await queries.agents(session, org_id)
        wanted = {"chat": "chat_widget", "email": "email"}.get(channel, "text")
        ranked = sorted(agents, key=lambda one: (not one.is_active, one.agent_type != wanted, not one.is_default))
        found = next(iter(ranked), None)
    if found is None:
        raise NotFound("There is no agent that could write. Make one first.", code="no_agent_assigned")
    return found
