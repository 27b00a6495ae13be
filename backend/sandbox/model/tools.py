"""Deciding whether a message asks for one of the offered tools, and with which arguments."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.sandbox.model import phrases, smalltalk, values
from backend.sandbox.model.arguments import Filled, fill, fill_memo, is_memo, properties_of, required_of
from backend.sandbox.model.prompt import Prompt
from backend.sandbox.model.words import fold, is_stop, is_weak, stem, term_of, terms, tokens, word_set

_PERSON = re.compile(
    r"\b(?:(?:talk|speak|chat|connect|transfer|put|pass|hand)\b.{0,25}\b(?:person|human|agent|someone"
    r"|somebody|representative|manager|staff|team|receptionist|operator|owner|doctor|dentist)"
    r"|(?:real|actual|live|human)\s(?:person|human|agent|being|operator|representative)|(?:want|need|get"
    r"|like)\s(?:a|an|to\s\w+\s)?\s?(?:human|person|representative|operator)\b"
    r"|parler a (?:un|une|quelqu)|vraie personne|hablar con (?:una|un|alguien)|mit (?:einem"
    r"|jemandem?) (?:mensch|mitarbeiter|sprechen|person)|einem menschen)"
)
_PASS_ON = re.compile(r"\b(?:talk|speak|transfer|connect|put|pass|hand)\b")
_HANDOVER_NAME = re.compile(
    r"hand_?(?:over|off)|hand_to|handoff|transfer|escalat|human|person|operator|take_?over|pass_to"
)
_HANDOVER_ABOUT = re.compile(
    r"\bhand(?:s|ing)?[ -]?(?:over|off)\b|\b(?:human|real person|a person|team member|colleague)\b|\bescalat"
    r"|\btransfer"
)
_END_NAME = re.compile(r"end_?(?:call|conversation|chat)|hang_?up")
_SEARCH_NAME = re.compile(r"search|lookup|look_up|find|get|check|query|list|fetch|retrieve|status|weather|availab")
_SAVE_NAME = re.compile(r"save|store|remember|record|set_|update|collect")
_UPSET = re.compile(
    r"\b(?:angry|furious|unacceptable|outrageous|disgusting|ridiculous|complain|complaint|lawyer|sue you)\b"
)
_WISH = re.compile(
    r"\b(?:i(?:'d| would| want| wanna| need|'m looking| wish)|can you|could you|can i|could i|may i|would you"
    r"|please|let's|let me|help me|je (?:voudrais|veux)|quiero|quisiera|ich (?:mochte|will))\b"
)
_REQUEST = re.compile(r"\b(?:can|could|would) (?:you|i|we)\b|\bhow (?:do|can) i\b|\bplease\b")
_ASKS = re.compile(
    r"^(?:what|when|where|who|how|why|which|do|does|is|are|did|will|was|were)\b|\bhow (?:do|can|much|long)\b"
)
_GENERIC = frozenset(
    stem(word)
    for word in word_set(
        """
        customer user caller contact call tool use used using this that value number message send
        sends text save store given with when from about their conversation agent assistant return
        returns current new set create
        """
    )
)
_ENOUGH = 2.0
# Chosen by what is said of memory, not by a word in common (see `remembering`).
_OWN_MEMORY = ("recall_memory", "correct_memory", "forget_memory")
_NAME_WORD, _TOPIC_WORD, _ABOUT_WORD = 2.0, 2.0, 0.6


@dataclass(frozen=True)
class Call:
    """One tool call to make."""

    name: str
    arguments: dict[str, Any]

    def arguments_json(self) -> str:
        """Return the arguments as the wire carries them."""
        return json.dumps(self.arguments, ensure_ascii=False)


@dataclass(frozen=True)
class Missing:
    """A tool that fits, and the first field nothing was said about."""

    tool: str
    field: str


def asks_for_person(text: str) -> bool:
    """Say whether the writer wants a person."""
    return bool(_PERSON.search(fold(text))) and not smalltalk.asks_what_it_is(text)


def is_upset(text: str) -> bool:
    """Say whether the writer is so upset that a person should answer."""
    return bool(_UPSET.search(fold(text)))


def is_handover(tool: Mapping[str, Any]) -> bool:
    """Say whether a tool gives the conversation to people."""
    name = str(tool.get("name", "")).lower()
    return bool(_HANDOVER_NAME.search(name)) or bool(_HANDOVER_ABOUT.search(fold(str(tool.get("description", "")))))


def asks_for_somebody(prompt: Prompt, text: str) -> bool:
    """Say whether the writer wants to be passed on to somebody whom a tool names."""
    return bool(_PASS_ON.search(fold(text))) and _naming(prompt, text) is not None


def _naming(prompt: Prompt, text: str) -> Mapping[str, Any] | None:
    """Return the tool that hands over to somebody named in the text."""
    said = fold(text)
    for tool in filter(is_handover, prompt.tools):
        options = [str(one) for schema in properties_of(tool).values() for one in schema.get("enum") or []]
        if any(fold(one) in said for one in options):
            return tool
    return None


def handover_call(prompt: Prompt, text: str) -> Call | None:
    """Return the call that hands the conversation to people, or None when no such tool is offered.

    Whom the text names goes before the team as a whole.
    """
    if (tool := _naming(prompt, text)) is not None:
        return Call(str(tool["name"]), _forced(tool, fill(tool, text), text))
    named = [tool for tool in prompt.tools if _HANDOVER_NAME.search(str(tool.get("name", "")).lower())]
    described = [tool for tool in prompt.tools if is_handover(tool)]
    for tool in named + described:
        return Call(str(tool["name"]), _forced(tool, fill(tool, text), text))
    return None


def forced_call(prompt: Prompt) -> Call | None:
    """Return the call that `tool_choice` demands, its unknown fields empty; None when none is demanded."""
    choice, text = prompt.tool_choice, prompt.question
    if isinstance(choice, dict):
        name = str((choice.get("function") or {}).get("name", ""))
        tool = next((tool for tool in prompt.tools if tool.get("name") == name), None)
    elif choice == "required" and prompt.tools:
        tool = max(prompt.tools, key=lambda tool: _score(tool, text))
    else:
        return None
    return Call(str(tool["name"]), _forced(tool, _filled(tool, text, {}), text)) if tool else None


def _forced(tool: Mapping[str, Any], filled: Filled, text: str) -> dict[str, Any]:
    """Complete required fields that were not found with the emptiest value the schema allows."""
    empty: dict[str, Any] = {"integer": 0, "number": 0, "boolean": False, "array": [], "object": {}}
    properties = (tool.get("parameters") or {}).get("properties") or {}
    for name in filled.missing:
        schema = properties.get(name) or {}
        kind = schema.get("type", "string")
        filled.arguments[name] = schema["enum"][0] if schema.get("enum") else empty.get(str(kind), "")
    return filled.arguments


def choose(prompt: Prompt, is_answered: bool) -> Call | Missing | None:
    """Return the tool call the last message asks for.

    `is_answered` says that the knowledge already answers the message: then only a clear request calls a tool.
    """
    if not prompt.tools or prompt.tool_choice == "none" or not prompt.question:
        return None
    text = prompt.question
    pending = _pending(prompt)
    if pending is not None:
        return pending
    if smalltalk.is_goodbye(text):
        ender = next((tool for tool in prompt.tools if _END_NAME.search(str(tool.get("name", "")).lower())), None)
        return Call(str(ender["name"]), _forced(ender, fill(ender, text), text)) if ender else None
    return _asked_tool(prompt, text, is_answered) or _memo_call(prompt, text)


def _memo_call(prompt: Prompt, text: str) -> Call | None:
    for tool in prompt.tools:
        if is_memo(tool) and (memo := fill_memo(tool, text)):
            return Call(str(tool["name"]), memo.arguments)
        if saves(str(tool.get("name", ""))) and not is_memo(tool) and values.own_facts(text):
            filled = fill(tool, text)
            if filled.arguments and not filled.missing:
                return Call(str(tool["name"]), filled.arguments)
    return None


def _asked_tool(prompt: Prompt, text: str, is_answered: bool) -> Call | Missing | None:
    folded = fold(text)
    asks = bool(_ASKS.search(folded)) and not _REQUEST.search(folded)
    scored = [
        (_score(tool, text), tool)
        for tool in prompt.tools
        if not is_handover(tool)
        and not _END_NAME.search(str(tool.get("name", "")).lower())
        and not saves(str(tool.get("name", "")))
        and tool.get("name") not in _OWN_MEMORY
    ]
    scored = [(score, tool) for score, tool in scored if score >= _ENOUGH]
    if not scored:
        return None
    tool = max(scored, key=lambda pair: pair[0])[1]
    if asks and not _SEARCH_NAME.search(str(tool["name"]).lower()):
        return None  # a question about booking is not a booking
    if is_answered and not (_WISH.search(folded) or not asks):
        return None
    filled = _filled(tool, text, {})
    return (
        Missing(str(tool["name"]), filled.missing[0]) if filled.missing else Call(str(tool["name"]), filled.arguments)
    )


def _filled(tool: Mapping[str, Any], text: str, answers: Mapping[str, str]) -> Filled:
    if is_memo(tool):
        return fill_memo(tool, text) or Filled({}, required_of(tool))
    return fill(tool, text, answers)


def _score(tool: Mapping[str, Any], text: str) -> float:
    """Return how well a message fits a tool: words and topics of its name count most."""
    asked = {term for term in terms(text) if not is_weak(term)} | {
        stem(word) for word in tokens(text) if not is_stop(word)
    }
    name_words = re.sub(r"([a-z])([A-Z])", r"\1 \2", str(tool.get("name", ""))).replace("_", " ").replace("-", " ")
    named = {term_of(word) for word in tokens(name_words)} | {stem(word) for word in tokens(name_words)}
    about = {stem(word) for word in tokens(str(tool.get("description", ""))) if not is_stop(word)} - _GENERIC
    score = sum(_TOPIC_WORD if term.startswith("#") else _NAME_WORD for term in asked & (named - _GENERIC))
    score += sum(0.5 for term in asked & named & _GENERIC)
    score += _ABOUT_WORD * len(
        {term for term in asked if not term.startswith("#") and not is_weak(term)} & (about - named)
    )
    if ("send" in asked and "send" in named) or ({"text", "sm"} & asked and {"text", "sm"} & named):
        score += _NAME_WORD
    return score


def _pending(prompt: Prompt) -> Call | Missing | None:
    """Go on with a tool whose missing field the assistant asked for in its last message."""
    if not phrases.is_phrase(prompt.last_answer, "missing"):
        return None
    said = prompt.user_texts
    start = len(said) - 1
    answers: dict[str, str] = {}
    talk = [message for message in prompt.said if message.role in ("user", "assistant") and message.text]
    for asked, answer in zip(talk[-2::-2], talk[::-2], strict=False):
        if asked.role != "assistant" or not phrases.is_phrase(asked.text, "missing"):
            break
        start -= 1
        for tool in prompt.tools:
            for name in required_of(tool):
                if f" {label_of(name)}" in asked.text.replace("(", " "):
                    answers.setdefault(name, answer.text)
    request = said[max(start, 0)]
    best = max(prompt.tools, key=lambda tool: _score(tool, request))
    if _score(best, request) < _ENOUGH or smalltalk.is_no(prompt.question):
        return None
    filled = fill(best, " ".join([request, *answers.values()]), answers)
    name = str(best["name"])
    return Missing(name, filled.missing[0]) if filled.missing else Call(name, filled.arguments)


def label_of(field: str) -> str:
    """Return a field's name as a person would say it."""
    return "the " + re.sub(r"([a-z])([A-Z])", r"\1 \2", field).replace("_", " ").lower()


def saves(name: str) -> bool:
    """Say whether a tool only writes something down, by its name."""
    return bool(_SAVE_NAME.search(name.lower()))


def is_search(name: str) -> bool:
    """Say whether a tool looks something up, by its name."""
    return bool(_SEARCH_NAME.search(name.lower()))


def names_handover(name: str, tools: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether the called tool is the one that hands over to people."""
    return any(tool.get("name") == name and is_handover(tool) for tool in tools) or bool(_HANDOVER_NAME.search(name))
