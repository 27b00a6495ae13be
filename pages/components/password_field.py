"""Take a password: hidden at first, shown on request, never sent to the server key by key."""

from typing import Any, Literal

import reflex as rx

from pages.components.field import CONTROL, Text, error_text, hint_text, label_line
from pages.components.local_file import jsx
from pages.words import Common

_FILE = jsx(__name__, "password_field.jsx")


class _PasswordInput(rx.Component):
    library = _FILE.importable_path
    tag = "PasswordInput"

    input_id: rx.Var[str]
    name: rx.Var[str]
    auto_complete: rx.Var[str]
    invalid: rx.Var[bool]
    described_by: rx.Var[str]
    required: rx.Var[bool]
    min_length: rx.Var[int]
    show_label: rx.Var[str]
    hide_label: rx.Var[str]


def password_field(
    name: str,
    text: Text,
    *,
    auto_complete: Literal["current-password", "new-password"] = "current-password",
    hint: Text = "",
    error: Text = "",
    required: bool = True,
    min_length: int = 0,
) -> rx.Component:
    """Return a labelled password; its form sends it under `name`, and the page's state never holds it."""
    control_id = f"field-{name}"
    has_hint = not (isinstance(hint, str) and not hint)
    limit: dict[str, Any] = {"min_length": min_length} if min_length else {}
    return rx.el.div(
        label_line(text, control_id=control_id, optional=not required),
        _PasswordInput.create(
            input_id=control_id,
            name=name,
            auto_complete=auto_complete,
            invalid=rx.Var.create(error) != "",
            described_by=f"{control_id}-hint {control_id}-error" if has_hint else f"{control_id}-error",
            required=required,
            show_label=Common.SHOW_PASSWORD,
            hide_label=Common.HIDE_PASSWORD,
            class_name=f"{CONTROL} h-9 pr-11 pointer-coarse:h-11",
            **limit,
        ),
        *hint_text(control_id, hint, error),
        error_text(control_id, error),
        class_name="flex flex-col gap-1.5",
    )
