"""Offer tools to a model, and decide in code what each call may do.

A tool does nothing by itself: it checks the call and returns an effect, which the caller applies in the transaction
that stores the reply. So a turn that is repeated or thrown away leaves nothing behind.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents.schemas import Customer, Effect
from backend.core.errors import Invalid
from backend.core.json_schema import closed_object
from backend.details import definitions as details
from backend.details import service as detail_service
from backend.details.schemas import Found
from backend.functions.schemas import CallSetting, Offer, Outcome
from backend.memory.schemas import Recalled
from backend.models.agents import AgentConfig
from backend.vocab import ToolCallStatus, ToolKind, ToolPolicy

HAND_OVER = "hand_over"
TRANSFER = "transfer"
NAME_CONTACT = "name_contact"
KEEP_DETAILS = "keep_details"
ASK_FOR_PERSON, SAVE_NAME = "hand_over_to_person", "save_contact_name"
# Offered when the agent has something to find out; its parameters are what that is.
SAVE_DETAILS = "save_details"
# Offered when its settings name whom it may hand a conversation to.
TRANSFER_TO = "transfer_conversation"
REASON_LIMIT = 200
NAME_LIMIT = 80
# Long names have five or six words; a request of a customer's soon has more.
NAME_WORDS = 6


@dataclass(frozen=True)
class ToolContext:
    """What a tool may rely on: who the customer is, and what they wrote themselves, newest last."""

    customer: Customer
    customer_texts: tuple[str, ...]
    details: tuple[Mapping[str, Any], ...] = ()
    found: Mapping[str, Found] = field(default_factory=dict)
    targets: tuple[Mapping[str, Any], ...] = ()
    """Whom the agent may hand the conversation to."""
    fault_of: Callable[[str], str] = lambda text: ""
    """Says why a text may not leave, or nothing: what is sent by a tool is judged as an answer is."""
    remembered: Recalled | None = None
    """What is remembered of the customer; None where nobody is."""


@dataclass(frozen=True)
class ToolAnswer:
    """What the model is told, and what is to be done."""

    status: str
    message: str
    effect: Effect | None = None
    data: Any = None
    """What a function's address answered."""
    call_id: UUID | None = None
    kind: str = ToolKind.OWN

    def content(self) -> str:
        """Return the answer as the model reads it."""
        if self.data is not None:
            return json.dumps({"status": self.status, "result": self.data}, ensure_ascii=False)
        return json.dumps({"status": self.status, "message": self.message}, ensure_ascii=False)

    def said(self) -> str:
        """Return the answer as people read it."""
        if self.data is None:
            return self.message
        return self.data if isinstance(self.data, str) else json.dumps(self.data, ensure_ascii=False)


def _refused(message: str) -> ToolAnswer:
    return ToolAnswer("refused", message)


@dataclass(frozen=True)
class Tool:
    """A tool: its schema for the model, and the check that turns a call into an effect or a refusal."""

    name: str
    description: str
    properties: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...]
    run: Callable[[Mapping[str, Any], ToolContext], ToolAnswer]

    label: str
    policies: tuple[ToolPolicy, ...] = (ToolPolicy.ALLOWED, ToolPolicy.ASK, ToolPolicy.OFF)

    def offer(self) -> Offer:
        """Return the tool as an agent is offered it."""
        return Offer(
            kind=ToolKind.OWN,
            name=self.name,
            description=self.description,
            parameters=closed_object(self.properties, self.required),
            is_reading=True,
            label=self.label,
            policies=self.policies,
        )


def _hand_over(arguments: Mapping[str, Any], context: ToolContext) -> ToolAnswer:
    reason = " ".join(arguments["reason"].split())[:REASON_LIMIT] or "the customer asked for a person"
    return ToolAnswer("ok", "The team has been told and will reply in this conversation.", Effect(HAND_OVER, reason))


def _save_name(arguments: Mapping[str, Any], context: ToolContext) -> ToolAnswer:
    name = " ".join(arguments["name"].split())
    if not _is_name(name):
        return _refused("That is not a name.")
    # Only the customer says what they are called: not a page, not the model, not an earlier reply of ours.
    if not any(_stands_in(name, text) for text in context.customer_texts):
        return _refused("The customer has not said this name. Ask for it.")
    if context.customer.name and not any(_introduces(name, text) for text in context.customer_texts):
        return _refused(f"The customer is known as {context.customer.name}.")
    return ToolAnswer("ok", f"The customer's name is saved as {name}.", Effect(NAME_CONTACT, name))


