"""Say whether a caller's voice may be copied, and take the sample they spoke after they agreed.

A voice is more than any word, so it is copied only where everything said in the call is kept, the agent was given
this to do, and the person has a place for it. It fails closed: where nobody can say what the agent's settings were,
nothing is taken. Both are asked again when the sample is there.
"""

from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.calls import privacy, records
from backend.contacts import service as contacts
from backend.core import rate_limits
from backend.core.errors import Refused
from backend.core.tenancy import org_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.models.calls import CallRecord
from backend.voice_copies import service as voice_copies
from backend.voice_copies.service import Sample, Speaker

# Somebody who keeps asking, or is talked into it, is asked no more for a day.
MOST_A_DAY = 3
_NOT_HERE = "Voices are not copied in this call."


async def allow(call_id: UUID) -> None:
    """Raise `Refused`, `Conflict` or `LimitReached` unless the caller of a call may be asked for their voice now.

    Each time counts: a caller is asked three times a day at most. Raises `NotFound`.
    """
    org_id = await records.owner(call_id)
    with org_scope(org_id):
        async with unit_of_work() as session:
            call = await _may(session, call_id)
            await voice_copies.require_room(session, call.contact_id)
        about = f"{org_id}:{call.contact_id}"
        await rate_limits.hit("calls.voice_samples", MOST_A_DAY, timedelta(days=1), about=about)


async def submit(call_id: UUID, sample: Sample) -> UUID:
    """Keep what a caller agreed to and spoke, and have it copied by a durable job. Raises as `allow` does."""
    org_id = await records.owner(call_id)
    with org_scope(org_id):
        async with unit_of_work() as session:
            call = await _may(session, call_id)
            contact = await contacts.get(session, call.contact_id)
            name = contact.name or call.caller_number
            return await voice_copies.keep(session, Speaker(org_id, contact.id, call.id, name), sample)


async def _may(session: AsyncSession, call_id: UUID) -> CallRecord:
    call = await records.get(session, call_id)
    agent = await session.get(AgentConfig, call.agent_id) if call.agent_id else None
    settings = await agents.answering_as(session, agent, call.agent_version) if agent else {}
    is_kept = await privacy.mode_of(session, call) == privacy.STORED and call.emptied_at is None
    if not is_kept or settings.get("voice_copying") is not True:
        raise Refused(_NOT_HERE, code="voice_not_copied")
    return call
