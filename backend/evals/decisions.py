"""Say what an agent decided in a turn, not how it worded it, and how two decisions differ."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Words too common to show that an answer was taken from a passage.
_SHORTEST = 4
_LEAST_SHARED = 3
_WORD = re.compile(r"[^\W_]+")

NO_TOOL = "no tool"
HAND_OVER = "hand_over_to_person"


@dataclass(frozen=True)
class Decision:
    """What an agent decided: `outcome` is answers, hands over, asks a person, stays silent or does not know."""

    outcome: str
    tools: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    source: str = ""


SILENT = Decision("stays silent")


def decision(
    reply: str,
    *,
    is_handed_over: bool,
    is_waiting: bool = False,
    is_unsure: bool,
    tools: Sequence[Mapping[str, Any]],
    sources: Sequence[Mapping[str, Any]],
) -> Decision:
    """Return what was decided in a turn, from its record."""
    outcome = (
        "asks a person"
        if is_waiting
        else "hands over"
        if is_handed_over
        else "does not know"
        if is_unsure
        else "answers"
    )
    # Handing over is an outcome of its own.
    used = [use for use in tools if use["name"] != HAND_OVER]
    called = sorted({str(use["name"]) for use in used if use["status"] == "ok"})
    refused = sorted({str(use["name"]) for use in used if use["status"] == "refused"} - set(called))
    read = main_source(reply, sources) if outcome == "answers" and not called else ""
    return Decision(outcome, tuple(called), tuple(refused), read)


def main_source(reply: str, sources: Sequence[Mapping[str, Any]]) -> str:
    """Return the title of the source an answer was taken from: the one whose words it shares most, or nothing."""
    said = _telling(reply)
    best, title = 0, ""
    for source in sources:
        shared = len(said & _telling(str(source.get("quote", ""))))
        if shared > best:
            best, title = shared, str(source.get("title", ""))
    return title if best >= _LEAST_SHARED else ""


def _telling(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if len(word) >= _SHORTEST or word.isdigit()}


def differences(before: Decision, after: Decision) -> list[dict[str, str]]:
    """Return what a second decision changes, as rows of what, before and after; none when only the words differ."""
    found = []
    if before.outcome != after.outcome:
        found.append(_row("outcome", before.outcome, after.outcome))
    if before.tools != after.tools:
        found.append(_row("tools", _listed(before.tools), _listed(after.tools)))
    if before.refused != after.refused:
        found.append(_row("refused", _listed(before.refused), _listed(after.refused)))
    # Where one of them named no source, words alone may be the reason.
    if before.source and after.source and before.source != after.source:
        found.append(_row("source", before.source, after.source))
    return found


def _row(what: str, before: str, after: str) -> dict[str, str]:
    return {"what": what, "before": before, "after": after}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or NO_TOOL
