"""Offer the assistant its tools: a typed schema for the model, a check of every call, and what may run.

Reading runs at once. Nothing here changes anything: what would is a draft, which the person confirms (`deciding`).
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.assistant import proposing, reading
from backend.assistant.schemas import Desk, ToolAnswer
from backend.core.errors import MagpipeError
from backend.core.json_schema import closed_object

VALUE_LIMIT = 8000
_RECIPIENT = {"type": "string", "description": "The contact's name or phone number, as the person gave it"}
_CONTACT = {"type": "string", "description": "The contact's name or phone number"}
_AGENT = {"type": "string", "description": "The agent's name"}


@dataclass(frozen=True)
class Tool:
    """One tool as the model knows it, and what runs when it is called."""

    name: str
    description: str
    properties: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...]
    run: Callable[[Desk, Mapping[str, str]], Awaitable[ToolAnswer]]

    def schema(self) -> dict[str, Any]:
        """Return the tool as OpenAI's chat API describes one."""
        return {
            "type": "function",
            "function": {
                "name": self.name,
                "description": self.description,
                "parameters": closed_object(self.properties, self.required),
            },
        }


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _one_of(description: str, *values: str) -> dict[str, Any]:
    return {"type": "string", "description": description, "enum": list(values)}


_WHEN = "Day and time on the business's clock: ISO 8601 such as 2026-11-24T09:00, or as the person wrote it"

TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "find_contacts",
            "Find or look up contacts: who somebody is, their phone number, address or company.",
            {"query": _text("A name, company, email address or phone number, without other words")},
            ("query",),
            reading.find_contacts,
        ),
        Tool(
            "find_conversations",
            "List conversations of the inbox, newest first: who wrote, what waits, what is unread or unassigned.",
            {
                "which": _one_of("Which ones", "open", "mine", "unassigned", "unread", "waiting for a person", "any"),
                "about": _text("Only those in which these words were said, or with this person"),
            },
            (),
            reading.find_conversations,
        ),
        Tool(
            "read_conversation",
            "Read what was said lately with one contact.",
            {"contact": _CONTACT},
            ("contact",),
            reading.read_conversation,
        ),
        Tool("list_agents", "List the agents, whether they are on, and their versions.", {}, (), reading.list_agents),
        Tool(
            "read_agent",
            "Show an agent's name, greeting, role or instructions as they stand in its draft.",
            {"agent": _AGENT, "field": _one_of("What to show", *reading.FIELDS)},
            ("agent",),
            reading.read_agent,
        ),
        Tool(
            "list_numbers",
            "List the business's own phone numbers and which agent answers them.",
            {},
            (),
            reading.list_numbers,
        ),
        Tool(
            "list_planned_texts",
            "List the texts that are scheduled and wait for their time.",
            {},
            (),
            reading.list_planned_texts,
        ),
        Tool(
            "get_figures",
            "Count texts received and sent, answers of agents, open conversations and contacts: figures, statistics.",
            {"period": _one_of("Of which time", "today", "yesterday", "last 7 days", "last 30 days")},
            (),
            reading.get_figures,
        ),
        Tool(
            "send_text",
            "Prepare a text message (SMS) to a contact, to be sent now or scheduled for later. The person confirms it.",
            {
                "recipient": _RECIPIENT,
                "message": _text("The words of the text, exactly as they shall be sent"),
                "send_at": _text(f"Only when it shall leave later. {_WHEN}"),
                "from_number": _text("Only when the person names one of the business's phone numbers to send from"),
            },
            ("recipient", "message"),
            proposing.send_text,
        ),
        Tool(
            "cancel_planned_text",
            "Prepare to take back a scheduled text that has not left. The person confirms it.",
            {"recipient": _RECIPIENT, "when": _text(f"Only when several are planned. {_WHEN}")},
            ("recipient",),
            proposing.cancel_planned_text,
        ),
        Tool(
            "change_agent",
            "Prepare a change of an agent's name, greeting, role or instructions in its draft. The person confirms it.",
            {
                "agent": _AGENT,
                "field": _one_of("What to change", *reading.FIELDS),
                "value": _text("The new words, and nothing else"),
                "how": _one_of("Put the value in place of what stands there, or add it", "replace", "add"),
                "replaces": _text("Only to change a part: the exact words of now that the value takes the place of"),
            },
            ("agent", "field", "value"),
            proposing.change_agent,
        ),
        Tool(
            "publish_agent",
            "Prepare to publish an agent's draft, so that customers meet its changes. The person confirms it.",
            {"agent": _AGENT},
            ("agent",),
            proposing.publish_agent,
        ),
        Tool(
            "place_call",
            "Prepare that one of the agents calls a contact on the phone now. The person confirms it.",
            {
                "contact": _RECIPIENT,
                "reason": _text("What the call is about, as the agent shall know it"),
                "agent": _text("Only when the person names the agent that shall call"),
                "from_number": _text("Only when the person names one of the business's phone numbers to call from"),
            },
            ("contact",),
            proposing.place_call,
        ),
        Tool(
            "plan_callback",
            "Prepare a callback: the contact's conversation comes back to the person at a time, with a note to call.",
            {
                "contact": _CONTACT,
                "when": _text(_WHEN),
                "reason": _text("What the call is about, in a few words"),
            },
            ("contact", "when"),
            proposing.plan_callback,
        ),
    )
}


def schemas() -> list[dict[str, Any]]:
    """Return every tool as the model is offered it."""
    return [tool.schema() for tool in TOOLS.values()]


async def call(desk: Desk, name: str, arguments: Mapping[str, Any] | None) -> ToolAnswer:
    """Check a call against the tool's schema and the person's authority and return what comes of it."""
    tool = TOOLS.get(name)
    if tool is None:
        return ToolAnswer("failed", "There is no such tool.")
    if arguments is None:
        return ToolAnswer("failed", "The arguments are not a JSON object.")
    # Models give null, or nothing, for what they leave out.
    given = {key: value for key, value in arguments.items() if value is not None and value != ""}
    if fault := _fault(tool, given):
        return ToolAnswer("failed", fault)
    try:
        # What a tool could not finish must not spoil the transaction of those after it.
        async with desk.session.begin_nested():
            return await tool.run(desk, given)
    except MagpipeError as problem:
        return ToolAnswer("refused", problem.message)


def _fault(tool: Tool, given: Mapping[str, Any]) -> str:
    if unknown := sorted(set(given) - set(tool.properties)):
        return f"Unknown argument: {unknown[0][:40]}."
    for name, kind in tool.properties.items():
        if name not in given:
            if name in tool.required:
                return f"Missing argument: {name}."
            continue
        if not isinstance(given[name], str):
            return f"The argument {name} must be a string."
        if len(given[name]) > VALUE_LIMIT:
            return f"The argument {name} is too long."
        if "enum" in kind and given[name] not in kind["enum"]:
            return f"The argument {name} must be one of: {', '.join(kind['enum'])}."
    return ""


def content(status: str, message: str) -> str:
    """Return a tool's answer as the model reads it."""
    return as_json({"status": status, "message": message})


def as_json(value: Mapping[str, Any]) -> str:
    """Return a value as the model reads and writes it."""
    return json.dumps(dict(value), ensure_ascii=False)
