"""Draw what agents remember of somebody, wherever it is shown, and the question before a memory is forgotten."""

from typing import Any

import reflex as rx

from pages.components.dialog import confirm_dialog
from pages.components.local_file import jsx
from pages.inbox.parts import words_of
from pages.words import Memory
from state.contacts.forgetting import ForgetState
from state.contacts.memory import ContactMemoryState

_FILE = jsx(__name__, "memories.jsx")


class _Memories(rx.Component):
    library = _FILE.importable_path
    tag = "Memories"

    memories: rx.Var[list[dict[str, Any]]]
    words: rx.Var[dict[str, str]]
    may_forget: rx.Var[bool]
    is_alone: rx.Var[bool]
    on_correct: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_strike: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_forget: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def memories(found: Any, *, may_forget: rx.Var[bool], is_alone: bool = False) -> rx.Component:
    """Return memories with their facts; one that stands alone shows all of them, and its conversations."""
    return _Memories.create(
        memories=found,
        words=memory_words(),
        may_forget=may_forget,
        is_alone=is_alone,
        on_correct=ContactMemoryState.correct,
        on_strike=ContactMemoryState.strike,
        on_forget=ForgetState.ask,
    )


def memory_words() -> dict[str, str]:
    """Return what a memory is told in; choices of the agent's part are none of it."""
    return {name: text for name, text in words_of(Memory).items() if isinstance(text, str)}


def forget_dialog() -> rx.Component:
    """Return the question before a memory is forgotten."""
    return confirm_dialog(
        title=Memory.FORGET_TITLE,
        verb=Memory.FORGET_VERB,
        loss=Memory.FORGET_LOSS,
        on_confirm=ForgetState.forget,
        open=ForgetState.doomed_id != "",
        on_open_change=ForgetState.keep,
    )
