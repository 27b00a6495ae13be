"""The stand-in model runs errands: which tool is meant, and with which arguments, from the words of the request."""

import json
from typing import Any

import pytest

from backend.sandbox.model.answer import Reply, reply


def tool(name: str, required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    schemas = {key: {"type": "string", **({"enum": value} if value else {})} for key, value in properties.items()}
    parameters = {"type": "object", "properties": schemas, "required": list(required)}
    return {"type": "function", "function": {"name": name, "description": "", "parameters": parameters}}


TOOLS = [
    tool("find_contacts", ("query",), query=None),
    tool("find_conversations", which=["open", "unassigned", "unread"]),
    tool("read_conversation", ("contact",), contact=None),
    tool("list_agents"),
    tool("list_planned_texts"),
    tool("get_figures", period=["today", "yesterday"]),
    tool("send_text", ("recipient", "message"), recipient=None, message=None, send_at=None),
    tool("cancel_planned_text", ("recipient",), recipient=None),
    tool(
        "change_agent",
        ("agent", "field", "value"),
        agent=None,
        field=["name", "greeting", "instructions"],
        value=None,
        how=["replace", "add"],
    ),
    tool("publish_agent", ("agent",), agent=None),
    tool("place_call", ("contact",), contact=None),
    tool("plan_callback", ("contact", "when"), contact=None, when=None, reason=None),
]


def ask(*said: Any) -> Reply:
    messages = [one if isinstance(one, dict) else {"role": "user", "content": one} for one in said]
    system = {"role": "system", "content": "You help Ana, a member of the team of North Dental."}
    return reply({"messages": [system, *messages], "tools": TOOLS})


@pytest.mark.parametrize(
    ("request_", "name", "arguments"),
    [
        ("Find Dana", "find_contacts", {"query": "Dana"}),
        ("Who is Dana Ruiz?", "find_contacts", {"query": "Dana Ruiz"}),
        ("Look up +1 415 555 0171", "find_contacts", {"query": "+1 415 555 0171"}),
        ("Which conversations are unassigned?", "find_conversations", {"which": "unassigned"}),
        ("What did Dana write?", "read_conversation", {"contact": "Dana"}),
        ("Which agents are on?", "list_agents", {}),
        ("Which texts are planned?", "list_planned_texts", {}),
        ("How many texts came in today?", "get_figures", {"period": "today"}),
        ("Text Dana that we open at nine", "send_text", {"recipient": "Dana", "message": "we open at nine"}),
        ("text dana: hello there", "send_text", {"recipient": "dana", "message": "hello there"}),
        ("Text +1 415 555 0171: Hello", "send_text", {"recipient": "+1 415 555 0171", "message": "Hello"}),
        (
            'Schedule a text to Dana for tomorrow at 9:00: "See you"',
            "send_text",
            {"recipient": "Dana", "message": "See you", "send_at": "tomorrow at 9:00"},
        ),
        ("Cancel the planned text to Dana", "cancel_planned_text", {"recipient": "Dana"}),
        (
            "Rename the agent Front desk to Reception",
            "change_agent",
            {"agent": "Front desk", "field": "name", "value": "Reception"},
        ),
        (
            "Add to the instructions of Front desk: Mention parking",
            "change_agent",
            {"agent": "Front desk", "field": "instructions", "value": "Mention parking", "how": "add"},
        ),
        ("Publish Front desk", "publish_agent", {"agent": "Front desk"}),
        ("Call Dana", "place_call", {"contact": "Dana"}),
        (
            "Remind me to call Dana tomorrow at 10:00 about the invoice",
            "plan_callback",
            {"contact": "Dana", "when": "tomorrow at 10:00", "reason": "the invoice"},
        ),
    ],
)
def test_a_request_becomes_the_call_it_asks_for(request_, name, arguments):
    called = ask(request_).call
    assert called is not None
    assert (called.name, called.arguments) == (name, arguments)


def test_what_is_missing_is_asked_for_and_then_used():
    first = ask("Text Dana")
    assert "the message" in first.text
    called = ask("Text Dana", {"role": "assistant", "content": first.text}, "We open at nine.").call
    assert called is not None
    assert (called.name, called.arguments) == ("send_text", {"recipient": "Dana", "message": "We open at nine"})


def test_a_choice_among_candidates_completes_the_request():
    call = {"name": "send_text", "arguments": json.dumps({"recipient": "Dana", "message": "Hello"})}
    again = ask(
        "Text Dana that we are open",
        {"role": "assistant", "content": None, "tool_calls": [{"id": "a", "type": "function", "function": call}]},
        {"role": "tool", "tool_call_id": "a", "content": json.dumps({"status": "ambiguous", "message": "Which one?"})},
        {"role": "assistant", "content": "Which one?"},
        "(415) 555-0189",
    ).call
    assert again is not None
    assert again.arguments == {"recipient": "(415) 555-0189", "message": "we are open"}


@pytest.mark.parametrize("words", ["Write me a poem", "What is the meaning of it?", "Delete everything"])
def test_what_no_tool_does_is_not_done(words):
    answer = ask(words)
    assert answer.call is None
    assert answer.text
