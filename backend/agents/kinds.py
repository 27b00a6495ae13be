"""List the kinds of tools there are, and what an agent is offered of each: the table a new kind is added to."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import actions, calendar_tools, function_calls, mcp_tools, tools
from backend.functions.schemas import CallSetting, Offer, Outcome
from backend.models.agents import AgentConfig
from backend.vocab import ToolKind


class Kind(Protocol):
    """One kind of tools. Whether a call may run, and its log, are the gate's matter and not theirs."""

    async def offers(self, session: AsyncSession, agent: AgentConfig, values: Mapping[str, Any]) -> Sequence[Offer]:
        """Return the tools of this kind that an agent with these values of its fields has."""

    def fault(self, offer: Offer, arguments: Mapping[str, Any]) -> str:
        """Return what is wrong with the arguments of a call, or an empty string."""

    def words(self, offer: Offer, arguments: Mapping[str, Any]) -> str:
        """Return what a call would do in plain words, for the person who is asked to approve it."""

    async def run(
        self, offer: Offer, arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, limit_s: float
    ) -> Outcome:
        """Do it within so many seconds, outside any transaction; `call_id` is the same for the same wish."""


# In the order in which they are offered; of two tools with one name the first is.
KINDS: Mapping[ToolKind, Kind] = {
    ToolKind.OWN: tools,
    ToolKind.ACTION: actions,
    ToolKind.FUNCTION: function_calls,
    ToolKind.CALENDAR: calendar_tools,
    ToolKind.MCP: mcp_tools,
}


async def offers(session: AsyncSession, agent: AgentConfig, values: Mapping[str, Any]) -> list[Offer]:
    """Return every tool an agent has, each under a name of its own, with its default policy."""
    found: dict[str, Offer] = {}
    for kind in KINDS.values():
        for one in await kind.offers(session, agent, values):
            found.setdefault(one.name, one)
    return list(found.values())


def of(offer: Offer) -> Kind:
    """Return the kind of a tool."""
    return KINDS[offer.kind]
