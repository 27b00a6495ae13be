"""Say that a translation was asked for: the stand-in knows no languages, and invents none.

The message comes back as it was, marked with the language it should have been in, so that everything around a
translation can be tried.
"""

import json
import re
from typing import Any

from backend.sandbox.model.prompt import Prompt
from backend.sandbox.model.words import language_of

KEEP = "keep_translations"
_CODES = {"English": "en", "French": "fr", "Spanish": "es", "German": "de"}
_ASKED = re.compile(r"\btranslate\b.{0,80}\binto ([A-Z][a-z]+)", re.IGNORECASE | re.DOTALL)
_LINES = re.compile(r"<lines>(.*)</lines>", re.DOTALL)
_TAGGED = re.compile(r"<message>(.*)</message>", re.DOTALL)


def translated(messages: list[dict[str, Any]]) -> str:
    """Return the marked message, or an empty string when nobody asked for a translation."""
    told = "\n".join(str(one.get("content") or "") for one in messages if one.get("role") in ("system", "developer"))
    last = next((str(one.get("content") or "") for one in reversed(messages) if one.get("role") == "user"), "")
    asked, found = _ASKED.search(told), _TAGGED.search(last)
    return f"[{asked.group(1)}] {found.group(1).strip()}" if asked and found else ""


def kept(prompt: Prompt) -> dict[str, Any] | None:
    """Return lines marked in the same way, without those that look like the language; None when nobody asked."""
    asked, found = _ASKED.search(prompt.system), _LINES.search(prompt.question)
    if not (asked and found and any(tool.get("name") == KEEP for tool in prompt.tools)):
        return None
    language = asked.group(1)
    lines = [one for one in json.loads(found.group(1)) if language_of([one["text"]]) != _CODES.get(language)]
    return {"lines": [{"number": one["number"], "text": f"[{language}] {one['text']}"} for one in lines]}
