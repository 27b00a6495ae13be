"""Say what a case is: who writes, on which channel, knowing what and when; what tools answer; what must come of it.

A definition is plain JSON. The customer's lines come first; once they are used up, a persona with a goal goes on,
played by a model. A pinned clock counts with the agent's hours; without one the hours do not matter, so that a test
that passes at noon passes at night.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from backend.core.errors import Invalid
from backend.core.strict_json import clean
from backend.evals import patterns
from backend.vocab import Channel, Ending

CHANNELS = (Channel.SMS, Channel.CHAT, Channel.EMAIL)
HOWS = ("equals", "contains", "matches")
RESULT_STATUSES = ("ok", "failed", "refused")
LINE_LIMIT, PERSONA_LIMIT, RESULT_LIMIT, SHORT_LIMIT, QUESTION_LIMIT = 1600, 1000, 4000, 200, 300
MOST_LINES, MOST_TURNS, MOST_CHECKS, MOST_RESULTS, MOST_FACTS, MOST_ARGUMENTS = 20, 20, 30, 20, 20, 10
TURNS = 8
MOST_COST_USD, MOST_SECONDS = 100.0, 3600.0


def checked(given: Any) -> dict[str, Any]:
    """Return a definition as it is stored. Raises `Invalid` that names the field at fault."""
    if not isinstance(given, Mapping):
        raise Invalid("A case is an object.", field="definition")
    channel = _said(given, "channel", 10) or Channel.SMS
    if channel not in CHANNELS:
        raise Invalid("A test writes a text, a chat message or an email.", field="channel")
    return {
        "channel": str(channel),
        "opening": _texts(given, "opening", MOST_LINES, LINE_LIMIT),
        "persona": _said(given, "persona", PERSONA_LIMIT),
        "goal": _said(given, "goal", PERSONA_LIMIT),
        "max_turns": _whole(given.get("max_turns"), "max_turns", 1, MOST_TURNS, TURNS),
        "facts": _facts(given.get("facts")),
        "clock": _moment(given.get("clock")),
        "results": _rows(given, "results", MOST_RESULTS, _result),
        "checks": _rows(given, "checks", MOST_CHECKS, check),
    }


def check(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return one check as it is stored. Raises `Invalid`."""
    kind = str(given.get("kind") or "")
    read = _CHECKS.get(kind)
    if read is None:
        raise Invalid(f"A check is one of: {', '.join(_CHECKS)}.", field="checks")
    return {"kind": kind, **read(given)}


def _tool(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"tool": _needed(given, "tool", SHORT_LIMIT, "Name the tool.")}


def _tool_called(given: Mapping[str, Any]) -> dict[str, Any]:
    return {**_tool(given), "arguments": _rows(given, "arguments", MOST_ARGUMENTS, _argument)}


def _argument(given: Mapping[str, Any]) -> dict[str, Any]:
    name = _needed(given, "name", SHORT_LIMIT, "Name the argument.")
    return {"name": name, **_matcher(given, "value")}


def _wording(given: Mapping[str, Any]) -> dict[str, Any]:
    return _matcher(given, "text", hows=("contains", "matches"))


def _detail(given: Mapping[str, Any]) -> dict[str, Any]:
    name = _needed(given, "name", SHORT_LIMIT, "Name the detail.")
    if given.get("how") in (None, "", "any"):
        return {"name": name, "how": "any", "value": ""}
    return {"name": name, **_matcher(given, "value")}


def _ended(given: Mapping[str, Any]) -> dict[str, Any]:
    ending = str(given.get("ending") or Ending.REACHED)
    if ending not in set(Ending):
        raise Invalid(f"An ending is one of: {', '.join(Ending)}.", field="checks")
    return {"ending": ending}


def _source(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": _needed(given, "text", SHORT_LIMIT, "Say what the source is called, or what it says.")}


def _most(low: float, high: float, *, whole: bool = False) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def read(given: Mapping[str, Any]) -> dict[str, Any]:
        value = _number(given.get("most"), low, high)
        return {"most": int(value) if whole else value}

    return read


def _longest(given: Mapping[str, Any]) -> dict[str, Any]:
    return {**_most(0.1, MOST_SECONDS)(given), "of": "conversation" if given.get("of") == "conversation" else "answer"}


def _judge(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"question": _needed(given, "question", QUESTION_LIMIT, "Ask a question whose good answer is yes.")}


def _nothing(given: Mapping[str, Any]) -> dict[str, Any]:
    return {}


_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "tool_called": _tool_called,
    "tool_not_called": _tool,
    "said": _wording,
    "never_said": _wording,
    "detail": _detail,
    "handed_over": _nothing,
    "not_handed_over": _nothing,
    "ended": _ended,
    "used_source": _source,
    "never_unsure": _nothing,
    "turns": _most(1, MOST_TURNS, whole=True),
    "cost": _most(0.000_001, MOST_COST_USD),
    "time": _longest,
    "judge": _judge,
}
KINDS = tuple(_CHECKS)


