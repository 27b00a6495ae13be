"""Say what an agent lacks to be reached: each type needs its own way in."""

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import queries
from backend.core.errors import Conflict
from backend.models.agents import AgentConfig
from backend.vocab import AgentType

# The slot of a number that each type takes.
SLOTS = {
    AgentType.TEXT: "text_agent_id",
    AgentType.INBOUND_VOICE: "agent_id",
    AgentType.OUTBOUND_VOICE: "outbound_agent_id",
}
_MISSING = {
    "text_number": "None of your numbers hands its texts to this agent. Choose one under Deployment.",
    "voice_number": "None of your numbers hands its calls to this agent. Choose one under Deployment.",
    "outbound_number": "This agent has no number to call from. Choose one under Deployment.",
    "widget": "This agent stands on no website. Make a chat widget under Deployment.",
    "mailbox": "This agent answers email, and no mailbox is connected to it. Connect one under Deployment.",
}


async def missing(session: AsyncSession, agent: AgentConfig) -> str:
    """Return what the agent lacks (`text_number`, `voice_number`, `outbound_number`, `widget`, `mailbox`), or ""."""
    kind = AgentType(agent.agent_type)
    if kind in SLOTS:
        served = await queries.numbers_served(session, agent.org_id, agent.id)
        column = SLOTS[kind]
        if any(getattr(number, column) == agent.id for number in served):
            return ""
        return {AgentType.TEXT: "text_number", AgentType.INBOUND_VOICE: "voice_number"}.get(kind, "outbound_number")
    if kind == AgentType.CHAT_WIDGET:
        return "" if await queries.has_widget(session, agent.org_id, agent.id) else "widget"
    return "" if await queries.has_mailbox(session, agent.org_id, agent.id) else "mailbox"


async def require(session: AsyncSession, agent: AgentConfig) -> None:
    """Raise `Conflict` (`not_deployed`) while nobody can reach the agent; details say what is missing and where."""
    lacks = await missing(session, agent)
    if lacks:
        raise Conflict(
            _MISSING[lacks],
            code="not_deployed",
            details={"missing": lacks, "link": f"/agents/{agent.id}?tab=deployment"},
        )
