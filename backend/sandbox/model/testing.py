"""Take part in tests of an agent without inventing anything: play a customer by the letter of its goal, and judge.

The customer says each sentence of the goal once and then leaves. The judge looks for the words of a question among the
agent's own lines: most of them are a yes, hardly any a no, and anything between a maybe.
"""

import json
import re
from typing import Any

from backend.sandbox.model import phrases
from backend.sandbox.model.sentences import split_sentences
from backend.sandbox.model.words import terms

_PLAYS = re.compile(r"\byou play a customer\b", re.IGNORECASE)
_JUDGES = re.compile(r"\byou judge a conversation\b", re.IGNORECASE)
_GOAL = re.compile(r"## What you want\s+(.*?)\s+## ", re.DOTALL)
_DONE, _LEFT = "[DONE]", "[GAVE UP]"
_SAID = re.compile(r"<conversation>\s*(.*?)\s*</conversation>", re.DOTALL)
_ASKED = re.compile(r"<questions>\s*(.*?)\s*</questions>", re.DOTALL)
_NUMBER = re.compile(r"^\d+\.\s+")
_SAYS_WANT = re.compile(r"^(?:i|we|my|our|do|does|is|are|can|could|what|when|where|how|which|who)\b", re.IGNORECASE)
# Shares of a question's words among the agent's lines that make a yes and a no.
_YES, _NO = 0.6, 0.25


def taken_part(messages: list[dict[str, Any]]) -> str:
    """Return the customer's next line or the judge's verdicts, or an empty string when nobody asked for either."""
    told = "\n".join(str(one.get("content") or "") for one in messages if one.get("role") in ("system", "developer"))
    if _PLAYS.search(told):
        return _line(told, messages)
    last = next((str(one.get("content") or "") for one in reversed(messages) if one.get("role") == "user"), "")
    said, asked = _SAID.search(last), _ASKED.search(last)
    if _JUDGES.search(told) and said and asked:
        return _verdicts(said.group(1), asked.group(1))
    return ""


def _line(told: str, messages: list[dict[str, Any]]) -> str:
    goal = _GOAL.search(told)
    wishes = split_sentences(goal.group(1)) if goal else []
    said = [str(one.get("content") or "") for one in messages if one.get("role") == "assistant"]
    wish = next((one for one in wishes if not any(_bare(one) in _bare(line) for line in said)), "")
    if wish:
        return wish if _SAYS_WANT.match(wish) else f"I would like to {wish[0].lower()}{wish[1:]}"
    heard = next((str(one.get("content") or "") for one in reversed(messages) if one.get("role") == "user"), "")
    return _LEFT if phrases.is_phrase(heard, "unknown", "noted") else _DONE


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _verdicts(said: str, asked: str) -> str:
    lines = [line.partition(": ")[2] for line in said.splitlines() if line.startswith("Agent: ")]
    heard = {term for line in lines for term in terms(line)}
    questions = [_NUMBER.sub("", line) for line in asked.splitlines() if line.strip()]
    return json.dumps([_verdict(question, heard, lines) for question in questions], ensure_ascii=False)


def _verdict(question: str, heard: set[str], lines: list[str]) -> dict[str, str]:
    wanted = set(terms(question)) - {"agent", "customer"}
    share = len(wanted & heard) / len(wanted) if wanted else 0.5
    best = max(lines, key=lambda line: len(wanted & set(terms(line))), default="")
    if share >= _YES:
        return {"answer": "yes", "because": f"The agent said: {best}"}
    if share <= _NO:
        return {"answer": "no", "because": "The agent said nothing of this."}
    return {"answer": "maybe", "because": f"Only part of it was said: {best}"}
