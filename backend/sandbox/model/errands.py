"""Errands: what a member of a team asks an assistant to do with somebody or something else.

A customer speaks of themselves; who runs an errand speaks of third parties ("text Dana that …"). Which tool is meant
is read from the verbs and nouns its name is made of, and each argument from its role in the sentence.
"""

import re
from collections.abc import Mapping
from typing import Any

from backend.sandbox.model import phrases, smalltalk, values
from backend.sandbox.model.arguments import enum_value, properties_of, required_of
from backend.sandbox.model.prompt import Prompt
from backend.sandbox.model.tools import Call, Missing, label_of
from backend.sandbox.model.words import fold, word_set

_THIRD_PARTIES = re.compile(r"^(?:recipient|contact|person|customer|agent|assignee)(?:_name)?$")
# What a word of a tool's name may be called by in a request.
_CALLED = {
    "send": word_set("send text tell message write sms let reply schedule"),
    "cancel": word_set("cancel unschedule withdraw revoke"),
    "change": word_set("change set rename update edit add replace put make"),
    "publish": word_set("publish release"),
    "place": word_set("call phone ring dial"),
    "call": word_set("call phone ring dial"),
    "plan": word_set("plan remind schedule"),
    "callback": word_set("callback remind"),
    "find": word_set("find look search who where what which"),
    "read": word_set("read show what said wrote write say"),
    "list": word_set("list which show what"),
    "get": word_set("get many count total figures statistics"),
    "text": word_set("text texts sms message messages tell write"),
    "conversation": word_set("conversation conversations chat chats thread threads inbox wrote write said say"),
    "agent": word_set("agent agents bot greeting instructions prompt role name"),
    "number": word_set("number numbers line lines"),
    "contact": word_set("contact contacts person people customer who phone email company"),
    "planned": word_set("planned scheduled waiting plan"),
    "figures": word_set("figures statistics many count total numbers"),
}
_READS = word_set("find read list get show search")
_ENOUGH = 2.0
_QUESTION = re.compile(r"^(?:who|what|which|where|when|how|is|are|did|does|do)\b")
_NAME = r"[A-ZÀ-Þ][\w'’.-]*(?:\s[A-ZÀ-Þ][\w'’-]*){0,3}"
_BEFORE_NAME = (
    r"(?:text|message|send|ask|give|call|phone|ring|dial|tell|find|remind|write|sms|who is|who's|who was|did|does|is"
    r"|to|with|from|for|of|about|look up|search for|let|what is|what's)"
)
_NAMED = re.compile(rf"\b(?i:{_BEFORE_NAME})\s+({_NAME})")
_NAMED_LOW = re.compile(r"^(?:please )?(?:text|call|tell|message|find|phone|ring)\s+([a-zà-þ][\w'’-]+)", re.IGNORECASE)
_NOT_NAMES = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december today tomorrow the a an me us him her them it our my all back"
)
_SAID = re.compile(r"\b(?:that says|which says|saying|that)\s+(.+)$|:\s+(.+)$", re.IGNORECASE | re.DOTALL)
_OBJECTS = (
    re.compile(r"\b(?:of|for|in)\s+(?:the\s+)?(?:agent\s+)?(.+?)(?=\s+to\b|\s*:|\s*[.?!]?\s*$)", re.IGNORECASE),
    re.compile(
        r"^(?:please\s+)?(?:change|set|update|edit|read|show(?:\sme)?)\s+(?:the\s+agent\s+)?(.+?)['’]s\s", re.IGNORECASE
    ),
    re.compile(
        r"^(?:please\s+)?(?:publish|rename|release|activate|update)\s+(?:the\s+)?(?:agent\s+)?(.+?)"
        r"(?=\s+to\b|\s*:|\s*[.?!]?\s*$)",
        re.IGNORECASE,
    ),
)
_VALUE = re.compile(r"(?:\bto\s+|:\s*)(?!.*(?:\bto\s+|:\s))(.+?)\s*$", re.IGNORECASE | re.DOTALL)
_ABOUT = re.compile(r"\b(?:about|because of|regarding)\s+(.+?)\s*[.!]?$", re.IGNORECASE)


def is_for_errands(prompt: Prompt) -> bool:
    """Say whether the tools act on third parties, so that who writes is no customer."""
    return any(_THIRD_PARTIES.match(name) for tool in prompt.tools for name in properties_of(tool))


def choose(prompt: Prompt) -> Call | Missing | None:
    """Return the tool call an errand asks for, the first thing that is missing, or None."""
    if prompt.tool_choice == "none" or not prompt.question:
        return None
    request, given = _with_answers(prompt)
    tool = _meant(prompt, request)
    if tool is None:
        return None
    arguments: dict[str, Any] = {}
    message = _message(request)
    for name, schema in properties_of(tool).items():
        value = given.get(name) or _argument(name, schema, request, message, name in required_of(tool))
        if value not in (None, ""):
            arguments[name] = value
        elif name in required_of(tool):
            return Missing(str(tool["name"]), name)
    return Call(str(tool["name"]), arguments)


def _with_answers(prompt: Prompt) -> tuple[str, dict[str, str]]:
    """Return the request a talk is about, and what was answered since to questions about it."""
    said = [one for one in prompt.said if one.role == "user" or one.text]
    given: dict[str, str] = {}
    place = max(index for index, one in enumerate(said) if one.role == "user")
    while True:
        before = [index for index, one in enumerate(said[:place]) if one.role == "user"]
        field = _asked_for(prompt, said[before[-1] + 1 : place]) if before else ""
        if not field or smalltalk.is_no(said[place].text):
            return said[place].text, given
        given.setdefault(field, said[place].text.strip().rstrip(".!"))
        place = before[-1]


