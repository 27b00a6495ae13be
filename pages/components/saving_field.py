"""Edit one value that saves itself: typing stays in the browser, the server hears when the person pauses or leaves.

A plain input bound to a state var sends every key to the server and can lose letters on a slow line. These keep what
is typed, call `on_save` once per change, and take a new value from the server only while nobody is typing in them.
"""

from typing import Any, Literal

import reflex as rx

from pages.components.field import CONTROL, Flag, SaveState, Text, error_text, hint_text, label, label_line
from pages.components.local_file import jsx

_FILE = jsx(__name__, "saving_field.jsx")


class _SavingInput(rx.Component):
    library = _FILE.importable_path
    tag = "SavingInput"

    input_id: rx.Var[str]
    name: rx.Var[str]
    kind: rx.Var[str]
    rows: rx.Var[int]
    value: rx.Var[str]
    placeholder: rx.Var[str]
    max_length: rx.Var[int]
    invalid: rx.Var[bool]
    disabled: rx.Var[bool]
    described_by: rx.Var[str]
    auto_complete: rx.Var[str]
    on_save: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


def saving_field(
    name: str,
    text: Text,
    *,
    value: str | rx.Var[str],
    on_save: Any,
    kind: Literal["text", "email", "tel", "url", "number", "area"] = "text",
    rows: int = 4,
    hint: Text = "",
    error: Text = "",
    save_state: SaveState = "",
    placeholder: str = "",
    max_length: int = 0,
    disabled: Flag = False,
    hide_label: bool = False,
    auto_complete: str = "off",
    class_name: str = "",
) -> rx.Component:
    """Return a labelled field; `on_save` receives the text 800 ms after the last key, on Enter, and on leaving.

    A handler of two arguments also receives the text that was there before, as the server last gave it.

    `save_state` ("", "saving", "saved") shows beside the label; `kind="area"` is a text of several lines.
    """
    control_id = f"field-{name}"
    has_hint = not (isinstance(hint, str) and not hint)
    head = (
        rx.el.span(label(text, control_id=control_id), class_name="sr-only")
        if hide_label
        else label_line(text, control_id=control_id, save_state=save_state)
    )
    limit: dict[str, Any] = {"max_length": max_length} if max_length else {}
    return rx.el.div(
        head,
        _SavingInput.create(
            input_id=control_id,
            name=name,
            kind=kind,
            rows=rows,
            value=value,
            placeholder=placeholder,
            invalid=rx.Var.create(error) != "",
            disabled=disabled,
            described_by=f"{control_id}-hint {control_id}-error" if has_hint else f"{control_id}-error",
            auto_complete=auto_complete,
            on_save=on_save,
            class_name=(
                f"{CONTROL} py-2 field-sizing-content max-h-[60dvh] resize-y"
                if kind == "area"
                else f"{CONTROL} h-9 pointer-coarse:h-11"
            ),
            **limit,
        ),
        *hint_text(control_id, hint, error),
        error_text(control_id, error),
        class_name=f"flex flex-col gap-1.5 {class_name}".strip(),
    )
