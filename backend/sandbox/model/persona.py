"""Who the prompt says the assistant is: a name, and the business it answers for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = r"[A-ZÀ-Þ][\w'’-]+(?:[ ][A-ZÀ-Þ][\w'’-]+)?"
_WORD = r"[A-ZÀ-Þ0-9&](?:[\w'’&-]|\.(?=\w))*"
_ORG = rf"(?:[Tt]he )?{_WORD}(?:[ ](?:{_WORD}|and|of|the|de|du|von))*"
_NAMES = (
    re.compile(rf"\b[Yy]ou are ({_NAME}),"),
    re.compile(rf"\b[Yy]our name is ({_NAME})"),
    re.compile(rf"\b(?:called|named) ({_NAME})"),
    re.compile(rf"^(?:Agent name|Assistant name|Name)\s*:\s*({_NAME})", re.MULTILINE),
)
_ROLE = (
    r"(?:receptionist|assistant|agent|host|hostess|concierge|representative|front desk|desk|support|team"
    r"|secretary|helper|voice)"
)
_BUSINESSES = (
    re.compile(rf"\b{_ROLE}(?: \w+)? (?:of|for|at|from|with) ({_ORG})"),
    re.compile(rf"\b(?:[Yy]ou (?:work|answer|speak|write|act)(?: \w+){{0,6}}? (?:for|at|of) )({_ORG})"),
    re.compile(rf"^(?:Business|Company|Organi[sz]ation|Business name|Company name)\s*:\s*({_ORG})", re.MULTILINE),
    re.compile(rf"\bon behalf of ({_ORG})"),
)
_NOT_NAMES = frozenset({"The", "An", "A", "AI", "Always", "Never", "Helpful", "Friendly", "Support"})


@dataclass(frozen=True)
class Persona:
    """Names found in the prompt, empty where it states none."""

    name: str = ""
    business: str = ""


def read_persona(system: str) -> Persona:
    """Return the persona a system prompt describes."""
    name = next((found for found in _matches(_NAMES, system) if found.split()[0] not in _NOT_NAMES), "")
    business = next(_matches(_BUSINESSES, system), "")
    return Persona(name, business.rstrip(".,'’ ").removesuffix(" and"))


def _matches(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[str]:
    return (match.group(1) for pattern in patterns for match in pattern.finditer(text))
