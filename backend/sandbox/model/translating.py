"""Say that a translation was asked for: the stand-in knows no languages, and invents none.

The message comes back as it was, marked with the language it should have been in, so that everything around a
translation can be tried.
"""

import re
from typing import Any

_ASKED = re.compile(r"\btranslate\b.{0,80}\binto ([A-Z][a-z]+)", re.IGNORECASE | re.DOTALL)
_TAGGED = re.compile(r"<message>(.*)</message>", re.DOTALL)


def translated(messages: list[dict[str, Any]]) -> str:
    """Return the marked message, or an empty string when nobody asked for a translation."""
    told = "\n".join(str(one.get("content") or "") for one in messages if one.get("role") in ("system", "developer"))
    last = next((str(one.get("content") or "") for one in reversed(messages) if one.get("role") == "user"), "")
    asked, found = _ASKED.search(told), _TAGGED.search(last)
    return f"[{asked.group(1)}] {found.group(1).strip()}" if asked and found else ""
