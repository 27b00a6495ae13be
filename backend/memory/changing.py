"""See to it that people decide what is remembered: correct a fact, strike it for good, or forget a whole memory.

A struck fact leaves nothing but what it is known again by; whatever else repeated it, in a summary or at a linked
agent, goes with it. A corrected one makes room for what is right, and its former words do not return.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock, jobs, realtime
from backend.core.errors import Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.memory import alike, finding, proof, queries, unread
from backend.memory.alike import Print
from backend.memory.schemas import Asker
from backend.models.conversations import ConversationItem
from backend.models.memory import ConversationContext, MemoryFact, MemoryStrike
from backend.vocab import FactOrigin, MemberRole

SUMMARY_LIMIT, NOTES_LIMIT, TOPIC_LIMIT = 1000, 2000, 60
MOST_TOPICS, MOST_PREFERENCES = 10, 30
_GONE = "This is not remembered any more."


async def correct(session: AsyncSession, principal: Principal, fact_id: UUID, content: str) -> None:
    """Put a fact right in the team's words. Raises `NotFound`, `Invalid` (`content`)."""
    principal.require(MemberRole.SUPPORT)
    content = proof.line(content, proof.FACT_LIMIT + 1)
    if not content or len(content) > proof.FACT_LIMIT:
        raise Invalid(f"Say it in 1 to {proof.FACT_LIMIT} characters.", field="content")
    if proof.holds_secret(content):
        raise Invalid("Passwords and card numbers are not remembered.", field="content")
    fact, context = await _fact(session, fact_id)
    if content == fact.content:
        return
    await _replace(session, fact, context, content, principal.name)
    fact.quote, fact.item_id, fact.channel, fact.confidence = "", None, "", 1.0
    fact.origin, fact.author, fact.said_at = FactOrigin.TEAM, principal.name, clock.now()
    await _changed(session, context, fact)
    await audit.record(session, principal, f"{_by(principal)}:memory:corrected", context.id)


async def strike(session: AsyncSession, principal: Principal, fact_id: UUID) -> None:
    """Take a fact out for good: however it is said again, it is not remembered. Raises `NotFound`."""
    principal.require(MemberRole.SUPPORT)
    fact, context = await _fact(session, fact_id)
    await _strike(session, fact, context, principal.name)
    await audit.record(session, principal, f"{_by(principal)}:memory:struck", context.id)


async def forget(session: AsyncSession, principal: Principal, memory_id: UUID) -> None:
    """Forget a memory as a whole; what was read is not read again, and what is said anew may be. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    context = await _context(session, memory_id)
    await _forget(session, context)
    await audit.record(session, principal, f"{_by(principal)}:memory:forgotten", memory_id)


async def forget_all(session: AsyncSession, principal: Principal, agent_id: UUID) -> int:
    """Forget everything an agent remembers of anybody, and return how many memories that were."""
    principal.require(MemberRole.EDITOR)
    org_id, count = org_id_of(session), 0
    while rows := (await finding.page(session, org_id, agent_id, 200, 0))[0]:
        for context, *_ in rows:
            await _forget(session, context)
            count += 1
    await audit.record(session, principal, f"{_by(principal)}:memory:cleared", agent_id, {"memories": count})
    return count


async def change(session: AsyncSession, principal: Principal, memory_id: UUID, given: Mapping[str, Any]) -> None:
    """Change what the team may write into a memory: `summary`, `key_topics`, `preferences`, `relationship_notes`.

    Raises `NotFound`, and `Invalid` that names the field.
    """
    principal.require(MemberRole.SUPPORT)
    context = await _context(session, memory_id)
    if "summary" in given:
        context.summary = _text(given["summary"], "summary", SUMMARY_LIMIT)
    if "relationship_notes" in given:
        context.relationship_notes = _text(given["relationship_notes"], "relationship_notes", NOTES_LIMIT)
    if "key_topics" in given:
        context.key_topics = _topics(given["key_topics"])
    if "preferences" in given:
        context.preferences = _preferences(given["preferences"])
    await _changed(session, context)
    await audit.record(session, principal, f"{_by(principal)}:memory:changed", memory_id, {"fields": sorted(given)})


async def correct_as_told(
    session: AsyncSession, asker: Asker, fact_id: UUID, content: str, quote: str, item: ConversationItem | None
) -> bool:
    """Put a fact right at its contact's word, and tell whether that was done: the message must prove it."""
    found = await _own(session, asker, fact_id)
    said = proof.sentence_of(item.body, quote) if item is not None else ""
    if found is None or item is None or proof.fault(content, said):
        return False
    fact, context = found
    await _replace(session, fact, context, content, "")
    fact.quote, fact.item_id, fact.channel, fact.said_at = said, item.id, item.channel, item.happened_at
    fact.origin, fact.author, fact.confidence = FactOrigin.CORRECTED, "", 1.0
    await _changed(session, context, fact)
    return True


