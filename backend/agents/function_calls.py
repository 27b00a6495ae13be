"""Offer the functions people taught an agent, its own and everybody's, and call them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.functions import definitions
from backend.functions import service as functions
from backend.functions.schemas import CallSetting, Offer, Outcome
from backend.models.agents import AgentConfig


async def offers(session: AsyncSession, agent: AgentConfig, values: Mapping[str, Any]) -> list[Offer]:
    """Return the functions an agent may call, its own before everybody's."""
    rows = (*values["custom_functions"], *await functions.shared(session))
    return [definitions.offer(one) for one in rows if one["is_active"]]


def fault(offer: Offer, arguments: Mapping[str, Any]) -> str:
    """Return what is wrong with the arguments of a call, or an empty string."""
    return definitions.fault(offer.definition, arguments)


def words(offer: Offer, arguments: Mapping[str, Any]) -> str:
    """Return what a call would do: what its description says."""
    return f"{offer.label[:1].upper()}{offer.label[1:]}: {offer.description}"


async def run(
    offer: Offer, arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, limit_s: float
) -> Outcome:
    """Send the call to the function's address."""
    return await functions.send(offer.definition, arguments, call_id, setting, limit_s)
