"""Copy a text with one press, and say that it was copied."""

import reflex as rx

from pages.components.button import icon_button_class
from pages.components.local_file import jsx
from pages.words import Common

_FILE = jsx(__name__, "copy_button.jsx")


class _CopyButton(rx.Component):
    library = _FILE.importable_path
    tag = "CopyButton"

    text: rx.Var[str]
    label: rx.Var[str]
    done: rx.Var[str]


def copy_button(text: str | rx.Var[str], *, label: str = Common.COPY) -> rx.Component:
    """Return a small button that puts `text` on the clipboard; `label` says what is copied ("Copy number")."""
    return _CopyButton.create(text=text, label=label, done=Common.COPIED, class_name=icon_button_class("ghost", "sm"))