async def strike_as_told(session: AsyncSession, asker: Asker, fact_ids: Sequence[UUID]) -> int:
    """Take facts out for good because their contact asked, and return how many there were."""
    count = 0
    for fact_id in fact_ids:
        # One that says the same as the one before it is gone already.
        if (found := await _own(session, asker, fact_id)) is not None:
            await _strike(session, *found, "")
            count += 1
    return count


async def strike_unread(session: AsyncSession, asker: Asker, words: str) -> None:
    """Let what a contact said not be remembered, because they asked before it was read."""
    org_id = org_id_of(session)
    struck = alike.print_of(words, str(org_id))
    session.add(
        MemoryStrike(
            org_id=org_id,
            contact_id=asker.contact_id,
            told_in=asker.told_in,
            word_hash=struck.word_hash,
            marks=list(struck.marks),
        )
    )
    await session.flush()


async def forget_as_told(session: AsyncSession, asker: Asker, item: ConversationItem | None) -> None:
    """Forget everything any agent remembers of a contact because they asked, and let none of its facts return.

    What they said up to `item`, the message in which they asked, is not read for the memory any more.
    """
    org_id = org_id_of(session)
    if item is not None:
        await unread.pass_over(session, asker, item)
    known = await queries.contexts(session, org_id, asker.contact_id, asker.told_in, with_binned=True)
    for context, _ in known:
        for fact in await queries.facts_whole(session, org_id, [context.id]):
            session.add(_struck(fact, context, ""))
        await _forget(session, context)


async def sift(session: AsyncSession, context: ConversationContext, strikes: Sequence[MemoryStrike]) -> None:
    """Take out of a locked memory whatever says what was struck elsewhere."""
    if not strikes:
        return
    key, column = str(context.org_id), alike.column()
    for fact in await queries.facts_whole(session, context.org_id, [context.id]):
        if is_struck(Print(fact.word_hash, fact.marks, vector_in(fact, column)), strikes, column, key):
            await session.delete(fact)
    await _tidy(session, context, strikes)
    session.add(context)
    await session.flush()


def is_struck(wanted: Print, strikes: Sequence[MemoryStrike], column: str, key: str) -> bool:
    """Tell whether a fact may not return."""
    for one in strikes:
        known = Print(one.word_hash, one.marks, vector_in(one, column))
        is_exact = one.word_hash == wanted.word_hash or sorted(one.marks) == sorted(wanted.marks)
        if is_exact or (not one.is_exact and alike.is_struck(known, wanted, key)):
            return True
    return False


def without(text: str, strikes: Sequence[MemoryStrike], key: str) -> str:
    """Return a text without the sentences that tell what was struck."""
    kept = [one for one in proof.sentences(text) if not any(_tells(one, strike, key) for strike in strikes)]
    return " ".join(kept)


def topics_without(topics: Sequence[str], strikes: Sequence[MemoryStrike], key: str) -> list[str]:
    """Return topics without those that a struck fact is made of."""
    struck = [set(one.marks) for one in strikes if not one.is_exact]
    return [one for one in topics if not any(set(proof.marks(one, key)) <= marks for marks in struck)]


def vector_in(row: Any, column: str) -> tuple[float, ...]:
    """Return a stored vector, empty when there is none."""
    stored = getattr(row, column)
    if stored is None:
        return ()
    return tuple(float(one) for one in (stored.to_list() if hasattr(stored, "to_list") else stored))


def _tells(sentence: str, strike: MemoryStrike, key: str) -> bool:
    """Tell whether a sentence holds what was struck: half of its telling words, all of them where it was corrected."""
    marks, struck = set(proof.marks(sentence, key)), set(strike.marks) - {proof.negation(key)}
    if not struck:
        return False
    share = len(marks & struck) / len(struck)
    return share >= 1 if strike.is_exact else share >= 0.5


async def _fact(session: AsyncSession, fact_id: UUID) -> tuple[MemoryFact, ConversationContext]:
    found = await queries.fact(session, org_id_of(session), fact_id)
    if found is None:
        raise NotFound(_GONE)
    return found


async def _own(session: AsyncSession, asker: Asker, fact_id: UUID) -> tuple[MemoryFact, ConversationContext] | None:
    """Return a fact of the asker's own, locked, or None."""
    org_id = org_id_of(session)
    found = await queries.fact(session, org_id, fact_id)
    known = await queries.contexts(session, org_id, asker.contact_id, asker.told_in)
    return found if found and found[1].id in {context.id for context, _ in known} else None


