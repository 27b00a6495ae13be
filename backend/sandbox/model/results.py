"""Telling the customer what a tool answered."""

import json
from collections.abc import Mapping
from typing import Any

from backend.sandbox.model import phrases
from backend.sandbox.model.prompt import Prompt, passages_of
from backend.sandbox.model.retrieval import LONGEST_ANSWER, Index
from backend.sandbox.model.sentences import shorten
from backend.sandbox.model.tools import is_search, names_handover

_SAYING_FIELDS = ("message", "answer", "text", "summary", "reply", "content", "result", "detail")
_OUTCOME_FIELDS = frozenset({"ok", "success", "id", "error"})
# A status of these words is the call's own; any other is what was asked about.
_OUTCOMES = frozenset({"ok", "success", "done", "error", "failed", "refused"})
_FAILED = ("error", "failed", "refused")
_LIST_SHOWN = 3


def tell(prompt: Prompt, results: list[tuple[str, str]], language: str) -> str:
    """Return one short answer from the results of the tools just called."""
    told = [_tell_one(prompt, name, content, language) for name, content in results]
    return shorten(" ".join(dict.fromkeys(text for text in told if text)), LONGEST_ANSWER)


def _tell_one(prompt: Prompt, name: str, content: str, language: str) -> str:
    reason = failure(content)
    if reason:
        return phrases.say(language, "not_done", reason=reason)
    result = _read(content)
    if names_handover(name, prompt.tools):
        return phrases.say(language, "handed")
    text = _words_of(result)
    if not text:
        return phrases.say(language, "nothing_found" if is_search(name) else "done")
    if len(text) > LONGEST_ANSWER or (is_search(name) and "\n" in text):
        found = Index(passages_of(text)).answer(prompt.question)
        return found.text if found else shorten(text, LONGEST_ANSWER)
    text = "; ".join(text.splitlines())
    return text if text[-1] in ".!?…" else text + "."


def _read(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content


def failure(content: str) -> str:
    """Return why a tool says it failed, empty when it did not."""
    result = _read(content)
    if not isinstance(result, Mapping):
        return ""
    error = result.get("error")
    if isinstance(error, Mapping):
        error = error.get("message") or error.get("code")
    if error:
        return str(error)
    if result.get("ok") is False or result.get("success") is False or result.get("status") in _FAILED:
        return str(result.get("message") or result.get("reason") or "no reason was given")
    return ""


def _words_of(result: Any) -> str:
    """Return a result as words: its message where it has one, else its fields."""
    if isinstance(result, str):
        return result.strip()
    if result is None or isinstance(result, bool):
        return ""
    if isinstance(result, list):
        return "\n".join(words for item in result[:_LIST_SHOWN] if (words := _words_of(item)))
    if not isinstance(result, Mapping):
        return str(result)
    for field in _SAYING_FIELDS:
        value = result.get(field)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, (dict, list)) and value:
            return _words_of(value)
    lists = [value for value in result.values() if isinstance(value, list) and value]
    plain = {
        key: value
        for key, value in result.items()
        if key not in _OUTCOME_FIELDS
        and not (key == "status" and value in _OUTCOMES)
        and not isinstance(value, (dict, list, bool))
        and value not in (None, "")
    }
    if lists and not plain:
        return _words_of(lists[0])
    inner = [value for value in result.values() if isinstance(value, dict) and value]
    if inner and not plain:
        return _words_of(inner[0])
    return ", ".join(f"{str(key).replace('_', ' ')}: {value}" for key, value in plain.items()).capitalize()
