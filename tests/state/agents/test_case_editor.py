"""What the dialog of a test says comes back as it was written."""

import pytest

from backend.core.errors import Invalid
from backend.evals import definitions
from state.agents import case_editor
from state.agents.case_editor import CaseEditorState

CASE = definitions.checked(
    {
        "channel": "chat",
        "opening": ["Hello", "A table, please"],
        "persona": "In a hurry",
        "goal": "A table for four",
        "max_turns": 5,
        "clock": "2026-11-22T09:00:00+00:00",
        "facts": {"name": "Alex", "phone": "+14155550100", "details": {"size": "4"}, "known": ["Sits outside"]},
        "results": [
            {"tool": "book", "status": "failed", "result": "Full", "arguments": [{"name": "day", "value": "Friday"}]}
        ],
        "checks": [
            {"kind": "said", "how": "matches", "text": "fri(day)?"},
            {"kind": "never_said", "text": "sold out"},
            {
                "kind": "tool_called",
                "tool": "book",
                "arguments": [
                    {"name": "day", "value": "Friday"},
                    {"name": "guests", "how": "matches", "value": "^4$"},
                    {"name": "note", "how": "contains", "value": "by the window"},
                ],
            },
            {"kind": "tool_not_called", "tool": "cancel"},
            {"kind": "detail", "name": "size", "how": "equals", "value": "4"},
            {"kind": "detail", "name": "mail"},
            {"kind": "handed_over"},
            {"kind": "not_handed_over"},
            {"kind": "never_unsure"},
            {"kind": "used_source", "text": "Menu"},
            {"kind": "ended", "ending": "reached"},
            {"kind": "turns", "most": 4},
            {"kind": "time", "most": 2.5, "of": "conversation"},
            {"kind": "cost", "most": 0.02},
            {"kind": "judge", "question": "Is it polite?"},
        ],
    }
)


def shown(state):
    """Return what a browser would send of the dialog, untouched."""
    form = {"case_name": state.values["name"], "case_channel": state.values["channel"]}
    form |= {name: value for name, value in state.values.items() if name not in ("name", "channel")}
    for row in state.checks:
        form |= {f"{part}-{row['key']}": row[part] for part in ("subject", "how", "value", "lines")}
    for row in state.results:
        form |= {f"{part}-{row['key']}": row[part] for part in ("tool", "status", "result", "lines")}
    return form


def test_a_stored_test_that_is_saved_untouched_stays_what_it_is():
    state = CaseEditorState(_reflex_internal_init=True)
    state._fill("1", "Books a table", CASE)
    assert {one["kind"] for one in state.checks} == set(definitions.KINDS)
    assert definitions.checked(state._given(shown(state))) == CASE


def test_rows_left_empty_are_left_out_and_others_are_named():
    state = CaseEditorState(_reflex_internal_init=True)
    state._fill("", "", {})
    state._add("checks")
    state._add("results")
    assert state._given(shown(state))["checks"] == []
    assert state._given(shown(state))["results"] == []
    with pytest.raises(Invalid):
        state._given({**shown(state), "max_turns": "many"})
    with pytest.raises(Invalid):
        state._given({**shown(state), "fact_details": "four"})
    with pytest.raises(Invalid):
        case_editor._arguments("day is Friday", "checks")
