"""Read for the memory what was said in a conversation since it was read last: each message once, when it has ended.

A conversation is due when it is closed, or a few minutes after the contact's last word. What is read is a stretch: the
messages of one part of it that no stretch covers yet. The model reads with no transaction open; what comes of it is
stored under the conversation's lock, unless another run was first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.calls import service as calls
from backend.core import clock, realtime
from backend.core.errors import NotFound, Unavailable
from backend.core.tenancy import org_id_of, unit_of_work
from backend.memory import alike, changing, extraction, queries, recalling, rules, unread
from backend.memory.extraction import Proven, Said
from backend.memory.schemas import Reading
from backend.models.conversations import Conversation, ConversationItem
from backend.models.memory import ConversationContext, MemoryFact, MemoryStretch
from backend.vocab import AuthorKind, Channel, ConversationStatus, Direction, FactOrigin, ItemKind

# Nobody writes a few words, thinks for five minutes and goes on; who does is read in two stretches.
IDLE = timedelta(minutes=5)
MOST_FACTS = 200
MOST_TOPICS = 10
# So many lines of one call are read; an hour of talk has a few hundred.
MOST_LINES = 300
_SPEAKERS = {"caller": "customer", "agent": "agent"}
# Saying a thing again makes it surer.
_SURER = 0.1


@dataclass(frozen=True)
class _Stretch:
    """Messages to read, whose they are, and what is known already."""

    conversation_id: UUID
    contact_id: UUID
    agent_id: UUID
    told_in: str
    items: tuple[ConversationItem, ...]
    said: tuple[Said, ...]
    places: tuple[ConversationItem, ...]
    """Where each of `said` was said: one for each; a call stands for every line of it."""
    known: tuple[tuple[UUID, str], ...]
    summary: str


async def update(conversation_id: UUID) -> None:
    """Read everything of a conversation that is due; runs in the organization scope of its caller.

    Running it again reads nothing twice. Raises `Unavailable` when no model answers.
    """
    while True:
        async with unit_of_work() as session:
            stretch = await _next(session, conversation_id)
        if stretch is None:
            return
        reading = await extraction.read(stretch.said, [fact for _, fact in stretch.known], stretch.summary)
        facts = extraction.proven(stretch.said, reading)
        texts = [one.content for one in facts]
        summary = extraction.safe_summary(reading.summary, stretch.said)
        vectors = [await _vector(text) for text in [*texts, *([summary] if summary else [])]]
        async with unit_of_work() as session:
            await _store(session, stretch, reading, facts, summary, vectors)


async def give_up(conversation_id: UUID) -> None:
    """Leave unread what could not be read; the next message makes it due again."""
    async with unit_of_work() as session:
        await unread.put_off(session, org_id_of(session), conversation_id, None)


async def _vector(text: str) -> tuple[float, ...]:
    vector = await recalling.vector_of(text)
    if vector is None:
        # Without its meaning nobody could tell whether it was struck in other words.
        raise Unavailable("What was said cannot be compared with what is remembered now.", code="no_embedding")
    return vector.values


async def _next(session: AsyncSession, conversation_id: UUID) -> _Stretch | None:
    """Return the next stretch to read, or None when all that is due is read."""
    org_id = org_id_of(session)
    found = await unread.conversation(session, org_id, conversation_id)
    if found is None:
        return None
    messages = await unread.messages(session, org_id, conversation_id)
    newest = max((one.happened_at for one in messages if one.direction == Direction.INBOUND), default=None)
    is_over = found.status == ConversationStatus.CLOSED or newest is None or newest <= clock.now() - IDLE
    if not is_over:
        return None
    if messages:
        covered = await unread.covered(session, org_id, conversation_id, messages[0].happened_at)
        fresh = [one for one in messages if str(one.id) not in covered]
        for told_in, items in (await unread.parts(session, org_id, fresh)).items():
            stretch = await _stretch(session, found, told_in, items)
            if stretch is not None:
                return stretch
    await unread.settle(session, org_id, conversation_id, found.last_item_at)
    return None


async def _stretch(
    session: AsyncSession, found: Conversation, told_in: str, items: Sequence[ConversationItem]
) -> _Stretch | None:
    """Return what there is to read in a part, or None: nobody said anything, or no agent remembers it."""
    told = [(one, said) for one in items for said in await _said(session, one)]
    if not any(said.who == "customer" and said.text.strip() for _, said in told):
        return None
    answered = [agent_id for one in items if (agent_id := await _answered_by(session, one))]
    agent_id = answered[-1] if answered else found.agent_id
    if agent_id is None or not await _remembers(session, agent_id):
        return None
    org_id = org_id_of(session)
    known = [
        context
        for context, _ in await queries.contexts(session, org_id, found.contact_id, told_in, [agent_id])
        if context.told_in == told_in
    ]
    facts = await queries.facts(session, org_id, [one.id for one in known], MOST_FACTS)
    return _Stretch(
        found.id,
        found.contact_id,
        agent_id,
        told_in,
        tuple(items),
        tuple(said for _, said in told),
        tuple(one for one, _ in told),
        tuple((one.fact.id, one.fact.content) for one in facts),
        known[0].summary if known else "",
    )


async def _remembers(session: AsyncSession, agent_id: UUID) -> bool:
    try:
        agent = await agents.get(session, agent_id)
    except NotFound:
        return False
    return rules.of(agents.view(agent)).is_on


async def _said(session: AsyncSession, item: ConversationItem) -> list[Said]:
    """Return what was said in a message, or line by line in a call."""
    if item.kind != ItemKind.CALL:
        return [Said(_who(item), item.body, item.happened_at, item.channel)]
    if item.record_id is None:
        return []
    lines = await calls.everything_said(session, item.record_id, MOST_LINES)
    return [
        Said(_SPEAKERS.get(one["who"], "colleague"), one["text"], datetime.fromisoformat(one["at"]), Channel.CALL)
        for one in lines
    ]


async def _answered_by(session: AsyncSession, item: ConversationItem) -> UUID | None:
    """Return which agent wrote a message or held a call, or None."""
    if item.kind == ItemKind.CALL and item.record_id is not None:
        return (await calls.get(session, item.record_id)).agent_id
    return item.author_id if item.author_kind == AuthorKind.AGENT else None


def _who(item: ConversationItem) -> str:
    if item.direction == Direction.INBOUND:
        return "customer"
    return "agent" if item.author_kind == AuthorKind.AGENT else "colleague"


async def _store(
    session: AsyncSession,
    stretch: _Stretch,
    reading: Reading,
    facts: Sequence[Proven],
    summary: str,
    vectors: Sequence[tuple[float, ...]],
) -> None:
    """Keep what was read, once: not when another run covered it, it moved, or memory was switched off meanwhile."""
    org_id, column = org_id_of(session), alike.column()
    found = await unread.conversation(session, org_id, stretch.conversation_id, for_update=True)
    if found is None or not await _is_as_it_was(session, found, stretch):
        return
    context = await queries.ensure_context(session, org_id, found.contact_id, stretch.agent_id, stretch.told_in)
    strikes = await queries.strikes(session, org_id, found.contact_id, stretch.told_in)
    key, items = str(org_id), dict(enumerate(stretch.places, start=1))
    known = await queries.facts_whole(session, org_id, [context.id])
    for one, vector in zip(facts, vectors, strict=False):
        wanted = alike.print_of(one.content, key, vector)
        if changing.is_struck(wanted, strikes, column, key):
            continue
        replaced = stretch.known[one.replaces - 1][0] if 0 < one.replaces <= len(stretch.known) else None
        same = next((fact for fact in known if _is_same(fact, wanted, column, key) or fact.id == replaced), None)
        if same is None:
            same = MemoryFact(org_id=org_id, context_id=context.id, content="")
            known.append(same)
        _put(same, one, items[one.place], wanted, column)
        session.add(same)
    for extra in sorted(known, key=lambda fact: fact.said_at)[: max(len(known) - MOST_FACTS, 0)]:
        await session.delete(extra)
    own = changing.without(summary, strikes, key)
    topics = changing.topics_without(extraction.safe_topics(reading.topics), strikes, key)
    whole = extraction.safe_summary(reading.summary_so_far, stretch.said, context.summary) or own
    context.summary = changing.without(whole, strikes, key) or context.summary
    context.key_topics = list(dict.fromkeys([*topics, *context.key_topics]))[:MOST_TOPICS]
    _count(context, stretch)
    context.last_updated = clock.now()
    made = _covering(context, stretch)
    made.summary, made.topics = own, topics
    made.was_handed_over = any(one.who == "colleague" for one in stretch.said)
    if own and own == summary:
        setattr(made, column, list(vectors[-1]))
    session.add_all([context, made])
    await session.flush()
    await realtime.announce(session, org_id, "memory.changed", subject=str(found.contact_id))


async def _is_as_it_was(session: AsyncSession, found: Conversation, stretch: _Stretch) -> bool:
    org_id = org_id_of(session)
    ids = {str(one.id) for one in stretch.items}
    if ids & await unread.covered(session, org_id, found.id, stretch.items[0].happened_at):
        return False
    now = await unread.messages_by_id(session, org_id, found.id, [one.id for one in stretch.items])
    parts = await unread.parts(session, org_id, now)
    return {str(one.id) for one in parts.get(stretch.told_in, ())} == ids and await _remembers(
        session, stretch.agent_id
    )


def _is_same(fact: MemoryFact, wanted: alike.Print, column: str, key: str) -> bool:
    return alike.is_same(alike.Print(fact.word_hash, fact.marks, changing.vector_in(fact, column)), wanted, key)


def _put(fact: MemoryFact, one: Proven, item: ConversationItem, wanted: alike.Print, column: str) -> None:
    """Write a fact with its newest proof; one that was known is surer now."""
    before = fact.confidence + _SURER if fact.content else 0.0
    fact.content, fact.kind, fact.quote = one.content, one.kind, one.quote
    fact.item_id, fact.said_at, fact.channel = item.id, item.happened_at, item.channel
    fact.origin, fact.author = FactOrigin.SAID, ""
    fact.confidence, fact.expires_at = min(max(before, one.confidence), 1.0), one.expires_at
    fact.word_hash, fact.marks = wanted.word_hash, list(wanted.marks)
    setattr(fact, column, list(wanted.vector))


def _count(context: ConversationContext, stretch: _Stretch) -> None:
    if any(one.channel == Channel.CALL for one in stretch.items):
        context.interaction_count += 1
    else:
        context.sms_interaction_count += 1


def _covering(context: ConversationContext, stretch: _Stretch) -> MemoryStretch:
    return MemoryStretch(
        org_id=context.org_id,
        conversation_id=stretch.conversation_id,
        context_id=context.id,
        agent_id=stretch.agent_id,
        items=[str(one.id) for one in stretch.items],
        began_at=stretch.items[0].happened_at,
        ended_at=stretch.items[-1].happened_at,
        channel=stretch.items[-1].channel,
    )
