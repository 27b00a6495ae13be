"""What a chat request tells the stand-in: who it plays, what it was given to know, what was said."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.sandbox.model.sentences import split_sentences
from backend.sandbox.model.words import tokens, word_set

_KNOWLEDGE = re.compile(r"<knowledge[^>]*>(.*?)(?:</knowledge>|\Z)", re.DOTALL | re.IGNORECASE)
_SOURCE = re.compile(r"<source([^>]*)>(.*?)(?:</source>|(?=<source\b)|\Z)", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(r"title=\"([^\"]*)\"|title='([^']*)'")
_BLOCK = re.compile(r"<([a-z][\w-]*)[^<>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>\n]*>", re.IGNORECASE)

_FACT_BLOCKS = re.compile(r"fact|memor|contact|customer|about|business|variable|profile|hours|context", re.IGNORECASE)
_RULE_BLOCKS = re.compile(r"instruct|rule|polic|style|guard|tool|format|example|safety|task", re.IGNORECASE)

# A line of the prompt that begins like this tells the model what to do; it is not something to tell a customer.
_COMMANDS = word_set(
    """
    always never be if when whenever unless until answer reply respond keep use speak ask make ensure avoid
    only greet offer collect try write include remember follow refuse stay please say tell help provide
    introduce treat confirm thank end limit mention transfer hand pass let note act start begin return
    output give ignore rely base stick format language tone style role goal today your instruction
    instructions rule rules system prompt knowledge customers
    """
)
_RULE = re.compile(
    r"^(?:do not|don['’]t|as an?\b|you\b|no more than|at most|under \d|in (?:one|two|1|2|at)\b|one or two|call the tool"
    r"|messages? (?:must|should)|text inside|this (?:is a|conversation|channel)|(?:the )?current (?:date|time)"
    r"|the (?:customer|caller|user|visitor|assistant|person|conversation|following)\b)",
    re.IGNORECASE,
)
_TELLS_HOW = re.compile(
    r"\byou (?:must|should|are|may|can|will|were|do)\b|\b(?:must|should) (?:not|never|always|be)\b"
    r"|\b(?:the )?(?:model|prompt|instructions?|tools?)\b"
    r"|\b(?:1|one|two|2)(?:-| to | or )\w+ sentences?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Passage:
    """One sentence that may be told to a customer, with where it stood."""

    text: str
    title: str = ""
    source: int = 0
    position: int = 0
    is_knowledge: bool = True


@dataclass(frozen=True)
class Said:
    """One message of the conversation in plain text."""

    role: str
    text: str
    tool_calls: tuple[dict[str, Any], ...] = ()
    tool_call_id: str = ""


@dataclass(frozen=True)
class Prompt:
    """A chat request, read."""

    system: str
    said: tuple[Said, ...]
    passages: tuple[Passage, ...]
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: Any = "auto"
    response_format: dict[str, Any] = field(default_factory=dict)

    @property
    def user_texts(self) -> list[str]:
        """What the user said, oldest first."""
        return [message.text for message in self.said if message.role == "user" and message.text]

    @property
    def question(self) -> str:
        """The last thing the user said, empty when nothing was."""
        return self.user_texts[-1] if self.user_texts else ""

    @property
    def last_answer(self) -> str:
        """What the assistant said before that question, empty when it is the first."""
        roles = [message.role for message in self.said]
        end = len(roles) - roles[::-1].index("user") - 1 if "user" in roles else len(roles)
        return next((said.text for said in reversed(self.said[:end]) if said.role == "assistant" and said.text), "")


def read(body: dict[str, Any]) -> Prompt:
    """Read a validated chat-completions body."""
    messages = [_said(message) for message in body["messages"]]
    system = "\n\n".join(message.text for message in messages if message.role in ("system", "developer"))
    return Prompt(
        system=system,
        said=tuple(message for message in messages if message.role not in ("system", "developer")),
        passages=tuple(_knowledge(system) + _statements(system)),
        tools=tuple(tool["function"] for tool in body.get("tools") or [] if tool.get("type") == "function"),
        tool_choice=body.get("tool_choice") or "auto",
        response_format=body.get("response_format") or {},
    )


def _said(message: dict[str, Any]) -> Said:
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return Said(
        str(message["role"]),
        content or "",
        tuple(message.get("tool_calls") or ()),
        str(message.get("tool_call_id") or ""),
    )


def _knowledge(system: str) -> list[Passage]:
    found: list[Passage] = []
    for block in _KNOWLEDGE.findall(system):
        sources: list[tuple[str, str]] = _SOURCE.findall(block) or [("", block)]
        for number, (attributes, text) in enumerate(sources, start=1):
            title = _TITLE.search(attributes)
            name = html.unescape(title.group(1) or title.group(2) or "").strip() if title else ""
            found += passages_of(html.unescape(_TAG.sub(" ", text)), name, number)
    return found


def passages_of(text: str, title: str = "", source: int = 0, is_knowledge: bool = True) -> list[Passage]:
    """Cut a text into passages; a short line that ends in a colon or stands alone as heading names what follows."""
    found: list[Passage] = []
    heading = title
    for position, sentence in enumerate(split_sentences(text)):
        bare = sentence.lstrip("# ").strip()
        if sentence.startswith("#") or (bare.endswith(":") and len(bare) < 60):
            heading = bare.rstrip(":")
            continue
        found.append(Passage(bare, heading, source, position, is_knowledge))
    return found


def _statements(system: str) -> list[Passage]:
    """Return the plain statements of the prompt outside <knowledge>, leaving out whatever reads as an instruction."""
    rest = _KNOWLEDGE.sub("\n", system)
    found: list[Passage] = []

    def take_block(match: re.Match[str]) -> str:
        name, inner = match.group(1), match.group(2)
        if _RULE_BLOCKS.search(name):
            return "\n"
        if _FACT_BLOCKS.search(name):
            text = html.unescape(_TAG.sub(" ", inner))
            found.extend(passage for passage in passages_of(text, is_knowledge=False) if not _tells_how(passage.text))
            return "\n"
        return inner

    rest = _TAG.sub(" ", _BLOCK.sub(take_block, rest))
    heading_is_rule = False
    for line in rest.splitlines():
        stripped = line.strip()
        if stripped.startswith("#") or (stripped.endswith(":") and len(stripped) < 60):
            heading_is_rule = bool(_RULE_BLOCKS.search(stripped))
        elif not heading_is_rule:
            found += [
                passage
                for passage in passages_of(line, is_knowledge=False)
                if not _commands(passage.text) and not _tells_how(passage.text)
            ]
    return found


def _commands(sentence: str) -> bool:
    words = tokens(sentence)
    return bool(words) and (words[0] in _COMMANDS or bool(_RULE.search(sentence)))


def _tells_how(sentence: str) -> bool:
    return bool(_TELLS_HOW.search(sentence))


def last_tool_results(said: Sequence[Said]) -> list[tuple[str, str]]:
    """Return (tool name, result) of the tool messages that end the conversation, empty when it ends otherwise."""
    names = {
        str(call.get("id")): str(call.get("function", {}).get("name", ""))
        for message in said
        for call in message.tool_calls
    }
    results: list[tuple[str, str]] = []
    for message in reversed(said):
        if message.role != "tool":
            break
        results.append((names.get(message.tool_call_id, ""), message.text))
    return results[::-1]
