"""Compare a customer's message with what its agent listens for, and note each match once.

What a match sets off is a job enqueued with it, in one transaction. A message whose comparison is repeated finds its
matches noted and sets off nothing again.
"""

from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.alerts import definitions, meaning, queries
from backend.alerts.schemas import Likeness
from backend.alerts.service import ACT
from backend.core import clock, jobs, realtime
from backend.core.tenancy import org_id_of, unit_of_work
from backend.knowledge import service as knowledge
from backend.models.alerts import SemanticMatch, SemanticMatchAction
from backend.vocab import MatchStatus

EXCERPT = 300
# Cosines differ by far more than this; and rows stay small.
DIGITS = 5


async def match(item_id: UUID) -> None:
    """Compare one message; runs in the organization scope of its caller. Raises `VendorError` when it may pass."""
    async with unit_of_work() as session:
        said = await queries.said(session, org_id_of(session), item_id)
        if said is None or said.agent_id is None or said.is_blocked:
            return
        if await queries.agent(session, org_id_of(session), said.agent_id) is None:
            return
        found = await queries.alerts(session, org_id_of(session), said.agent_id)
    listening = [one for one in found if one.is_active and (not one.channels or said.channel in one.channels)]
    if not listening:
        return
    parts = meaning.parts(said.body)
    vectors = await meaning.vectors_of(parts)
    for one in listening:
        theirs = await _phrases(one)
        phrases = definitions.phrases(one.topic, one.examples)
        alike = meaning.likeness(parts, [vectors[part] for part in parts], phrases, theirs)
        if alike.score >= one.threshold:
            async with unit_of_work() as session:
                await _note(session, one.id, item_id, alike)


async def _phrases(alert: SemanticMatchAction) -> list[list[float]]:
    """Return the vectors of an alert's phrases, made once for the embedding model in use."""
    phrases, space = definitions.phrases(alert.topic, alert.examples), knowledge.space().column
    if alert.vector_space == space and len(alert.vectors) == len(phrases):
        return alert.vectors
    made = await meaning.vectors_of(phrases)
    vectors = [[round(value, DIGITS) for value in made[one]] for one in phrases]
    async with unit_of_work() as session:
        stored = await queries.alert(session, alert.org_id, alert.id, for_update=True)
        # Somebody may have changed the topic meanwhile.
        if stored is not None and definitions.phrases(stored.topic, stored.examples) == phrases:
            stored.vector_space, stored.vectors = space, vectors
            session.add(stored)
    return vectors


async def _note(session: AsyncSession, alert_id: UUID, item_id: UUID, alike: Likeness) -> None:
    """Note a match and have it acted on, unless the alert fired a moment ago."""
    org_id = org_id_of(session)
    # Locked, so that of two messages at one moment the second sees that the first has fired.
    alert = await queries.alert(session, org_id, alert_id, for_update=True)
    said = await queries.said(session, org_id, item_id)
    if alert is None or not alert.is_active or said is None:
        return
    now = clock.now()
    about = said.conversation_id if alert.is_cooldown_per_customer else None
    since = now - timedelta(minutes=alert.cooldown_minutes)
    is_held = alert.cooldown_minutes > 0 and await queries.has_fired_since(session, alert.id, since, about)
    noted = SemanticMatch(
        org_id=org_id,
        action_id=alert.id,
        conversation_id=said.conversation_id,
        item_id=item_id,
        channel=said.channel,
        score=alike.score,
        phrase=alike.phrase,
        excerpt=alike.part[:EXCERPT],
        status=MatchStatus.HELD if is_held else MatchStatus.WAITING,
        finished_at=now if is_held else None,
    )
    if not await queries.add_match(session, noted):
        return
    if not is_held:
        alert.last_triggered_at, alert.trigger_count = now, alert.trigger_count + 1
        session.add(alert)
        await session.flush()
        await jobs.defer(session, ACT, org_id=str(org_id), match_id=str(noted.id))
    await realtime.announce(session, org_id, "alerts.changed", subject=str(alert.agent_id))
