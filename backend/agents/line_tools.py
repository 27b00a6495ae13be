"""Offer what an agent may do with the line of its call: put the phone down, and put the caller through to the team.

A tool's result is the truth: it is what the line itself said of it, so that nobody is told of a transfer that is none.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from backend.agents.schemas import AgentSpec
from backend.agents.tools import REASON_LIMIT, ToolAnswer
from backend.core.errors import MagpipeError
from backend.core.json_schema import closed_object
from backend.functions.schemas import Offer
from backend.vocab import ToolCallStatus, ToolKind, ToolPolicy

END_CALL, TRANSFER_CALL = "end_call", "transfer_call"
NAMES = (END_CALL, TRANSFER_CALL)
TEAM = "the team"
_ENDS = "The call ends now. Say nothing more."
_PUT_THROUGH = "The caller is being put through to the team now. Say nothing more."
_NOT_PUT_THROUGH = "The caller could not be put through. Say so, and offer that somebody calls back."


class Line(Protocol):
    """The line of a call, as its tools use it."""

    async def end(self) -> None:
        """Have the call end, with a goodbye unless there was one."""

    async def put_through(self, number: str, reason: str) -> None:
        """Join the caller with a telephone instead of the agent. Raises `MagpipeError` when that is not done."""


def offers(values: Mapping[str, Any], caller: str) -> tuple[Offer, ...]:
    """Return the tools of a call, from the agent's fields; nobody is put through to themselves."""
    found = [
        Offer(
            ToolKind.OWN,
            END_CALL,
            "End the phone call. Use it when the caller has said goodbye or wants nothing more, after your goodbye.",
            closed_object({}, ()),
            label="End the call",
            policies=(ToolPolicy.ALLOWED,),
        )
    ]
    number = str(values.get("transfer_phone_number") or "")
    if number and number != caller:
        properties: dict[str, dict[str, Any]] = {
            "to": {"type": "string", "enum": [TEAM], "description": "To whom"},
            "reason": {"type": "string", "description": "In a few words, what they need to know"},
        }
        found.append(
            Offer(
                ToolKind.OWN,
                TRANSFER_CALL,
                "Put the caller through to a person of the team by telephone, now. Use it when they ask for one, or"
                " when you cannot help. Say that you do so before you call it.",
                closed_object(properties, tuple(properties)),
                {"number": number},
                label="Transfer the call",
                policies=(ToolPolicy.ALLOWED,),
            )
        )
    return tuple(found)


async def use(name: str, arguments: Mapping[str, Any], spec: AgentSpec, line: Line | None) -> ToolAnswer:
    """Do what a model wishes of the line, and return what came of it; never raises for a line that does not do it."""
    offer = next((one for one in spec.tools if one.name == name), None)
    if offer is None or line is None:
        return ToolAnswer(ToolCallStatus.FAILED, "There is no such tool.")
    if fault := _fault(offer.parameters["required"], arguments):
        return ToolAnswer(ToolCallStatus.FAILED, fault)
    if name == END_CALL:
        await line.end()
        return ToolAnswer(ToolCallStatus.OK, _ENDS)
    if arguments["to"].strip().casefold() != TEAM:
        return ToolAnswer(ToolCallStatus.REFUSED, "You cannot put anybody through to them.")
    try:
        await line.put_through(offer.definition["number"], " ".join(arguments["reason"].split())[:REASON_LIMIT])
    except MagpipeError:
        return ToolAnswer(ToolCallStatus.FAILED, _NOT_PUT_THROUGH)
    return ToolAnswer(ToolCallStatus.OK, _PUT_THROUGH)


def _fault(names: Sequence[str], arguments: Mapping[str, Any]) -> str:
    if unknown := sorted(set(arguments) - set(names)):
        return f"Unknown argument: {unknown[0][:40]}."
    return next((f"Missing argument: {name}." for name in names if not isinstance(arguments.get(name), str)), "")
