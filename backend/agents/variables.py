"""Fill an agent's instructions with what is known: `{{contact.first_name}}`, `{{business.name}}`, own variables."""

import re
from collections.abc import Mapping

# What the product fills in by itself; an agent's own variables may not take these names.
BUILT_IN = (
    "agent.name",
    "agent.role",
    "business.name",
    "business.owner",
    "business.owner_first_name",
    "contact.name",
    "contact.first_name",
    "contact.phone",
    "now",
)
# The tokens of the reference product (ui.md §4.1), which its customers' prompts still hold.
_ALIASES = {
    "organization": "business.name",
    "owner": "business.owner",
    "owner_first_name": "business.owner_first_name",
    "role": "agent.role",
}
_TOKEN = re.compile(r"\{\{\s*([A-Za-z][\w.]*)\s*\}\}|<(organization|owner|owner_first_name|role)>")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
VALUE_LIMIT = 200


def render(template: str, values: Mapping[str, str]) -> str:
    """Return `template` with each token replaced once; values are never read as templates, unknown names are empty."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1).lower() if match.group(1) else _ALIASES[match.group(2)]
        return values.get(name, "")

    return _TOKEN.sub(value, template)


def one_line(value: str, longest: int = VALUE_LIMIT) -> str:
    """Return a value that came from outside as one line without marks that could close or open a block."""
    return " ".join(re.sub(r"[<>{}\x00-\x1f]", " ", value).split())[:longest]
