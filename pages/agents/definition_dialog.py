"""The dialog that makes or changes what an agent has, such as a function: of this agent, or of every agent."""

from typing import Any, Literal

import reflex as rx

from pages.components.button import button, button_class
from pages.components.choice import switch
from pages.components.dialog import dialog, dialog_close
from pages.words import Common


def definition_dialog(
    state: Any,
    words: Any,
    form_id: str,
    *fields: rx.Component,
    is_new: rx.Var[bool],
    size: Literal["sm", "md", "lg"] = "md",
    class_name: str = "gap-4",
) -> rx.Component:
    """Return the dialog of a state with `is_open`, `is_shared`, `drawing` and `save`."""
    return dialog(
        rx.el.form(
            *fields,
            id=form_id,
            key=state.drawing,
            on_submit=state.save,
            no_validate=True,
            class_name=f"flex flex-col {class_name} pt-1",
        ),
        title=rx.cond(is_new, words.NEW_TITLE, words.EDIT_TITLE),
        open=state.is_open,
        on_open_change=state.set_open,
        size=size,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(
                rx.cond(state.is_shared, words.SAVE, words.SAVE_DRAFT), variant="primary", type="submit", form=form_id
            ),
        ],
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
