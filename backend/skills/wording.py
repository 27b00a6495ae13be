"""Fill a skill's message with what is known of its customer: `{{contact.first_name}}`, `{{business.name}}` …"""

import re
from collections.abc import Mapping, Sequence

from backend.core.errors import Invalid

NAMES = (
    "contact.first_name",
    "contact.name",
    "contact.phone",
    "business.name",
    "business.owner",
    "agent.name",
)
# What the reference product calls the same, which its customers' templates still hold.
_ALIASES = {
    "caller_name": "contact.name",
    "caller_phone": "contact.phone",
    "contact_name": "contact.name",
    "contact_first_name": "contact.first_name",
    "contact_phone": "contact.phone",
    "organization_name": "business.name",
    "owner_name": "business.owner",
    "agent_name": "agent.name",
    "appointment_date": "appointment.date",
}
_TOKEN = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
# What is left where a name is not known: “Hi , thanks” reads as “Hi, thanks”.
_GAPS = ((re.compile(r" +([,.!?;:])"), r"\1"), (re.compile(r"[ \t]{2,}"), " "), (re.compile(r"\n{3,}"), "\n\n"))
# A message says itself how to leave. What fills it does not: a shop may be called “Pit Stop”.
_SAYS_HOW = re.compile(r"\bSTOP\b|\b(?i:reply|text|send|answer|write|respond)\b[^.!?\n]{0,30}\b(?i:stop)\b")
OPT_OUT_LINE = "Reply STOP to opt out."
VALUE_LIMIT = 200


def require_known(template: str, extra: Sequence[str], field: str) -> None:
    """Raise `Invalid` naming the first `{{variable}}` of a message that nothing can fill."""
    for token in _TOKEN.findall(template):
        name = _ALIASES.get(token.lower(), token.lower())
        if name not in (*NAMES, *extra):
            known = ", ".join(f"{{{{{one}}}}}" for one in (*NAMES, *extra))
            raise Invalid(f"Nothing fills {{{{{token[:40]}}}}}. Use one of {known}.", field=field)


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return the message; values are never read as templates, and say how to leave when the message does not."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1).lower()
        return " ".join(values.get(_ALIASES.get(name, name), "").split())[:VALUE_LIMIT]

    words = _TOKEN.sub(value, template).strip()
    for gap, instead in _GAPS:
        words = gap.sub(instead, words)
    return words if _SAYS_HOW.search(_TOKEN.sub(" ", template)) else f"{words} {OPT_OUT_LINE}"
