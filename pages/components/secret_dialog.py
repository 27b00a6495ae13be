"""Show a new secret once, to copy."""

from typing import Any

import reflex as rx

from pages.components.button import button_class
from pages.components.copy_button import copy_button
from pages.components.dialog import dialog, dialog_close


def secret_dialog(
    secret: rx.Var[str], *, title: str, loss: str, copy_label: str, done: str, on_forget: Any
) -> rx.Component:
    """Return the dialog that stands while there is a secret; `loss` says that it is not shown again."""
    return dialog(
        rx.el.div(
            rx.el.code(secret, class_name="min-w-0 flex-1 text-13 break-all"),
            copy_button(secret, label=copy_label),
            class_name="flex items-center gap-2 rounded-control border border-line bg-sunken px-3 py-2",
        ),
        title=title,
        description=loss,
        open=secret != "",
        on_open_change=on_forget,
        footer=[dialog_close(done, class_name=button_class("primary"))],
    )
