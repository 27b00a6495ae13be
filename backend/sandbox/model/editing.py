"""Edit instructions the way an editor would without knowing the business: one rule a line, nothing said twice.

It adds no words: what stands between the tags comes back, tidied.
"""

import re
from typing import Any

_TAGGED = re.compile(r"<instructions>\s*(.*?)\s*</instructions>", re.DOTALL | re.IGNORECASE)
_ASKED = re.compile(r"\b(?:edit|improve|rewrite)\b.*\binstructions\b", re.IGNORECASE | re.DOTALL)
_BULLET = re.compile(r"^(\s*)[-*•]\s+(.*)$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ])")


def edited(messages: list[dict[str, Any]]) -> str:
    """Return the tidied instructions, or an empty string when nobody asked for that."""
    told = "\n".join(str(one.get("content") or "") for one in messages if one.get("role") in ("system", "developer"))
    last = next((str(one.get("content") or "") for one in reversed(messages) if one.get("role") == "user"), "")
    found = _TAGGED.search(last)
    return _tidied(found.group(1)) if found and _ASKED.search(told) else ""


def _tidied(text: str) -> str:
    said: set[str] = set()
    lines: list[str] = []
    for line in text.splitlines():
        for rule in _rules(line.rstrip()):
            key = re.sub(r"\W+", " ", rule).strip().casefold()
            # A heading may return; a rule need not.
            if key and key in said and not rule.startswith("#"):
                continue
            said.add(key)
            if rule or (lines and lines[-1]):
                lines.append(rule)
    return "\n".join(lines).strip()


def _rules(line: str) -> list[str]:
    """Return the line, or one for each sentence of a bullet."""
    bullet = _BULLET.match(line)
    if bullet is None:
        return [line]
    return [f"{bullet.group(1)}- {sentence}" for sentence in _SENTENCE.split(bullet.group(2)) if sentence]
