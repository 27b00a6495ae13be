"""Take the six digits of an emailed or texted code: one input drawn as boxes.

It is one field, so pasting, the keyboard's suggestion and password managers work by themselves.
"""

from typing import Any

import reflex as rx

from pages.components.field import Text, error_text, label_line
from pages.components.local_file import jsx

_FILE = jsx(__name__, "code_input.jsx")


class _CodeInput(rx.Component):
    library = _FILE.importable_path
    tag = "CodeInput"

    input_id: rx.Var[str]
    name: rx.Var[str]
    length: rx.Var[int]
    value: rx.Var[str]
    invalid: rx.Var[bool]
    disabled: rx.Var[bool]
    described_by: rx.Var[str]
    focused: rx.Var[bool]
    on_change: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_complete: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def code_input(
    name: str,
    text: Text,
    *,
    length: int = 6,
    value: str | rx.Var[str] | None = None,
    on_change: Any = None,
    on_complete: Any = None,
    error: Text = "",
    disabled: bool | rx.Var[bool] = False,
    focused: bool = True,
) -> rx.Component:
    """Return the field; `on_complete` receives the code once all digits stand, so no button need be pressed.

    Without `value` it keeps its own text and its form sends it under `name`.
    """
    control_id = f"field-{name}"
    props: dict[str, Any] = {}
    if value is not None:
        props["value"] = value
    if on_change is not None:
        props["on_change"] = on_change
    if on_complete is not None:
        props["on_complete"] = on_complete
    return rx.el.div(
        label_line(text, control_id=control_id),
        _CodeInput.create(
            input_id=control_id,
            name=name,
            length=length,
            invalid=rx.Var.create(error) != "",
            disabled=disabled,
            described_by=f"{control_id}-error",
            focused=focused,
            **props,
        ),
        error_text(control_id, error),
        class_name="flex flex-col gap-1.5",
    )