async def _context(session: AsyncSession, memory_id: UUID) -> ConversationContext:
    found = await queries.context(session, org_id_of(session), memory_id, for_update=True)
    if found is None:
        raise NotFound("This memory does not exist.")
    return found


def _struck(fact: MemoryFact, context: ConversationContext, by: str, *, is_exact: bool = False) -> MemoryStrike:
    return MemoryStrike(
        org_id=fact.org_id,
        contact_id=context.contact_id,
        told_in=context.told_in,
        word_hash=fact.word_hash,
        marks=fact.marks,
        is_exact=is_exact,
        struck_by=by,
        embedding_local=fact.embedding_local,
        embedding_openai=fact.embedding_openai,
    )


async def _strike(session: AsyncSession, fact: MemoryFact, context: ConversationContext, by: str) -> None:
    org_id, key, column = fact.org_id, str(fact.org_id), alike.column()
    struck = _struck(fact, context, by)
    session.add(struck)
    found = await queries.contexts(session, org_id, context.contact_id, context.told_in, with_binned=True)
    known = [one for one, _ in found if one.told_in == context.told_in] or [context]
    for other in await queries.facts_whole(session, org_id, [one.id for one in known]):
        same = Print(other.word_hash, other.marks, vector_in(other, column))
        if other.id == fact.id or is_struck(same, [struck], column, key):
            await session.delete(other)
    for one in known:
        await _tidy(session, one, [struck])
        await _changed(session, one)


async def _tidy(session: AsyncSession, context: ConversationContext, strikes: Sequence[MemoryStrike]) -> None:
    """Take what was struck out of everything else a memory says."""
    key = str(context.org_id)
    context.summary = without(context.summary, strikes, key)
    context.relationship_notes = without(context.relationship_notes, strikes, key)
    context.key_topics = topics_without(context.key_topics, strikes, key)
    context.preferences = {
        name: value
        for name, value in context.preferences.items()
        if not any(_tells(f"{name} {value}", strike, key) for strike in strikes)
    }
    for stretch in await queries.stretches_whole(session, context.org_id, context.id):
        summary = without(stretch.summary, strikes, key)
        if summary != stretch.summary:
            # Its meaning was that of all it said.
            stretch.summary, stretch.embedding_local, stretch.embedding_openai = summary, None, None
        stretch.topics = topics_without(stretch.topics, strikes, key)
        session.add(stretch)


async def _replace(
    session: AsyncSession, fact: MemoryFact, context: ConversationContext, content: str, by: str
) -> None:
    struck = _struck(fact, context, by, is_exact=True)
    session.add(struck)
    await _tidy(session, context, [struck])
    key = str(fact.org_id)
    fact.content, fact.word_hash, fact.marks = content, proof.fingerprint(content, key), proof.marks(content, key)
    fact.embedding_local = fact.embedding_openai = None
    await jobs.defer(
        session,
        "memory.embed",
        queueing_lock=f"memory-embed:{context.id}",
        org_id=str(fact.org_id),
        context_id=str(context.id),
    )


async def _forget(session: AsyncSession, context: ConversationContext) -> None:
    await queries.forget_stretches(session, context.org_id, context.id)
    await session.delete(context)
    await session.flush()
    await realtime.announce(session, context.org_id, "memory.changed", subject=str(context.contact_id))


async def _changed(session: AsyncSession, context: ConversationContext, fact: MemoryFact | None = None) -> None:
    context.last_updated = context.updated_at = clock.now()
    session.add_all([context, *([fact] if fact else [])])
    await session.flush()
    await realtime.announce(session, context.org_id, "memory.changed", subject=str(context.contact_id))


def _by(principal: Principal) -> str:
    return "api" if principal.is_key else "ui"


def _text(value: Any, field: str, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit:
        raise Invalid(f"{field} is a text of at most {limit:,} characters.", field=field)
    return proof.line(value, limit)


def _topics(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_TOPICS or not all(isinstance(one, str) for one in value):
        raise Invalid(f"key_topics is a list of at most {MOST_TOPICS} texts.", field="key_topics")
    return list(dict.fromkeys(topic for one in value if (topic := proof.line(one, TOPIC_LIMIT))))


def _preferences(value: Any) -> dict[str, Any]:
    is_plain = isinstance(value, dict) and all(
        isinstance(one, str | int | float | bool) or one is None for one in value.values()
    )
    if not is_plain or len(value) > MOST_PREFERENCES or len(str(value)) > NOTES_LIMIT:
        raise Invalid(f"preferences is an object of at most {MOST_PREFERENCES} plain values.", field="preferences")
    clean = {name: proof.line(one) if isinstance(one, str) else one for name, one in value.items()}
    return {proof.line(name, TOPIC_LIMIT): one for name, one in clean.items()}
