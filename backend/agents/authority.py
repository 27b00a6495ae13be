"""Decide in code what an agent may do: every call a model wishes for passes here, whatever kind of tool it names.

What a model was talked into counts for nothing: a tool it was not offered does not exist, one that is switched off is
refused, and one that a person has to approve is kept for them, with nothing done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import kinds, memory_tools, queries, tools
from backend.agents.schemas import AgentSpec, TurnRequest
from backend.agents.tools import ToolAnswer, ToolContext
from backend.core.errors import NotFound
from backend.core.tenancy import org_id_of
from backend.functions.schemas import Offer
from backend.memory.schemas import Recalled
from backend.vocab import ToolCallStatus, ToolKind, ToolPolicy

NO_TIME = "There was no time left for this."
_WAITS = "A person of the team was asked to approve this. It is not done yet."


def settled(offers: Sequence[Offer], policies: Mapping[str, str]) -> tuple[Offer, ...]:
    """Return the tools with the policy the agent's settings give each; a policy that a tool cannot have is ignored."""
    found = []
    for one in offers:
        said = ToolPolicy(policies.get(one.name, one.default))
        found.append(replace(one, policy=said if said in one.policies else one.default))
    return tuple(found)


async def tools_of(session: AsyncSession, agent_id: UUID, values: Mapping[str, Any]) -> tuple[Offer, ...]:
    """Return every tool an agent with these values of its fields has, each with its policy. Raises `NotFound`."""
    agent = await queries.agent(session, org_id_of(session), agent_id)
    if agent is None:
        raise NotFound("This agent does not exist.")
    return settled(await kinds.offers(session, agent, values), values["tool_policies"])


def offered(request: TurnRequest) -> dict[str, Offer]:
    """Return the tools a turn may offer its model, by name."""
    return {
        one.name: one
        for one in request.agent.tools
        if one.policy != ToolPolicy.OFF and (one.kind == ToolKind.OWN or request.call_tool is not None)
    }


def schemas(request: TurnRequest, remembered: Recalled | None) -> list[dict[str, Any]]:
    """Return the tools as a turn's model is offered them, with those of the customer's memory where there is one."""
    return [*(one.schema() for one in offered(request).values()), *memory_tools.schemas(remembered)]


def reading(spec: AgentSpec) -> AgentSpec:
    """Return the agent with only those of its tools that change nothing elsewhere and ask nobody."""
    left = tuple(one for one in spec.tools if one.is_reading and one.policy == ToolPolicy.ALLOWED)
    return replace(spec, tools=left)


async def use(
    name: str, arguments: Mapping[str, Any] | None, context: ToolContext, request: TurnRequest, limit_s: float
) -> ToolAnswer:
    """Let one wish of a model pass, keep it for a person, or refuse it, and return what the model is told."""
    if context.remembered is not None and name in memory_tools.TOOLS:
        # What is remembered of customers is theirs to see and to correct: no policy stands before it.
        return memory_tools.call(name, arguments, context)
    offer = offered(request).get(name)
    if offer is None:
        return ToolAnswer(ToolCallStatus.FAILED, "There is no such tool.")
    if arguments is None:
        return ToolAnswer(ToolCallStatus.FAILED, "The arguments are not a JSON object.", kind=offer.kind)
    if fault := kinds.of(offer).fault(offer, arguments):
        return ToolAnswer(ToolCallStatus.FAILED, fault, kind=offer.kind)
    if offer.kind == ToolKind.ACTION and (withheld := _withheld(arguments, context)):
        return ToolAnswer(ToolCallStatus.REFUSED, withheld, kind=offer.kind)
    if offer.kind == ToolKind.OWN:
        # What the customer must have said themselves, nobody can approve in their place.
        answer = tools.call(offer.name, arguments, context)
        asks = offer.policy == ToolPolicy.ASK and answer.status == ToolCallStatus.OK
        return _asked(offer) if asks else replace(answer, kind=offer.kind)
    if offer.policy == ToolPolicy.ASK:
        return _asked(offer)
    if request.call_tool is None or limit_s <= 0:
        return ToolAnswer(ToolCallStatus.FAILED, NO_TIME, kind=offer.kind)
    outcome = await request.call_tool(offer, arguments, limit_s)
    return ToolAnswer(outcome.status, outcome.message, data=outcome.data, call_id=outcome.call_id, kind=offer.kind)


def _withheld(arguments: Mapping[str, Any], context: ToolContext) -> str:
    """Return why what an action would send may not leave, or an empty string."""
    faults = (context.fault_of(str(value)) for value in arguments.values())
    return next((fault for fault in faults if fault), "")


def _asked(offer: Offer) -> ToolAnswer:
    return ToolAnswer(ToolCallStatus.WAITING, _WAITS, kind=offer.kind)
