"""Ask or show something over the page: a dialog, or a confirmation of something dangerous.

Focus is kept inside, Esc and the veil close it, focus returns to what opened it: the Radix primitives do that. A
dialog is shown by a state var (`open=State.is_open`, `on_open_change=State.set_open`) or by its own `trigger`.
"""

from typing import Any, Literal

import reflex as rx

from pages.components.button import button_class
from pages.components.local_file import jsx
from pages.words import Common

_FILE = jsx(__name__, "dialog.jsx")


class _Dialog(rx.Component):
    library = _FILE.importable_path
    tag = "Dialog"
    lib_dependencies: list[str] = ["@radix-ui/react-dialog@1.3.1"]

    open: rx.Var[bool]
    layer: rx.Var[str]
    title: rx.Var[str]
    description: rx.Var[str]
    size: rx.Var[str]
    role: rx.Var[str]
    close_label: rx.Var[str]
    on_open_change: rx.EventHandler[rx.event.passthrough_event_spec(bool)]


class _Trigger(rx.Component):
    library = _FILE.importable_path
    tag = "DialogTrigger"
    lib_dependencies: list[str] = ["@radix-ui/react-dialog@1.3.1"]

    label: rx.Var[str]


class _Close(rx.Component):
    library = _FILE.importable_path
    tag = "DialogClose"
    lib_dependencies: list[str] = ["@radix-ui/react-dialog@1.3.1"]

    on_press: rx.EventHandler[rx.event.no_args_event_spec]


class _Body(rx.Component):
    library = _FILE.importable_path
    tag = "DialogBody"
    lib_dependencies: list[str] = ["@radix-ui/react-dialog@1.3.1"]


def open_layer(layer: str) -> rx.event.EventSpec:
    """Return an event that opens the dialog named `layer` in the browser."""
    return rx.call_script(f"window.dispatchEvent(new CustomEvent('magpipe:layer', {{detail: {layer!r}}}))")


def dialog_close(*face: Any, class_name: str, on_press: Any = None) -> rx.Component:
    """Return a button that closes the dialog it stands in; style it with `button_class(...)`."""
    props: dict[str, Any] = {"on_press": on_press} if on_press is not None else {}
    return _Close.create(*face, class_name=class_name, **props)


def dialog(
    *body: Any,
    title: str | rx.Var[str],
    description: str | rx.Var[str] = "",
    footer: list[Any] | None = None,
    trigger: Any = None,
    trigger_class: str = "",
    trigger_label: str = "",
    open: bool | rx.Var[bool] | None = None,
    on_open_change: Any = None,
    layer: str = "",
    size: Literal["sm", "md", "lg"] = "md",
) -> rx.Component:
    """Return a dialog with a heading, content and a row of buttons at its foot; a sheet from below on phones.

    `trigger` is the face of the button that opens it (words or an icon, with `trigger_class=button_class()`). Leave
    it out when a state var opens the dialog, or when it has a `layer` name that `open_layer` opens at once, without
    asking the server.
    """
    props: dict[str, Any] = {"title": title, "description": description, "size": size, "close_label": Common.CLOSE}
    if layer:
        props["layer"] = layer
    if open is not None:
        props["open"] = open
    if on_open_change is not None:
        props["on_open_change"] = on_open_change
    parts: list[Any] = []
    if trigger is not None:
        parts.append(_Trigger.create(trigger, label=trigger_label, class_name=trigger_class))
    foot = (
        [rx.el.div(*footer, class_name="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3")]
        if footer
        else []
    )
    parts.append(_Body.create(rx.el.div(*body, class_name="min-h-0 flex-1 overflow-y-auto px-5 pb-5"), *foot))
    return _Dialog.create(*parts, **props)


def confirm_dialog(
    *body: Any,
    title: str | rx.Var[str],
    verb: str | rx.Var[str],
    on_confirm: Any,
    loss: str | rx.Var[str] = "",
    trigger: Any = None,
    trigger_class: str = "",
    trigger_label: str = "",
    open: bool | rx.Var[bool] | None = None,
    on_open_change: Any = None,
    danger: bool = True,
    cancel: str = Common.CANCEL,
) -> rx.Component:
    """Return a confirmation whose button says what it does and whose text says what is lost.

    `verb` names the act and its object ("Release +1 604 555 0199"), `loss` what goes and for how long it can be
    undone. Focus starts on the way out, so that a stray Enter changes nothing.
    """
    look = button_class("danger" if danger else "primary")
    props: dict[str, Any] = {"title": title, "description": loss, "size": "sm", "role": "alertdialog"}
    if open is not None:
        props["open"] = open
    if on_open_change is not None:
        props["on_open_change"] = on_open_change
    parts: list[Any] = []
    if trigger is not None:
        parts.append(_Trigger.create(trigger, label=trigger_label, class_name=trigger_class))
    content = [rx.el.div(*body, class_name="px-5 pb-2")] if body else []
    parts.append(
        _Body.create(
            *content,
            rx.el.div(
                dialog_close(cancel, class_name=button_class("secondary")),
                dialog_close(verb, class_name=look, on_press=on_confirm),
                class_name="flex flex-wrap justify-end gap-2 px-5 pt-3 pb-5",
            ),
        )
    )
    return _Dialog.create(*parts, **props)
