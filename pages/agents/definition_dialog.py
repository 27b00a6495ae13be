"""The dialog that makes or changes what an agent has, such as a function: of this agent, or of every agent."""

from typing import Any, Literal

import reflex as rx

from pages.components.choice import switch
from pages.components.form_dialog import form_dialog


def definition_dialog(
    state: Any,
    words: Any,
    form_id: str,
    *fields: rx.Component,
    is_new: rx.Var[bool],
    size: Literal["sm", "md", "lg"] = "md",
    class_name: str = "gap-4",
) -> rx.Component:
    """Return the dialog of a state as `form_dialog` has it, with `is_shared` beside."""
    return form_dialog(
        state,
        form_id,
        *fields,
        title=rx.cond(is_new, words.NEW_TITLE, words.EDIT_TITLE),
        save=rx.cond(state.is_shared, words.SAVE, words.SAVE_DRAFT),
        size=size,
        class_name=class_name,
    )


def for_all_switch(state: Any, words: Any, name: str, *, is_new: rx.Var[bool]) -> rx.Component:
    """Return the switch that gives a new one to every agent; a stored one stays whose it is."""
    return rx.cond(
        is_new,
        switch(
            name,
            words.FOR_ALL,
            checked=state.is_shared,
            on_change=state.set_shared,
            hint=words.FOR_ALL_HINT,
        ),
        rx.fragment(),
    )
