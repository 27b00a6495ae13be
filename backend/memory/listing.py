"""Show people what is remembered: an agent's memories, by page or as a search finds them, and one with its facts."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.errors import NotFound
from backend.core.tenancy import org_id_of
from backend.knowledge.service import Vector
from backend.memory import finding, queries, recalling
from backend.memory.queries import Found
from backend.memory.schemas import EarlierRow, FactRow, MemoryRow, MemoryView
from backend.models.contacts import Contact
from backend.models.memory import ConversationContext, MemoryStretch
from backend.numbers import e164

MOST_FACTS, MOST_EARLIER, MOST_FOUND = 200, 20, 100
QUERY_LIMIT = 200
# How like a search a memory must be to be found by its meaning, in words of the model service's vectors.
LEAST = 0.4


async def page(
    session: AsyncSession, agent_id: UUID | None, limit: int = 50, offset: int = 0
) -> tuple[list[MemoryRow], int]:
    """Return memories of one agent or of all, updated last first, and how many there are."""
    found, total = await finding.page(session, org_id_of(session), agent_id, limit, offset)
    return [_row(*one) for one in found], total


async def search(session: AsyncSession, agent_id: UUID, words: str, vector: Vector | None) -> list[MemoryRow]:
    """Return the memories of an agent that words or their meaning (`vector`) find, the likest first."""
    org_id = org_id_of(session)
    least = recalling.space_threshold(LEAST, vector) if vector else 1.0
    near = await finding.matching(
        session, org_id, agent_id, words[:QUERY_LIMIT].strip(), recalling.near_of(vector), least, MOST_FOUND
    )
    found, _ = await finding.page(session, org_id, agent_id, MOST_FOUND, 0, context_ids=near)
    rows = [MemoryRow({**_row(*one), "similarity": round(near[one[0].id], 4)}) for one in found]
    return sorted(rows, key=lambda row: -row["similarity"])


async def view(session: AsyncSession, memory_id: UUID) -> MemoryView:
    """Return one memory with its facts and the conversations it was made of. Raises `NotFound`."""
    org_id = org_id_of(session)
    found, _ = await finding.page(session, org_id, None, 1, 0, context_ids=[memory_id])
    if not found:
        raise NotFound("This memory does not exist.")
    facts = await queries.facts(session, org_id, [memory_id], MOST_FACTS)
    earlier = await queries.stretches(session, org_id, [memory_id], MOST_EARLIER)
    return MemoryView(
        memory=_row(*found[0]),
        facts=[_fact(one) for one in facts],
        earlier=[_earlier(stretch) for stretch, _ in earlier],
    )


async def of_contact(session: AsyncSession, contact_id: UUID) -> list[MemoryView]:
    """Return what every agent remembers of a contact, updated last first.

    What somebody said in a chat who typed this contact's address later, and proved nothing, is not among it.
    """
    known = await queries.contexts(session, org_id_of(session), contact_id, "")
    return [await view(session, context.id) for context, _ in known]


def _row(context: ConversationContext, contact: Contact, agent_name: str, facts: int) -> MemoryRow:
    return MemoryRow(
        id=str(context.id),
        agent_id=str(context.agent_id),
        agent_name=agent_name,
        contact_id=str(contact.id),
        contact_name=contact.name,
        contact_phone=contact.phone_number or "",
        contact_phone_display=e164.display(contact.phone_number) if contact.phone_number else "",
        is_chat=bool(context.told_in),
        summary=context.summary,
        key_topics=context.key_topics,
        preferences=context.preferences,
        relationship_notes=context.relationship_notes,
        interaction_count=context.interaction_count,
        sms_interaction_count=context.sms_interaction_count,
        semantic_match_count=context.semantic_match_count,
        fact_count=facts,
        similarity=0.0,
        last_updated=context.last_updated.isoformat(),
        created_at=context.created_at.isoformat(),
    )


def _fact(one: Found) -> FactRow:
    fact = one.fact
    return FactRow(
        id=str(fact.id),
        memory_id=str(fact.context_id),
        kind=fact.kind,
        content=fact.content,
        quote=fact.quote,
        conversation_id=str(one.conversation_id or ""),
        seq=one.seq,
        said_at=fact.said_at.isoformat(),
        channel=fact.channel,
        confidence=round(fact.confidence, 2),
        expires_at=fact.expires_at.isoformat() if fact.expires_at else "",
        origin=fact.origin,
        author=fact.author,
    )


def _earlier(stretch: MemoryStretch) -> EarlierRow:
    return EarlierRow(
        id=str(stretch.id),
        at=stretch.ended_at.isoformat(),
        channel=stretch.channel,
        summary=stretch.summary,
        topics=stretch.topics,
    )
