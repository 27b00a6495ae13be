"""Copy what a turn needs of an agent and its business out of the database."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import authority, fields, kinds
from backend.agents.prompts import default_role
from backend.agents.schemas import AgentSpec, Asking
from backend.core.config import settings
from backend.details import service as details
from backend.memory import rules as memory
from backend.models.agents import AgentConfig
from backend.models.organizations import Organization


async def spec_of(session: AsyncSession, agent: AgentConfig, values: Mapping[str, Any] | None = None) -> AgentSpec:
    """Return the agent as a turn sees it: its published version, or `values` of its fields instead.

    What it leaves empty comes from the organization and the installation.
    """
    known = fields.published(agent) if values is None else values
    asked = {one["name"]: one for one in (*await details.shared(session), *known["dynamic_variables"])}
    business = (await session.exec(select(Organization).where(Organization.id == agent.org_id))).one()
    return AgentSpec(
        id=agent.id,
        name=known["name"],
        version=agent.version,
        system_prompt=known["system_prompt"],
        role=known["agent_role"] or default_role(known["agent_type"]),
        business_name=known["organization_name"] or business.name,
        owner_name=known["owner_name"],
        language=known["language"],
        model=known["llm_model"] or settings().chat_model,
        temperature=known["temperature"],
        max_tokens=known["max_tokens"],
        timezone=known["schedule_timezone"] or business.timezone,
        variables=dict(known["variables"]),
        style=known["response_style"],
        vocabulary=known["vocabulary"],
        details=tuple(asked.values()),
        tools=authority.settled(await kinds.offers(session, agent, known), known["tool_policies"]),
        targets=tuple(known["transfer_targets"]),
        asking=Asking(known["approval_minutes"], known["approval_notice"], known["approval_message"]),
        memory=memory.of(known),
    )
