"""Offer what an agent may do with the line of its call: put it down, put the caller through, press keys, copy a voice.

A tool's result is the truth: it is what the line itself said of it, so that nobody is told of a transfer that is none.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from backend.agents.schemas import AgentSpec
from backend.agents.tools import REASON_LIMIT, ToolAnswer
from backend.core.errors import MagpipeError
from backend.core.json_schema import closed_object
from backend.functions.schemas import Offer
from backend.vocab import THE_TEAM, ToolCallStatus, ToolKind, ToolPolicy, TransferMode

END_CALL, TRANSFER_CALL, COPY_VOICE, PRESS_KEYS = "end_call", "transfer_call", "copy_voice", "press_keys"
NAMES = (END_CALL, TRANSFER_CALL, COPY_VOICE, PRESS_KEYS)
# As long as the longest card number with its pauses; `w` waits for half a second.
_KEYS = re.compile(r"[0-9*#w]{1,40}")
_PRESSED = "The keys were pressed. Say nothing until you have heard what follows."
_NO_KEYS = "Keys are digits, * and #, and w for a pause, 40 at most. Nothing was pressed."
_ENDS = "The call ends now. Say nothing more."
_PUT_THROUGH = "The caller is being put through to {label} now. Say nothing more."
_NOT_PUT_THROUGH = "The caller could not be put through. Say so, and offer that somebody calls back."
_TAKEN = "{label} took the caller and speaks with them now. Say nothing more."
_NOT_TAKEN = "The caller was not put through to {label}: {reason} Say so, and offer that somebody calls back."
_SAMPLED = (
    "The caller agreed and spoke a sample, which is being submitted. There is no copy of their voice yet: that takes"
    " minutes, and the team sees what becomes of it. Tell the caller so."
)
_NOT_SAMPLED = "The caller's voice was not taken: {reason} Say so, and do not ask again."
_ASKS = "{agent} asks whether you can take them: {reason}"


class Line(Protocol):
    """The line of a call, as its tools use it."""

    async def end(self) -> None:
        """Have the call end, with a goodbye unless there was one."""

    async def put_through(self, number: str, reason: str) -> None:
        """Join the caller with a telephone instead of the agent. Raises `MagpipeError` when that is not done."""

    async def consult(self, number: str, reason: str) -> None:
        """Ring a telephone while the caller waits, and return when somebody there took them.

        Raises `MagpipeError` that says why nobody did; the agent has the caller again then.
        """

    async def press(self, keys: str) -> None:
        """Press keys of the telephone; `w` waits for half a second."""

    async def copy_voice(self) -> None:
        """Ask the caller for their voice, take what they speak, and have it copied; the agent has them again.

        Raises `MagpipeError` that says why nothing was taken.
        """


def offers(
    values: Mapping[str, Any], caller: str, *, has_team: bool = False, is_ours: bool = False
) -> tuple[Offer, ...]:
    """Return the tools of a call, from the agent's fields; nobody is put through to themselves.

    `has_team` says that people of the team take callers at their browsers, which goes before a telephone of theirs;
    `is_ours` that we made the call, which a menu may answer.
    """
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
    if numbers := _numbers(values, caller, has_team):
        lines = "; ".join(f"{label}: {one['when']}" if one["when"] else label for label, one in numbers.items())
        properties: dict[str, dict[str, Any]] = {
            "to": {"type": "string", "enum": list(numbers), "description": "To whom"},
            "reason": {"type": "string", "description": "In a few words, what they need to know"},
        }
        found.append(
            Offer(
                ToolKind.OWN,
                TRANSFER_CALL,
                "Put the caller through to a person, now. Use it when they ask for one, or when you"
                f" cannot help. Say that you do so before you call it. To whom, and when: {lines}",
                closed_object(properties, tuple(properties)),
                {"numbers": numbers},
                label="Transfer the call",
                policies=(ToolPolicy.ALLOWED,),
            )
        )
    if is_ours:
        found.append(
            Offer(
                ToolKind.OWN,
                PRESS_KEYS,
                "Press keys of the telephone. Use it only when a recorded menu or a machine asks for them: for a person"
                " to reach, an extension, a number to enter. Say nothing with it.",
                closed_object(
                    {"keys": {"type": "string", "description": "Such as 2, or 1w4711# (w waits)"}}, ("keys",)
                ),
                label="Press keys",
                policies=(ToolPolicy.ALLOWED,),
            )
        )
    # Where not everything said is kept, nobody can say of a voice that it is.
    if values.get("voice_copying") is True and values.get("pii_storage") == "enabled":
        found.append(
            Offer(
                ToolKind.OWN,
                COPY_VOICE,
                "Take a sample of the caller's voice, so that the business can have it copied. Use it only when the"
                " caller wants that. It asks them for their consent and has them speak by itself: say nothing of both.",
                closed_object({}, ()),
                label="Copy the caller's voice",
                policies=(ToolPolicy.ALLOWED,),
            )
        )
    return tuple(found)


def _numbers(values: Mapping[str, Any], caller: str, has_team: bool) -> dict[str, dict[str, Any]]:
    """Return whom a caller can be put through to, by the names the agent has for them."""
    found = {}
    if number := THE_TEAM if has_team else str(values.get("transfer_phone_number") or ""):
        found[THE_TEAM] = {"number": number, "when": "", "is_asked": False}
    for one in values.get("transfer_numbers") or ():
        is_asked = one["mode"] == TransferMode.WARM
        found[one["label"]] = {"number": one["phone_number"], "when": one["when"], "is_asked": is_asked}
    return {label: one for label, one in found.items() if one["number"] != caller}


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
    if name == PRESS_KEYS:
        keys = "".join(arguments["keys"].split()).lower()
        if not _KEYS.fullmatch(keys):
            return ToolAnswer(ToolCallStatus.REFUSED, _NO_KEYS)
        await line.press(keys)
        return ToolAnswer(ToolCallStatus.OK, _PRESSED)
    if name == COPY_VOICE:
        try:
            await line.copy_voice()
        except MagpipeError as error:
            return ToolAnswer(ToolCallStatus.FAILED, _NOT_SAMPLED.format(reason=error.message))
        return ToolAnswer(ToolCallStatus.OK, _SAMPLED)
    numbers = {label.casefold(): (label, one) for label, one in offer.definition["numbers"].items()}
    label, to = numbers.get(arguments["to"].strip().casefold(), ("", None))
    if to is None:
        return ToolAnswer(ToolCallStatus.REFUSED, "You cannot put anybody through to them.")
    reason = " ".join(arguments["reason"].split())[:REASON_LIMIT]
    if to["is_asked"]:
        try:
            await line.consult(to["number"], _ASKS.format(agent=spec.name, reason=reason))
        except MagpipeError as error:
            return ToolAnswer(ToolCallStatus.FAILED, _NOT_TAKEN.format(label=label, reason=error.message))
        return ToolAnswer(ToolCallStatus.OK, _TAKEN.format(label=label))
    try:
        await line.put_through(to["number"], reason)
    except MagpipeError:
        return ToolAnswer(ToolCallStatus.FAILED, _NOT_PUT_THROUGH)
    return ToolAnswer(ToolCallStatus.OK, _PUT_THROUGH.format(label=label))


def _fault(names: Sequence[str], arguments: Mapping[str, Any]) -> str:
    if unknown := sorted(set(arguments) - set(names)):
        return f"Unknown argument: {unknown[0][:40]}."
    return next((f"Missing argument: {name}." for name in names if not isinstance(arguments.get(name), str)), "")