def _is_name(text: str) -> bool:
    """Tell whether a text can be what somebody is called: it stands in every later prompt, so a sentence may not."""
    words = text.split()
    return len(text) <= NAME_LIMIT and 0 < len(words) <= NAME_WORDS and all(_is_name_word(word) for word in words)


def _is_name_word(word: str) -> bool:
    core = word.replace(".", "") if len(word) <= len("Prof.") else word
    # Letters with their marks (Unicode categories L and M), as scripts like Devanagari write them.
    is_spelled = all(unicodedata.category(one)[0] in "LM" or one in "'’-·" for one in core)
    return is_spelled and any(one.isalpha() for one in core)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _stands_in(name: str, text: str) -> bool:
    wanted, said = _words(name), _words(text)
    return any(said[start : start + len(wanted)] == wanted for start in range(len(said) - len(wanted) + 1))


_INTRODUCTION = re.compile(
    r"\b(?:my name is|my name's|name is|call me|i am|i'm|this is|it's|je m'appelle|je suis|mon nom est"
    r"|me llamo|mi nombre es|soy|ich hei(?:ß|ss)e|mein name ist|ich bin|hier ist)\s+(.{1,120})",
    re.IGNORECASE,
)


def _introduces(name: str, text: str) -> bool:
    """Tell whether somebody who has a name already says that they are called something else."""
    wanted = _words(name)
    return any(
        _words(said)[: len(wanted)] == wanted for said in _INTRODUCTION.findall(text.replace("’", "'").casefold())
    )


TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            ASK_FOR_PERSON,
            "Hand the conversation over to a person of the team. Use it when the customer asks for a person, is upset,"
            " or needs a decision that is not yours.",
            {"reason": {"type": "string", "description": "In a few words, what the team needs to know"}},
            ("reason",),
            _hand_over,
            "Hand over to a person",
            # Whoever asks for a person gets one.
            (ToolPolicy.ALLOWED,),
        ),
        Tool(
            SAVE_NAME,
            "Remember the customer's own name, when they say what they are called.",
            {"name": {"type": "string", "description": "The name as the customer wrote it"}},
            ("name",),
            _save_name,
            "Save the customer's name",
        ),
    )
}


async def offers(session: AsyncSession, agent: AgentConfig, values: Mapping[str, Any]) -> list[Offer]:
    """Return the tools every agent has; the one that saves details only where some are wanted, and so on."""
    wanted = {one["name"]: one for one in (*await detail_service.shared(session), *values["dynamic_variables"])}
    found = list(TOOLS.values())
    found += [_saving_tool(tuple(wanted.values()))] if wanted else []
    found += [_transfer_tool(values["transfer_targets"])] if values["transfer_targets"] else []
    return [one.offer() for one in found]


def fault(offer: Offer, arguments: Mapping[str, Any]) -> str:
    """Return what is wrong with the arguments of a call, or an empty string."""
    properties, required = offer.parameters["properties"], offer.parameters["required"]
    unknown = sorted(set(arguments) - set(properties))
    if unknown:
        return f"Unknown argument: {unknown[0][:40]}."
    for name in properties:
        if name not in arguments:
            if name in required:
                return f"Missing argument: {name}."
        elif offer.name != SAVE_DETAILS and not isinstance(arguments[name], str):
            return f"The argument {name} must be a string."
    return ""


def words(offer: Offer, arguments: Mapping[str, Any]) -> str:
    """Return what a call would do, for the person who is asked."""
    match offer.name:
        case "save_contact_name":
            return f"Save “{arguments['name']}” as the customer's name"
        case "transfer_conversation":
            return f"Transfer the conversation to {arguments['to']}"
        case "save_details":
            return f"Keep {', '.join(f'{name} {details.shown(one)}' for name, one in arguments.items() if one != '')}"
    return offer.label


async def run(
    offer: Offer, arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, limit_s: float
) -> Outcome:
    """Do nothing: what these tools want done is an effect, which the turn that called them stores."""
    return Outcome(call_id, ToolCallStatus.FAILED, "This is done in the course of an answer alone.")


