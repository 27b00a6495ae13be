"""Decide what became of a case: each check is an assertion on what happened, with the line that decided it."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backend.details import definitions as details
from backend.evals import patterns
from backend.evals.patterns import TooSlow
from backend.evals.schemas import FAIL, MAYBE, PASS, CheckResult, Proceedings, ToolUse
from backend.vocab import Ending

EVIDENCE_LIMIT = 300
ENDINGS: Mapping[str, str] = {
    Ending.SCRIPT_OVER: "the customer had no more to say",
    Ending.REACHED: "the customer got what they wanted",
    Ending.GAVE_UP: "the customer gave up",
    Ending.HANDED_OVER: "it was handed over",
    Ending.SILENT: "the agent stayed silent",
    Ending.OUT_OF_TURNS: "it ran out of turns",
}
_HOWS = {"equals": "is", "contains": "contains", "matches": "matches"}
# What a check found: verdict, evidence, and the place of the line.
_Found = tuple[str, str, int]


def decided(check: Mapping[str, Any], what: Proceedings) -> CheckResult:
    """Return what became of a check that needs no judge."""
    try:
        verdict, evidence, line = _DECIDE[check["kind"]](check, what)
    except TooSlow:
        verdict, evidence, line = MAYBE, "The pattern takes too long to match. Write a simpler one.", 0
    return CheckResult(
        kind=check["kind"], title=title(check), verdict=verdict, evidence=evidence[:EVIDENCE_LIMIT], line=line
    )


def answered(what: Proceedings) -> CheckResult:
    """Return what every case checks: each of the customer's lines was answered."""
    place = what.unanswered_at[0] if what.unanswered_at else 0
    evidence = "This line got no answer." if place else ""
    if what.ending == Ending.SILENT:
        evidence = "The agent stayed silent: it is outside its hours at this moment."
    verdict = FAIL if evidence else PASS
    return CheckResult(kind="answers", title="Answers every message", verdict=verdict, evidence=evidence, line=place)


def judged(check: Mapping[str, Any], answer: str, reason: str) -> CheckResult:
    """Return what became of a question for the judge, whose `answer` is yes, no or maybe; only a yes passes."""
    verdict = {"yes": PASS, "no": FAIL}.get(answer, MAYBE)
    return CheckResult(
        kind=check["kind"], title=title(check), verdict=verdict, evidence=reason[:EVIDENCE_LIMIT], line=0
    )


def title(check: Mapping[str, Any]) -> str:
    """Return a check in words."""
    kind = check["kind"]
    if kind == "tool_called":
        wanted = ", ".join(f"{one['name']} {_HOWS[one['how']]} “{one['value']}”" for one in check["arguments"])
        return f"Calls {check['tool']}" + (f" where {wanted}" if wanted else "")
    if kind in ("said", "never_said"):
        verb = "Says" if kind == "said" else "Never says"
        return f"{verb} “{check['text']}”" if check["how"] == "contains" else f"{verb} what matches {check['text']}"
    if kind == "detail":
        rest = "" if check["how"] == "any" else f", which {_HOWS[check['how']]} “{check['value']}”"
        return f"Finds out {check['name']}{rest}"
    if kind == "time":
        return f"{_TIMES[check['of']]} {check['most']:g} seconds"
    if kind == "ended":
        return f"Ends because {ENDINGS[check['ending']]}"
    return _TITLES[kind].format(**check)


_TIMES = {"answer": "Gives each answer within", "conversation": "Gives all answers within"}
_TITLES = {
    "tool_not_called": "Never calls {tool}",
    "handed_over": "Hands over to a person",
    "not_handed_over": "Does not hand over",
    "used_source": "Reads the source “{text}”",
    "never_unsure": "Never says that it does not know",
    "turns": "Takes at most {most} turns",
    "cost": "Costs at most ${most:g}",
    "judge": "{question}",
}


def fits(matcher: Mapping[str, Any], field: str, value: Any) -> bool:
    """Tell whether a value is what a matcher asks for; values are compared as people write them. Raises `TooSlow`."""
    said, wanted = _written(value), str(matcher[field])
    if matcher["how"] == "matches":
        return patterns.found(wanted, said) is not None
    if matcher["how"] == "contains":
        return wanted.casefold() in said.casefold()
    return _plain(said) == _plain(wanted)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _calls(what: Proceedings, name: str) -> list[ToolUse]:
    return [use for use in what.tools if use.name == name]


def _spelled(use: ToolUse) -> str:
    given = ", ".join(f"{name}: {_written(value)}" for name, value in use.arguments.items())
    return f"{use.name}({given})"


