"""A check is decided by what happened, with the line that decided it."""

import time

import pytest

from backend.core.errors import Invalid
from backend.details.schemas import Found
from backend.evals import checks, definitions, judging
from backend.evals.schemas import Proceedings, ToolUse

WHAT = Proceedings(
    said=((2, "We open at 9 on Sunday."), (4, "I do not know that.")),
    tools=(ToolUse(2, "book_visit", {"day": "2026-11-27", "guests": 4, "late": True}, "ok"),),
    found={"email": Found("email", "text", "dana@example.com"), "size": Found("size", "number", 4, False)},
    sources=((2, "Hours: we open at nine"),),
    unsure_at=(4,),
    handed_over_at=4,
    hand_over_reason="wants a person",
    ending="handed_over",
    turns=2,
    cost_micros=1500,
    slowest_ms=1800,
    total_ms=2500,
)


def decide(**given):
    (one,) = definitions.checked({"checks": [given]})["checks"]
    result = checks.decided(one, WHAT)
    assert result["title"]
    return result["verdict"], result["line"]


@pytest.mark.parametrize(
    ("given", "decided"),
    [
        ({"kind": "said", "text": "open AT 9"}, ("pass", 2)),
        ({"kind": "said", "how": "matches", "text": r"open at \d+"}, ("pass", 2)),
        ({"kind": "said", "text": "closed"}, ("fail", 0)),
        ({"kind": "never_said", "text": "closed"}, ("pass", 0)),
        ({"kind": "never_said", "how": "matches", "text": "sun(day)?"}, ("fail", 2)),
        ({"kind": "tool_called", "tool": "book_visit"}, ("pass", 2)),
        ({"kind": "tool_called", "tool": "book_visit", "arguments": [{"name": "guests", "value": "4"}]}, ("pass", 2)),
        ({"kind": "tool_called", "tool": "book_visit", "arguments": [{"name": "late", "value": True}]}, ("pass", 2)),
        (
            {
                "kind": "tool_called",
                "tool": "book_visit",
                "arguments": [{"name": "day", "how": "matches", "value": r"^2026-\d\d-27$"}],
            },
            ("pass", 2),
        ),
        ({"kind": "tool_called", "tool": "book_visit", "arguments": [{"name": "guests", "value": 5}]}, ("fail", 2)),
        ({"kind": "tool_called", "tool": "book_visit", "arguments": [{"name": "name", "value": "x"}]}, ("fail", 2)),
        ({"kind": "tool_called", "tool": "cancel_visit"}, ("fail", 0)),
        ({"kind": "tool_not_called", "tool": "cancel_visit"}, ("pass", 0)),
        ({"kind": "tool_not_called", "tool": "book_visit"}, ("fail", 2)),
        ({"kind": "detail", "name": "email"}, ("pass", 0)),
        ({"kind": "detail", "name": "email", "how": "equals", "value": "Dana@example.com"}, ("pass", 0)),
        ({"kind": "detail", "name": "email", "how": "equals", "value": "eve@example.com"}, ("fail", 0)),
        ({"kind": "detail", "name": "size"}, ("fail", 0)),
        ({"kind": "detail", "name": "phone"}, ("fail", 0)),
        ({"kind": "handed_over"}, ("pass", 4)),
        ({"kind": "not_handed_over"}, ("fail", 4)),
        ({"kind": "ended", "ending": "handed_over"}, ("pass", 0)),
        ({"kind": "ended", "ending": "reached"}, ("fail", 0)),
        ({"kind": "used_source", "text": "hours"}, ("pass", 2)),
        ({"kind": "used_source", "text": "prices"}, ("fail", 0)),
        ({"kind": "never_unsure"}, ("fail", 4)),
        ({"kind": "turns", "most": 2}, ("pass", 0)),
        ({"kind": "turns", "most": 1}, ("fail", 0)),
        ({"kind": "cost", "most": 0.002}, ("pass", 0)),
        ({"kind": "cost", "most": 0.001}, ("fail", 0)),
        ({"kind": "time", "most": 2}, ("pass", 0)),
        ({"kind": "time", "most": 2, "of": "conversation"}, ("fail", 0)),
    ],
)
def test_a_check_is_decided_by_what_happened(given, decided):
    assert decide(**given) == decided


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"(.*a){20}$", r"a*a*a*a*a*b"])
def test_a_pattern_that_takes_too_long_is_no_pass_and_holds_nobody_up(pattern):
    (one,) = definitions.checked({"checks": [{"kind": "never_said", "how": "matches", "text": pattern}]})["checks"]
    started = time.thread_time()
    result = checks.decided(one, Proceedings(said=((2, "a" * 1500 + "!"),)))
    assert time.thread_time() - started < 2
    assert result["verdict"] in ("maybe", "pass")
    assert pattern != r"(a+)+$" or result["verdict"] == "maybe"


@pytest.mark.parametrize(
    "given",
    [
        {"checks": [{"kind": "said", "how": "matches", "text": "(open"}]},
        {"checks": [{"kind": "said", "how": "matches", "text": "a" * 201}]},
        {"checks": [{"kind": "wonder"}]},
        {"checks": [{"kind": "turns", "most": "nan"}]},
        {"checks": [{"kind": "tool_called", "tool": ""}]},
        {"checks": "said"},
        {"channel": "pigeon"},
        {"opening": ["a" * 1601]},
        {"opening": "Hello"},
        {"max_turns": 21},
        {"clock": "noon"},
        {"facts": {"details": ["x"]}},
        {"results": [{"tool": "a", "status": "great"}]},
        [],
    ],
)
def test_what_is_no_case_is_refused_in_words(given):
    with pytest.raises(Invalid):
        definitions.checked(given)


def test_a_definition_comes_back_as_it_was_stored():
    given = {
        "opening": ["Hi"],
        "goal": "A table",
        "clock": "2026-11-22T09:00:00-05:00",
        "facts": {"details": {"size": 4}},
        "checks": [{"kind": "detail", "name": "size"}, {"kind": "judge", "question": "Is it polite?"}],
        "results": [{"tool": "book", "arguments": [{"name": "day", "value": "Friday"}]}],
    }
    stored = definitions.checked(given)
    assert stored["clock"] == "2026-11-22T14:00:00+00:00"
    assert definitions.checked(stored) == stored


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ('[{"answer": "yes", "because": "It greets."}, {"answer": "No"}]', ["yes", "no"]),
        ('Here: [{"answer": "maybe"}, {"answer": "yes, surely"}]', ["maybe", "maybe"]),
        ('[{"answer": "yes"}]', ["maybe", "maybe"]),
        ("yes yes", ["maybe", "maybe"]),
        ('[["yes"], null]', ["maybe", "maybe"]),
        ('[{"answer": "yes"}, {"answer": NaN}]', ["maybe", "maybe"]),
    ],
)
def test_a_judge_passes_nothing_but_a_plain_yes(text, answers):
    assert [one.answer for one in judging.read(text, 2)] == answers
    question = {"kind": "judge", "question": "Is it polite?"}
    assert [checks.judged(question, one, "")["verdict"] == "pass" for one in answers] == [
        one == "yes" for one in answers
    ]
