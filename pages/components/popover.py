"""Show something to read or fill in beside a button, without leaving the page's place."""

from typing import Any, Literal

import reflex as rx

from pages.components.button import button_class
from pages.components.local_file import jsx

_FILE = jsx(__name__, "popover.jsx")


class _Popover(rx.Component):
    library = _FILE.importable_path
    tag = "Popover"
    lib_dependencies: list[str] = ["@radix-ui/react-popover@1.3.1"]

    open: rx.Var[bool]
    on_open_change: rx.EventHandler[rx.event.passthrough_event_spec(bool)]


class _Trigger(rx.Component):
    library = _FILE.importable_path
    tag = "PopoverTrigger"
    lib_dependencies: list[str] = ["@radix-ui/react-popover@1.3.1"]

    label: rx.Var[str]


class _Body(rx.Component):
    library = _FILE.importable_path
    tag = "PopoverBody"
    lib_dependencies: list[str] = ["@radix-ui/react-popover@1.3.1"]

    align: rx.Var[str]
    label: rx.Var[str]


def popover(
    trigger: Any,
    *content: Any,
    label: str = "",
    title: str = "",
    trigger_class: str = "",
    align: Literal["start", "center", "end"] = "start",
    width: str = "w-72",
    open: bool | rx.Var[bool] | None = None,
    on_open_change: Any = None,
) -> rx.Component:
    """Return a button whose face is `trigger` and the panel it opens; Esc closes it and focus returns.

    `label` names the button when its face is an icon alone, `title` names the panel for screen readers.
    """
    props: dict[str, Any] = {}
    if open is not None:
        props["open"] = open
    if on_open_change is not None:
        props["on_open_change"] = on_open_change
    return _Popover.create(
        _Trigger.create(trigger, label=label, class_name=trigger_class or button_class()),
        _Body.create(*content, align=align, label=title or label, class_name=f"{width} p-4"),
        **props,
    )
