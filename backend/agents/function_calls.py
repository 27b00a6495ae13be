"""Give a turn the means to call its agent's functions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backend.agents.schemas import AgentSpec, CallFunction, Customer
from backend.core.ids import new_id
from backend.details.definitions import shown
from backend.details.schemas import Found
from backend.functions import definitions
from backend.functions import service as functions
from backend.functions.schemas import CallSetting, Outcome
from backend.vocab import ToolCallStatus


def caller(setting: CallSetting) -> CallFunction:
    """Return what calls functions for a turn: each wish once, however often the turn is run."""

    async def call(found: Mapping[str, Any], arguments: Mapping[str, Any], limit_s: float) -> Outcome:
        # Without a turn that is stored nothing is run again, so each call is a wish of its own.
        key = functions.key_of(setting.turn_id or new_id(), found["name"], arguments)
        return await functions.call(found, arguments, setting, key, limit_s)

    return call


def reading_caller(setting: CallSetting) -> CallFunction:
    """Return what calls functions that only read; others are told to be left undone."""
    reads = caller(replace(setting, turn_id=None))

    async def call(found: Mapping[str, Any], arguments: Mapping[str, Any], limit_s: float) -> Outcome:
        if definitions.is_reading(found):
            return await reads(found, arguments, limit_s)
        return Outcome(None, ToolCallStatus.REFUSED, "Nothing is changed while an answer is only tried.")

    return call


def reading(spec: AgentSpec) -> AgentSpec:
    """Return the agent with only those of its functions that change nothing."""
    return replace(spec, functions=tuple(one for one in spec.functions if definitions.is_reading(one)))


def known(spec: AgentSpec, customer: Customer, found: Mapping[str, Found] | None = None) -> dict[str, str]:
    """Return the values a function's templates may name beside its arguments."""
    return {
        **spec.variables,
        **{one.name: shown(one.value) for one in (found or {}).values()},
        "agent.name": spec.name,
        "business.name": spec.business_name,
        "contact.name": customer.name,
        "contact.phone": customer.phone,
    }
