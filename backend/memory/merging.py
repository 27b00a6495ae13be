"""Make one memory of two when two contacts turn out to be one person.

What nobody vouches for stays apart: the memory of a visitor's chat keeps the name of that chat, whoever it goes to.
What was struck of one is struck of both.
"""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import realtime
from backend.core.tenancy import org_id_of
from backend.memory import changing, queries
from backend.memory.changing import MOST_TOPICS, NOTES_LIMIT, SUMMARY_LIMIT
from backend.models.memory import ConversationContext, MemoryFact, MemoryStretch


async def merge(session: AsyncSession, keep_id: UUID, drop_id: UUID) -> None:
    """Join the memories that the same agents have of two contacts; those of others follow their contact by themselves.

    The caller has locked both contacts, and points what is left of one at the other.
    """
    org_id = org_id_of(session)
    query = (
        select(ConversationContext)
        .where(ConversationContext.org_id == org_id, col(ConversationContext.contact_id).in_({keep_id, drop_id}))
        .order_by(col(ConversationContext.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = (await session.exec(query)).all()
    strikes = [*await queries.strikes(session, org_id, keep_id), *await queries.strikes(session, org_id, drop_id)]
    for context in found:
        # Not their own: what was struck before the team wrote it again is theirs to say.
        of_other = [one for one in strikes if one.contact_id != context.contact_id and one.told_in == context.told_in]
        await changing.sift(session, context, of_other)
    kept = {(one.agent_id, one.told_in): one for one in found if one.contact_id == keep_id}
    for drop in found:
        keep = kept.get((drop.agent_id, drop.told_in))
        if drop.contact_id == keep_id or keep is None:
            continue
        for model in (MemoryFact, MemoryStretch):
            await session.execute(
                update(model)
                .where(col(model.org_id) == org_id, col(model.context_id) == drop.id)
                .values(context_id=keep.id)
            )
        _join(keep, drop)
        session.add(keep)
        await session.delete(drop)
    await session.flush()
    if found:
        await realtime.announce(session, org_id, "memory.changed", subject=str(keep_id))


def _join(keep: ConversationContext, drop: ConversationContext) -> None:
    newer, older = (keep, drop) if keep.last_updated >= drop.last_updated else (drop, keep)
    keep.summary = " ".join(one.summary for one in (newer, older) if one.summary)[:SUMMARY_LIMIT]
    keep.key_topics = list(dict.fromkeys([*newer.key_topics, *older.key_topics]))[:MOST_TOPICS]
    keep.preferences = {**drop.preferences, **keep.preferences}
    notes = [one.relationship_notes for one in (keep, drop) if one.relationship_notes]
    keep.relationship_notes = "\n\n".join(dict.fromkeys(notes))[:NOTES_LIMIT]
    for name in ("interaction_count", "sms_interaction_count", "semantic_match_count"):
        setattr(keep, name, getattr(keep, name) + getattr(drop, name))
    keep.last_updated = newer.last_updated
    keep.created_at = min(keep.created_at, drop.created_at)
