"""Copy what a turn needs of an agent and its business out of the database."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents.prompts import default_role
from backend.agents.schemas import AgentSpec
from backend.core.config import settings
from backend.models.agents import AgentConfig
from backend.models.organizations import Organization


async def spec_of(session: AsyncSession, agent: AgentConfig) -> AgentSpec:
    """Return the agent as a turn sees it; what it leaves empty comes from the organization and the installation."""
    business = (await session.exec(select(Organization).where(Organization.id == agent.org_id))).one()
    return AgentSpec(
        id=agent.id,
        name=agent.name,
        version=agent.version,
        system_prompt=agent.system_prompt,
        role=agent.agent_role or default_role(agent.agent_type),
        business_name=agent.organization_name or business.name,
        owner_name=agent.owner_name,
        language=agent.language,
        model=agent.llm_model or settings().chat_model,
        temperature=agent.temperature,
        max_tokens=agent.max_tokens,
        timezone=agent.schedule_timezone or business.timezone,
        variables=dict(agent.variables),
    )
