"""Find one agent, and write down that it changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import queries, voices
from backend.core import audit, realtime
from backend.core.errors import Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.agents import AgentConfig
from backend.voice_copies import service as voice_copies

LINKED, VOICE = "shared_memory_agent_ids", "voice_id"


async def get(session: AsyncSession, agent_id: UUID) -> AgentConfig:
    """Return one agent. Raises `NotFound`."""
    found = await queries.agent(session, org_id_of(session), agent_id)
    if found is None:
        raise NotFound("This agent does not exist.")
    return found


async def locked(session: AsyncSession, agent_id: UUID) -> AgentConfig:
    """Return one agent, which nobody else changes until the transaction ends. Raises `NotFound`."""
    found = await queries.agent(session, org_id_of(session), agent_id, for_update=True)
    if found is None:
        raise NotFound("This agent does not exist.")
    return found


async def changed(
    session: AsyncSession, principal: Principal, agent: AgentConfig, verb: str, details: Mapping[str, Any]
) -> None:
    """Store an agent, write into the audit log what was done to it, and tell open screens."""
    session.add(agent)
    await session.flush()
    await audit.record(session, principal, action(principal, verb), agent.id, dict(details))
    await announce(session, agent.id)


async def announce(session: AsyncSession, agent_id: UUID) -> None:
    """Tell open screens that an agent changed."""
    await realtime.announce(session, org_id_of(session), "agents.changed", subject=str(agent_id))


def action(principal: Principal, verb: str) -> str:
    """Name an action for the audit log; a program with an API key has no session."""
    return f"{'api' if principal.is_key else 'ui'}:agent:{verb}"


async def require_known(session: AsyncSession, given: Mapping[str, Any]) -> None:
    """Raise `Invalid` unless the agents whose memory another one is to read exist here, and the voice it is to have."""
    wanted = {UUID(one) for one in given.get(LINKED, ())}
    if wanted and wanted - {one.id for one in (await queries.agents(session, org_id_of(session)))[0]}:
        raise Invalid("One of these agents does not exist.", field=LINKED)
    if not await is_known_voice(session, str(given.get(VOICE) or "")):
        raise Invalid("This voice is not on offer. Choose one of the list.", field=VOICE)


async def is_known_voice(session: AsyncSession, voice: str) -> bool:
    """Tell whether a voice that an agent may store is there: of those that were copied, the organization's own."""
    return not voices.is_copy(voice) or voice in {one.id for one in await voice_copies.ready(session)}
