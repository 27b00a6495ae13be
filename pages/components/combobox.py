"""Choose one from a long list by typing: filtered in the browser, or searched by the server."""

from typing import Any

import reflex as rx

from pages.components.field import Text, error_text, hint_text, label_line
from pages.components.local_file import jsx
from pages.words import Common

_FILE = jsx(__name__, "combobox.jsx")


class _Combobox(rx.Component):
    library = _FILE.importable_path
    tag = "Combobox"
    lib_dependencies: list[str] = ["downshift@9.5.0"]

    input_id: rx.Var[str]
    name: rx.Var[str]
    options: rx.Var[list[dict[str, str]]]
    value: rx.Var[str]
    searched: rx.Var[bool]
    placeholder: rx.Var[str]
    empty_text: rx.Var[str]
    toggle_label: rx.Var[str]
    clear_label: rx.Var[str]
    invalid: rx.Var[bool]
    disabled: rx.Var[bool]
    described_by: rx.Var[str]
    on_change: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_query: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def combobox(
    name: str,
    text: Text,
    options: list[dict[str, str]] | rx.Var[list[dict[str, str]]],
    *,
    value: str | rx.Var[str] = "",
    on_change: Any = None,
    on_query: Any = None,
    placeholder: str = "",
    empty_text: str = Common.NO_MATCHES,
    hint: str = "",
    error: Text = "",
    disabled: bool | rx.Var[bool] = False,
    clearable: bool = True,
) -> rx.Component:
    """Return a labelled input with a list under it; `on_change` receives the chosen value, "" when cleared.

    What must have a value is not `clearable`.

    `options` are rows with `value`, `label` and optionally `hint`. With `on_query` the server filters: it receives
    what is typed, 200 ms after the last key, and answers by changing `options`.
    """
    control_id = f"field-{name}"
    props: dict[str, Any] = {}
    if on_change is not None:
        props["on_change"] = on_change
    if on_query is not None:
        props["on_query"] = on_query
    return rx.el.div(
        label_line(text, control_id=control_id),
        _Combobox.create(
            input_id=control_id,
            name=name,
            options=options,
            value=value,
            searched=on_query is not None,
            placeholder=placeholder,
            empty_text=empty_text,
            toggle_label=Common.OPEN_LIST,
            clear_label=Common.CLEAR if clearable else "",
            invalid=rx.Var.create(error) != "",
            disabled=disabled,
            described_by=f"{control_id}-hint {control_id}-error" if hint else f"{control_id}-error",
            **props,
        ),
        *hint_text(control_id, hint, error),
        error_text(control_id, error),
        class_name="flex flex-col gap-1.5",
    )
