"""Ask with a form over the page: what makes or changes one thing of a list."""

from typing import Any, Literal

import reflex as rx

from pages.components.button import button, button_class
from pages.components.dialog import dialog, dialog_close
from pages.words import Common


def form_dialog(
    state: Any,
    form_id: str,
    *fields: rx.Component,
    title: str | rx.Var[str],
    save: str | rx.Var[str],
    size: Literal["sm", "md", "lg"] = "md",
    class_name: str = "gap-4",
) -> rx.Component:
    """Return the dialog of a state with `is_open`, `set_open`, `drawing` and `save`.

    Each new `drawing` draws the fields afresh, with what is stored in them. `save` is what the button says.
    """
    return dialog(
        rx.el.form(
            *fields,
            id=form_id,
            key=state.drawing,
            on_submit=state.save,
            no_validate=True,
            class_name=f"flex flex-col {class_name} pt-1",
        ),
        title=title,
        open=state.is_open,
        on_open_change=state.set_open,
        size=size,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(save, variant="primary", type="submit", form=form_id),
        ],
    )
