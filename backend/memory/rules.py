"""Say what an agent remembers, and how much of it enters an answer: the fields of an agent, checked and read.

Names and defaults are the reference product's (ui.md §4.4, backend.md §2.3), so that its agents move over unchanged;
`retention_days` and `max_tokens` are ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.core.errors import Invalid

CONFIG: Mapping[str, Any] = {
    "max_history_calls": 5,
    "include_summaries": True,
    "include_key_topics": True,
    "include_preferences": True,
    "retention_days": 365,
    "max_tokens": 400,
}
SEMANTIC_CONFIG: Mapping[str, Any] = {
    "max_results": 3,
    "similarity_threshold": 0.75,
    "include_other_callers": True,
    "match_threshold": 3,
}
# Of whole numbers and shares: the least and the most. Nobody is told of a pattern that fewer than two people share.
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "max_history_calls": (1, 20),
    "retention_days": (0, 3650),
    "max_tokens": (100, 1000),
    "max_results": (1, 10),
    "similarity_threshold": (0.3, 0.95),
    "match_threshold": (2, 20),
}
MOST_LINKED = 20


@dataclass(frozen=True)
class MemoryRules:
    """What one agent remembers of a contact and reads before it answers; `keeps_days` is 0 for ever."""

    is_on: bool = False
    history: int = 5
    with_summaries: bool = True
    with_topics: bool = True
    with_preferences: bool = True
    keeps_days: int = 365
    max_tokens: int = 400
    is_semantic: bool = False
    most_similar: int = 3
    similarity: float = 0.75
    with_others: bool = True
    least_people: int = 3
    linked: tuple[UUID, ...] = ()


def config(value: Any, name: str) -> dict[str, Any]:
    """Check what an agent remembers; what is left out is as usual. Raises `Invalid`."""
    return _checked(value, name, CONFIG)


def semantic_config(value: Any, name: str) -> dict[str, Any]:
    """Check how similar conversations are recalled; what is left out is as usual. Raises `Invalid`."""
    return _checked(value, name, SEMANTIC_CONFIG)


def linked(value: Any, name: str) -> list[str]:
    """Check a list of ids of agents. Raises `Invalid`."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST_LINKED:
        raise Invalid(f"Name at most {MOST_LINKED} agents.", field=name)
    try:
        return list(dict.fromkeys(str(UUID(str(one))) for one in value))
    except ValueError:
        raise Invalid("This is not an agent’s id.", field=name) from None


def of(values: Mapping[str, Any]) -> MemoryRules:
    """Return the rules an agent's fields say; whoever keeps no personal data remembers nobody."""
    usual, semantic = CONFIG | values["memory_config"], SEMANTIC_CONFIG | values["semantic_memory_config"]
    return MemoryRules(
        is_on=values["memory_enabled"] and values["pii_storage"] == "enabled",
        history=usual["max_history_calls"],
        with_summaries=usual["include_summaries"],
        with_topics=usual["include_key_topics"],
        with_preferences=usual["include_preferences"],
        keeps_days=usual["retention_days"],
        max_tokens=usual["max_tokens"],
        is_semantic=values["semantic_memory_enabled"],
        most_similar=semantic["max_results"],
        similarity=semantic["similarity_threshold"],
        with_others=semantic["include_other_callers"],
        least_people=semantic["match_threshold"],
        linked=tuple(UUID(one) for one in values["shared_memory_agent_ids"]),
    )


def _checked(value: Any, name: str, usual: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Invalid("This must be an object.", field=name)
    if unknown := sorted(str(one) for one in value if one not in usual):
        raise Invalid(f"There is no setting “{unknown[0][:40]}” here.", field=name)
    return {key: _one(key, value.get(key, default), default, name) for key, default in usual.items()}


def _one(key: str, value: Any, default: Any, name: str) -> Any:
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise Invalid(f"{key} must be true or false.", field=name)
        return value
    low, high = _BOUNDS[key]
    is_whole = isinstance(default, int)
    kinds = int if is_whole else int | float
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        raise Invalid(f"{key} must be a {'whole ' if is_whole else ''}number from {low:g} to {high:g}.", field=name)
    return value