def _asked_for(prompt: Prompt, between: Any) -> str:
    """Return which argument the assistant asked for in these messages, or an empty string."""
    for one in between:
        if one.role == "tool" and '"ambiguous"' in one.text:
            fitting = [name for tool in prompt.tools for name in properties_of(tool) if _THIRD_PARTIES.match(name)]
            called = _called_tool(prompt, one.tool_call_id)
            own = [name for name in properties_of(called) if name in fitting] if called else fitting
            return own[0] if own else ""
        if one.role == "assistant" and phrases.is_phrase(one.text, "missing"):
            names = {name for tool in prompt.tools for name in required_of(tool)}
            return next((name for name in sorted(names) if f"{label_of(name)}:" in one.text), "")
    return ""


def _called_tool(prompt: Prompt, call_id: str) -> Mapping[str, Any] | None:
    for one in prompt.said:
        for call in one.tool_calls:
            if call.get("id") == call_id:
                name = (call.get("function") or {}).get("name")
                return next((tool for tool in prompt.tools if tool.get("name") == name), None)
    return None


def _meant(prompt: Prompt, request: str) -> Mapping[str, Any] | None:
    message = _message(request)
    order = request.replace(message, " ") if message else request
    words = re.findall(r"[a-z]+", fold(order).replace("call back", "callback").replace("look up", "find"))
    scored = [(_score(tool, words, order), tool) for tool in prompt.tools]
    best, tool = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return tool if best >= _ENOUGH else None


def _score(tool: Mapping[str, Any], words: list[str], order: str) -> float:
    """Return how well a request fits a tool: its name's first word is what is done, the others with what."""
    name = str(tool.get("name", "")).lower()
    first, *others = [part if part == "figures" else part.removesuffix("s") for part in name.split("_")]
    asks = bool(_QUESTION.match(fold(order)))
    # A question never asks to do something, and an order says what to do at its beginning.
    done = (not asks or first in _READS) and any(
        word in _CALLED.get(first, {first}) for word in words[: len(words) if asks else 3]
    )
    whom = _third(order) or _phone(order)
    score = 1.5 * done
    for part in others:
        said = any(word in _CALLED.get(part, {part, f"{part}s"}) for word in words)
        names_agent = part == "agent" and part in properties_of(tool) and _object(order) is not None
        is_named = names_agent or (part == "contact" and whom is not None)
        score += 1.0 if said or is_named else -1.0
    for field in required_of(tool):
        if _THIRD_PARTIES.match(field):
            score += 0.5 if (_object(order) if field == "agent" else whom) else -1.0
    return score


def _argument(name: str, schema: Mapping[str, Any], request: str, message: str, is_required: bool) -> Any:
    rest = request.replace(message, " ") if message else request
    if "enum" in schema:
        allowed = [str(item) for item in schema["enum"]]
        found = enum_value(allowed, re.sub(r"\brename\b", "rename name", rest, flags=re.IGNORECASE))
        return found
    if name == "agent" or name.endswith("_agent"):
        return _object(rest)
    if _THIRD_PARTIES.match(name):
        return _phone(rest) or _third(rest)
    if name in ("query", "search", "term"):
        return _phone(rest) or values.email(rest) or _third(rest) or _plain(rest)
    if name in ("message", "body", "text"):
        return message
    if re.search(r"when|_at$|time|date", name):
        return values.when(rest)
    if name in ("reason", "note", "topic"):
        found_about = _ABOUT.search(request)
        return found_about.group(1) if found_about else None
    if name in ("value", "new_value", "to"):
        found_value = _VALUE.search(request)
        return message or (found_value.group(1).strip('"“”') if found_value else None)
    return _plain(rest) if is_required else None


def _message(text: str) -> str:
    """Return the words that are to be passed on: quoted, or after "that" or a colon; empty when there are none."""
    quoted = re.search(r"[\"“«]([^\"”»]{1,1500})[\"”»]", text)
    if quoted:
        return quoted.group(1).strip()
    said = _SAID.search(text)
    return (said.group(1) or said.group(2)).strip() if said else ""


def _phone(text: str) -> str | None:
    found = re.search(r"\+?\(?\d[\d ().-]{6,}\d", text)
    return found.group().strip() if found else None


def _third(text: str) -> str | None:
    for found in _NAMED.finditer(text):
        words = [word for word in found.group(1).split() if fold(word) not in _NOT_NAMES]
        if words and words[0] == found.group(1).split()[0]:
            return re.sub(r"['’]s$", "", " ".join(words)).rstrip(".")
    low = _NAMED_LOW.search(text.strip())
    return low.group(1) if low and fold(low.group(1)) not in _NOT_NAMES else None


def _object(text: str) -> str | None:
    for pattern in _OBJECTS:
        if found := pattern.search(text):
            return found.group(1).strip('"“” .?!')
    return None


def _plain(text: str) -> str | None:
    """Return a request without the words that only ask."""
    bare = re.sub(
        r"^(?:please\s+)?(?:find|look up|search(?: for)?|show(?: me)?|list|who is|what is|where is)\s+(?:the\s+)?",
        "",
        text.strip(),
        flags=re.IGNORECASE,
    ).strip(" .?!")
    return bare or None
