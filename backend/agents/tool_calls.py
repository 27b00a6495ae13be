"""Give a turn the means to call its agent's tools: through the gate, each wish once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.agents import kinds
from backend.agents.schemas import AgentSpec, CallTool, Customer
from backend.core.ids import new_id
from backend.details.definitions import shown
from backend.details.schemas import Found
from backend.functions import service as functions
from backend.functions.schemas import CallSetting, Offer, Outcome, Work
from backend.vocab import ToolCallStatus

_NOTHING_CHANGED = "Nothing is changed while an answer is only tried."


def caller(setting: CallSetting) -> CallTool:
    """Return what calls tools for a turn: each wish once, however often the turn is run."""

    async def call(offer: Offer, arguments: Mapping[str, Any], limit_s: float) -> Outcome:
        # Without a turn that is stored nothing is run again, so each call is a wish of its own.
        key = functions.key_of(setting.turn_id or setting.answer_id or new_id(), offer.name, arguments)
        return await functions.pass_call(offer, arguments, setting, key, limit_s, work(offer, arguments, setting))

    return call


def reading_caller(setting: CallSetting) -> CallTool:
    """Return what calls tools that only read; others are told to be left undone."""

    async def call(offer: Offer, arguments: Mapping[str, Any], limit_s: float) -> Outcome:
        if not offer.is_reading:
            return Outcome(None, ToolCallStatus.REFUSED, _NOTHING_CHANGED)
        # Of no turn, so that what is asked twice is read twice.
        key = functions.key_of(new_id(), offer.name, arguments)
        return await functions.pass_call(offer, arguments, setting, key, limit_s, work(offer, arguments, setting))

    return call


def work(offer: Offer, arguments: Mapping[str, Any], setting: CallSetting) -> Work:
    """Return what does the work of a call once the gate let it pass."""

    async def run(call_id: UUID, limit_s: float) -> Outcome:
        return await kinds.of(offer).run(offer, arguments, call_id, setting, limit_s)

    return run


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
