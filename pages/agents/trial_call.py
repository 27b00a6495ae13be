"""Draw the call to an agent's draft, in the Test part of its page."""

from typing import Any

import reflex as rx

from pages.calls.parts import LINE_WORDS
from pages.components import popover  # noqa: F401 - its JSX is imported by ours
from pages.components.local_file import jsx
from pages.inbox.parts import POPOVER, words_of
from pages.words import TrialCall
from state.agents.open_agent import AgentState
from state.agents.trial_call import TrialCallState

_FILE = jsx(__name__, "trial_call.jsx")


class _TrialCall(rx.Component):
    library = _FILE.importable_path
    tag = "TrialCall"
    lib_dependencies: list[str] = [POPOVER]

    opening: rx.Var[dict[str, Any]]
    agent_name: rx.Var[str]
    words: rx.Var[dict[str, str]]
    line: rx.Var[dict[str, str]]
    on_begin: rx.EventHandler[rx.event.no_args_event_spec]
    on_why: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, Any])]


def trial_call() -> rx.Component:
    """Return the call; another agent begins with a new one."""
    return _TrialCall.create(
        opening=TrialCallState.opening,
        agent_name=AgentState.name,
        words=words_of(TrialCall),
        line=LINE_WORDS,
        on_begin=TrialCallState.begin,
        on_why=TrialCallState.explain,
        key=AgentState.id,
    )