def _matcher(given: Mapping[str, Any], field: str, hows: tuple[str, ...] = HOWS) -> dict[str, Any]:
    how = str(given.get("how") or hows[0])
    if how not in hows:
        raise Invalid(f"It is one of: {', '.join(hows)}.", field="checks")
    value = given.get(field)
    # Numbers and truth values of an API caller are compared as they are written.
    said = str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value
    if not isinstance(said, str) or not (said := clean(said).strip()) or len(said) > SHORT_LIMIT:
        raise Invalid(f"Write what to look for, in 1 to {SHORT_LIMIT} characters.", field="checks")
    return {"how": how, field: patterns.checked(said, "checks") if how == "matches" else said}


def _result(given: Mapping[str, Any]) -> dict[str, Any]:
    status = str(given.get("status") or "ok")
    if status not in RESULT_STATUSES:
        raise Invalid(f"A result is one of: {', '.join(RESULT_STATUSES)}.", field="results")
    return {
        "tool": _needed(given, "tool", SHORT_LIMIT, "Name the tool.", "results"),
        "arguments": _rows(given, "arguments", MOST_ARGUMENTS, _argument),
        "status": status,
        "result": _said(given, "result", RESULT_LIMIT, "results"),
    }


def _facts(given: Any) -> dict[str, Any]:
    known = {} if given is None else given
    if not isinstance(known, Mapping):
        raise Invalid("Facts are an object.", field="facts")
    details = known.get("details") or {}
    if not isinstance(details, Mapping) or len(details) > MOST_FACTS:
        raise Invalid(f"At most {MOST_FACTS} details are known.", field="facts")
    return {
        "name": _said(known, "name", SHORT_LIMIT, "facts"),
        "phone": _said(known, "phone", 40, "facts"),
        "details": {
            clean(str(name))[:SHORT_LIMIT]: clean(str(value))[:SHORT_LIMIT]
            for name, value in details.items()
            if str(name).strip()
        },
        "known": _texts(known, "known", MOST_FACTS, LINE_LIMIT),
    }


def _moment(value: Any) -> str:
    if value in (None, ""):
        return ""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise Invalid("Write a moment such as 2026-11-22T09:00.", field="clock") from None
    # A time of the agent's own wall when it names no zone: kept as it is written, read when the agent is known.
    return moment.astimezone(UTC).isoformat() if moment.tzinfo else moment.isoformat()


def _rows(
    given: Mapping[str, Any], field: str, most: int, read: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> list[dict[str, Any]]:
    value = given.get(field)
    rows = [] if value is None else value
    if not isinstance(rows, list) or len(rows) > most or not all(isinstance(one, Mapping) for one in rows):
        raise Invalid(f"{field} is a list of at most {most} objects.", field=field)
    return [read(one) for one in rows]


def _texts(given: Mapping[str, Any], field: str, most: int, limit: int) -> list[str]:
    value = given.get(field)
    rows = [] if value is None else value
    if not isinstance(rows, list) or not all(isinstance(one, str) for one in rows):
        raise Invalid("This is a list of texts.", field=field)
    found = [words for one in rows if (words := clean(one).strip())]
    if len(found) > most or any(len(one) > limit for one in found):
        raise Invalid(f"At most {most} lines of {limit:,} characters.", field=field)
    return found


def _said(given: Mapping[str, Any], name: str, limit: int, field: str = "") -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid("This must be text.", field=field or name)
    found = clean(value).strip()
    if len(found) > limit:
        raise Invalid(f"At most {limit:,} characters.", field=field or name)
    return found


def _needed(given: Mapping[str, Any], name: str, limit: int, instead: str, field: str = "checks") -> str:
    found = _said(given, name, limit, field)
    if not found:
        raise Invalid(instead, field=field)
    return found


def _whole(value: Any, field: str, low: int, high: int, default: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Invalid(f"A whole number from {low} to {high}.", field=field)
    return value


def _number(value: Any, low: float, high: float) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else float("nan")
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        raise Invalid(f"A number from {low:g} to {high:g}.", field="checks")
    return number