def _transfer_tool(targets: Sequence[Mapping[str, Any]]) -> Tool:
    lines = "; ".join(f"{one['label']}: {one['when']}" if one["when"] else one["label"] for one in targets)
    return Tool(
        TRANSFER_TO,
        f"Hand the conversation over to somebody in particular, who goes on with it. To whom, and when: {lines}",
        {
            "to": {"type": "string", "enum": [one["label"] for one in targets], "description": "To whom"},
            "reason": {"type": "string", "description": "In a few words, what they need to know"},
        },
        ("to", "reason"),
        _transfer,
        "Transfer the conversation",
    )


def _transfer(arguments: Mapping[str, Any], context: ToolContext) -> ToolAnswer:
    wanted = arguments["to"].strip().casefold()
    target = next((one for one in context.targets if one["label"].casefold() == wanted), None)
    if target is None:
        return _refused("You cannot transfer to them.")
    reason = " ".join(arguments["reason"].split())[:REASON_LIMIT] or "the agent transferred the conversation"
    effect = Effect(TRANSFER, json.dumps({**target, "reason": reason}))
    return ToolAnswer("ok", f"{target['label']} has been told and goes on in this conversation.", effect)


def _saving_tool(wanted: Sequence[Mapping[str, Any]]) -> Tool:
    return Tool(
        SAVE_DETAILS,
        "Save what the customer says about these details, as soon as they say it. Give only what they said.",
        {one["name"]: details.schema(one) for one in wanted},
        (),
        _save_details,
        "Save details",
        (ToolPolicy.ALLOWED, ToolPolicy.OFF),
    )


def _save_details(arguments: Mapping[str, Any], context: ToolContext) -> ToolAnswer:
    """Check each value; one that is to be read back counts once the customer heard it, which takes another message."""
    kept: list[Found] = []
    wrong: list[str] = []
    for one in context.details:
        given = arguments.get(one["name"])
        if given is None or given == "":
            continue
        try:
            value = details.value_of(one, given)
        except Invalid as error:
            wrong.append(error.message)
            continue
        before = context.found.get(one["name"])
        is_confirmed = not one["read_back"] or (before is not None and before.value == value)
        kept.append(Found(one["name"], one["var_type"], value, is_confirmed))
    said = (
        [f"Kept: {_spelled([one for one in kept if one.is_confirmed])}."] if any(o.is_confirmed for o in kept) else []
    )
    unsure = [one for one in kept if not one.is_confirmed]
    if unsure:
        said.append(
            f"Read back to the customer and ask whether it is right: {_spelled(unsure)}."
            " Save it again once they agreed."
        )
    said += [f"Not kept: {', '.join(wrong)}"] if wrong else []
    if not kept:
        return _refused(" ".join(said) or "Give at least one detail.")
    value = json.dumps([[one.name, one.var_type, one.value, one.is_confirmed] for one in kept])
    return ToolAnswer("ok", " ".join(said), Effect(KEEP_DETAILS, value))


def _spelled(found: Sequence[Found]) -> str:
    return ", ".join(f"{one.name} {details.shown(one.value)}" for one in found)


def kept_details(effect: Effect) -> list[Found]:
    """Return what an effect wants kept."""
    return [Found(*one) for one in json.loads(effect.value)]


def call(name: str, arguments: Mapping[str, Any], context: ToolContext) -> ToolAnswer:
    """Check the authority of a call whose arguments fit and return what comes of it; never raises."""
    match name:
        case "save_details":
            return _save_details(arguments, context)
        case "transfer_conversation":
            return _transfer(arguments, context)
    tool = TOOLS.get(name)
    return tool.run(arguments, context) if tool else ToolAnswer("failed", "There is no such tool.")


def hand_over_reason(effects: Sequence[Effect]) -> str:
    """Return why the model wants a person, whoever of the team it is, or an empty string."""
    asked = next((effect.value for effect in effects if effect.kind == HAND_OVER), "")
    target = transfer(effects)
    return asked or (target["reason"] if target.get("kind") in ("person", "team") else "")


def transfer(effects: Sequence[Effect]) -> dict[str, str]:
    """Return to whom the model transfers (`kind`, `id`, `label`, `when`) and why (`reason`), or nothing."""
    found = next((effect.value for effect in effects if effect.kind == TRANSFER), "{}")
    return dict(json.loads(found))