def _tool_called(check: Mapping[str, Any], what: Proceedings) -> _Found:
    uses = _calls(what, check["tool"])
    for use in uses:
        if all(
            one["name"] in use.arguments and fits(one, "value", use.arguments[one["name"]])
            for one in check["arguments"]
        ):
            return PASS, _spelled(use), use.line
    if uses:
        return FAIL, f"It called {'; '.join(map(_spelled, uses))}.", uses[0].line
    others = ", ".join(dict.fromkeys(use.name for use in what.tools))
    return FAIL, f"It called {others} instead." if others else "It called no tool.", 0


def _tool_not_called(check: Mapping[str, Any], what: Proceedings) -> _Found:
    uses = _calls(what, check["tool"])
    return (FAIL, _spelled(uses[0]), uses[0].line) if uses else (PASS, "", 0)


def _where_said(check: Mapping[str, Any], said: Sequence[tuple[int, str]]) -> tuple[int, str] | None:
    for place, text in said:
        if check["how"] == "matches":
            if (hit := patterns.found(check["text"], text)) is not None:
                return place, hit or text
        elif _plain(check["text"]) in _plain(text):
            return place, text
    return None


def _said(check: Mapping[str, Any], what: Proceedings) -> _Found:
    hit = _where_said(check, what.said)
    return (PASS, hit[1], hit[0]) if hit else (FAIL, "None of its answers says this.", 0)


def _never_said(check: Mapping[str, Any], what: Proceedings) -> _Found:
    hit = _where_said(check, what.said)
    return (FAIL, hit[1], hit[0]) if hit else (PASS, "", 0)


def _detail(check: Mapping[str, Any], what: Proceedings) -> _Found:
    one = what.found.get(check["name"])
    if one is None:
        return FAIL, "It was not found out.", 0
    shown = details.shown(one.value)
    if not one.is_confirmed:
        return FAIL, f"{shown} was never confirmed by the customer.", 0
    if check["how"] == "any" or fits(check, "value", one.value) or fits(check, "value", shown):
        return PASS, shown, 0
    return FAIL, f"It is {shown}.", 0


def _handed_over(check: Mapping[str, Any], what: Proceedings) -> _Found:
    if what.handed_over_at:
        return PASS, what.hand_over_reason, what.handed_over_at
    return FAIL, "The agent kept the conversation.", 0


def _not_handed_over(check: Mapping[str, Any], what: Proceedings) -> _Found:
    if what.handed_over_at:
        return FAIL, what.hand_over_reason, what.handed_over_at
    return PASS, "", 0


def _ended(check: Mapping[str, Any], what: Proceedings) -> _Found:
    words = ENDINGS.get(what.ending, "it did not end")
    return (PASS if what.ending == check["ending"] else FAIL), f"It ended because {words}.", 0


def _used_source(check: Mapping[str, Any], what: Proceedings) -> _Found:
    wanted = _plain(check["text"])
    for place, text in what.sources:
        if wanted in _plain(text):
            return PASS, text, place
    return FAIL, "No such source was read.", 0


def _never_unsure(check: Mapping[str, Any], what: Proceedings) -> _Found:
    if not what.unsure_at:
        return PASS, "", 0
    place = what.unsure_at[0]
    return FAIL, next((text for at, text in what.said if at == place), ""), place


def _within(value: float, most: float, words: str) -> _Found:
    return (PASS if value <= most else FAIL), words, 0


def _turns(check: Mapping[str, Any], what: Proceedings) -> _Found:
    return _within(what.turns, check["most"], f"It took {what.turns}.")


def _cost(check: Mapping[str, Any], what: Proceedings) -> _Found:
    spent = what.cost_micros / 1_000_000
    return _within(spent, check["most"], f"It cost ${spent:.4f}.")


def _time(check: Mapping[str, Any], what: Proceedings) -> _Found:
    if check["of"] == "conversation":
        return _within(what.total_ms / 1000, check["most"], f"All answers together took {what.total_ms / 1000:.1f} s.")
    return _within(what.slowest_ms / 1000, check["most"], f"The slowest answer took {what.slowest_ms / 1000:.1f} s.")


_DECIDE: Mapping[str, Callable[[Mapping[str, Any], Proceedings], _Found]] = {
    "tool_called": _tool_called,
    "tool_not_called": _tool_not_called,
    "said": _said,
    "never_said": _never_said,
    "detail": _detail,
    "handed_over": _handed_over,
    "not_handed_over": _not_handed_over,
    "ended": _ended,
    "used_source": _used_source,
    "never_unsure": _never_unsure,
    "turns": _turns,
    "cost": _cost,
    "time": _time,
}
