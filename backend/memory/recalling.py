"""Look up what is remembered of a customer for one question, chosen by what it has to do with it, in so many tokens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock
from backend.core.tenancy import org_id_of, unit_of_work
from backend.knowledge import service as knowledge
from backend.knowledge.service import Vector
from backend.memory import patterns, proof, queries
from backend.memory.nearness import Near
from backend.memory.queries import Weighed
from backend.memory.rules import MemoryRules
from backend.memory.schemas import EARLIER, FACT, NOTE, PATTERN, SUMMARY, TOPICS, Asker, Recalled, Remembered
from backend.models.memory import ConversationContext
from backend.vocab import FactKind

# More facts than this are not weighed; a customer has a few dozen.
MOST_FACTS = 200
# Of other people's conversations only so many are looked at, which takes 3 ms at any size (tests/bench/memory.py).
MOST_READ = 1000
# A tenth of what similarity may give: between equals the newer and the surer fact goes first.
_SURE, _NEW, _HALF_LIFE = 0.1, 0.1, timedelta(days=180)
# As many tokens as the marks around a line take; three bytes a token, as the budget of a turn reckons.
_AROUND, _BYTES = 20, 3
# The thresholds people choose were made for the model service's vectors; those of MiniLM lie closer together: the
# usual 75 % stands for .6 there, above which rewordings of one question come out (measured, see knowledge.gaps).
_LOCAL_SCALE = 0.8


async def recall(asker: Asker, rules: MemoryRules, question: str, vector: Vector | None) -> Recalled:
    """Return what is remembered for a question, in the organization scope of its caller; one short transaction.

    `vector` is the question's; without it the words in common decide.
    """
    async with unit_of_work() as session:
        found = await queries.contexts(
            session, org_id_of(session), asker.contact_id, asker.told_in, [asker.agent_id, *rules.linked]
        )
        names = {context.id: "" if context.agent_id == asker.agent_id else name for context, name in found}
        contexts = [context for context, _ in found]
        facts = await _facts(session, contexts, names, rules, question, vector)
        earlier = await _earlier(session, contexts, names, rules, vector)
        others = await _others(session, asker, rules, vector)
    about = [one for context in contexts for one in _about(context, names[context.id], rules)]
    related = [one for one in facts if _is_related(one, vector)]
    chosen = _within(rules.max_tokens, [*_needs(related), *about[:1], *related, *earlier, *others, *about[1:]])
    return Recalled(tuple(chosen), tuple(facts))


def space_threshold(wanted: float, vector: Vector) -> float:
    """Return how alike two texts must be in the space in use for what people call so much alike."""
    return wanted * _LOCAL_SCALE if vector.space.column == "embedding_local" else wanted


def near_of(vector: Vector | None) -> Near | None:
    """Return a vector as what is stored is compared with it."""
    return Near(vector.space.column, vector.spelled) if vector else None


async def vector_of(text: str) -> Vector | None:
    """Return the meaning of a text, or None when nobody can tell now; call it outside any transaction."""
    return await knowledge.vector_of(text)


def _kept_since(rules: MemoryRules) -> datetime | None:
    return clock.now() - timedelta(days=rules.keeps_days) if rules.keeps_days else None


async def _facts(
    session: AsyncSession,
    contexts: Sequence[ConversationContext],
    names: dict[UUID, str],
    rules: MemoryRules,
    question: str,
    vector: Vector | None,
) -> list[Remembered]:
    """Return every fact, the one that has most to do with the question first."""
    if not contexts:
        return []
    found = await queries.weighed(
        session,
        org_id_of(session),
        [one.id for one in contexts],
        MOST_FACTS,
        since=_kept_since(rules),
        near=near_of(vector),
    )
    asked, now = proof.stems(question), clock.now()
    scored: list[tuple[float, Remembered]] = []
    seen: set[str] = set()
    for fact in found:
        # What a linked agent knows as well is told once.
        if fact.word_hash in seen or (fact.kind == FactKind.PREFERENCE and not rules.with_preferences):
            continue
        seen.add(fact.word_hash)
        likeness = fact.similarity
        if likeness is None:
            likeness = proof.overlap(asked, proof.stems(fact.content))
        age = max(now - fact.said_at, timedelta())
        weight = likeness + _SURE * fact.confidence + _NEW * 0.5 ** (age / _HALF_LIFE)
        scored.append((weight, _fact(fact, names[fact.context_id], likeness)))
    return [one for _, one in sorted(scored, key=lambda pair: -pair[0])]


def _fact(fact: Weighed, by: str, likeness: float) -> Remembered:
    return Remembered(
        FACT, fact.content, str(fact.id), fact.kind, fact.quote, fact.said_at.isoformat(), fact.channel, by,
        round(fact.confidence, 2), round(likeness, 4),
    )  # fmt: skip


def _is_related(fact: Remembered, vector: Vector | None) -> bool:
    """Tell whether a fact has to do with the question; what somebody needs has to do with every question."""
    least = vector.space.least_similarity if vector else 0.0
    return fact.about == FactKind.NEED or fact.similarity > least


def _needs(facts: Sequence[Remembered]) -> list[Remembered]:
    return [one for one in facts if one.about == FactKind.NEED]


def _about(context: ConversationContext, by: str, rules: MemoryRules) -> list[Remembered]:
    at, found = context.last_updated.isoformat(), []
    told = [
        (SUMMARY, context.summary if rules.with_summaries else ""),
        (NOTE, context.relationship_notes if rules.with_summaries else ""),
        (NOTE, _preferences(context) if rules.with_preferences else ""),
        (TOPICS, ", ".join(context.key_topics) if rules.with_topics else ""),
    ]
    for kind, text in told:
        if text:
            found.append(Remembered(kind, text, str(context.id), at=at, by=by))
    return found


def _preferences(context: ConversationContext) -> str:
    return "; ".join(f"{key}: {value}" for key, value in context.preferences.items() if value not in ("", None))


async def _earlier(
    session: AsyncSession,
    contexts: Sequence[ConversationContext],
    names: dict[UUID, str],
    rules: MemoryRules,
    vector: Vector | None,
) -> list[Remembered]:
    """Return those of the customer's own last conversations that are like this one."""
    if not contexts or not rules.is_semantic or vector is None:
        return []
    org_id = org_id_of(session)
    ids = [one.id for one in contexts]
    found = await queries.stretches(session, org_id, ids, rules.history, since=_kept_since(rules), near=near_of(vector))
    least = space_threshold(rules.similarity, vector)
    near = [(likeness, one) for one, likeness in found if likeness is not None and likeness >= least]
    best = sorted(near, key=lambda pair: -pair[0])[: rules.most_similar]
    if best:
        await queries.count_match(session, org_id, {one.context_id for _, one in best if one.context_id})
    return [
        Remembered(
            EARLIER, one.summary, str(one.id), at=one.ended_at.isoformat(), channel=one.channel,
            by=names[one.context_id] if one.context_id else "", similarity=round(likeness, 4),
        )
        for likeness, one in best
    ]  # fmt: skip


async def _others(session: AsyncSession, asker: Asker, rules: MemoryRules, vector: Vector | None) -> list[Remembered]:
    """Return what other customers' conversations like this one had in common, if enough of them had it."""
    if not (rules.is_semantic and rules.with_others) or vector is None:
        return []
    org_id, least = org_id_of(session), space_threshold(rules.similarity, vector)
    found = await queries.alike_elsewhere(
        session, org_id, asker.agent_id, asker.contact_id, Near(vector.space.column, vector.spelled), least, MOST_READ
    )
    people = {contact for contact, *_ in found}
    if len(people) < rules.least_people:
        return []
    text = patterns.told(found, await queries.words_about(session, org_id, people), rules.least_people)
    return [Remembered(PATTERN, text)] if text else []


def _within(most_tokens: int, wanted: Sequence[Remembered]) -> list[Remembered]:
    """Return as many of what is wanted as fit, in that order, each once; what is too long makes room for the next."""
    chosen: list[Remembered] = []
    left = most_tokens
    for one in wanted:
        size = -(-len(one.text.encode()) // _BYTES) + _AROUND
        if size <= left and one not in chosen:
            chosen.append(one)
            left -= size
    return chosen
