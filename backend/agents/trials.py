"""Say who may try an agent by voice, and how often: speech and models cost money, and whoever signs up may try."""

from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import queries
from backend.core import rate_limits
from backend.core.errors import Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.vocab import AgentType, MemberRole

VOICE = (AgentType.INBOUND_VOICE, AgentType.OUTBOUND_VOICE)
LONGEST_S = 600
TRIES, WINDOW = 20, timedelta(minutes=60)


async def let_call(principal: Principal, agent_id: UUID) -> None:
    """Let the person try an agent's draft by voice once more. Opens its own transactions.

    Raises `NotFound`, `Invalid` for an agent that does not speak, `LimitReached`.
    """
    principal.require(MemberRole.SUPPORT)
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            await speaking_agent(session, agent_id)
    await rate_limits.hit("trial_call.organization", TRIES, WINDOW, about=principal.org_id)


async def speaking_agent(session: AsyncSession, agent_id: UUID) -> AgentConfig:
    """Return an agent that takes part in calls. Raises `NotFound`, `Invalid`."""
    agent = await queries.agent(session, org_id_of(session), agent_id)
    if agent is None:
        raise NotFound("This agent does not exist.")
    if agent.agent_type not in VOICE:
        raise Invalid(f"{agent.name} does not speak: choose a voice agent.", field="agent_id", code="wrong_agent_type")
    return agent
