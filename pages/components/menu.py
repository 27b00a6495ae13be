"""Offer actions under a button: a menu with items, choices, separators and submenus' worth of grouping.

Arrow keys, first letters, Home and End move; Enter chooses; Esc closes and focus returns: the Radix primitive does it.
"""

from typing import Any, Literal

import reflex as rx

from pages.components.button import button_class, icon_button_class
from pages.components.icon import icon as draw_icon
from pages.components.local_file import jsx

_FILE = jsx(__name__, "menu.jsx")
_NEEDS = ["@radix-ui/react-dropdown-menu@2.2.1"]


class _Part(rx.Component):
    library = _FILE.importable_path
    lib_dependencies: list[str] = _NEEDS


class _Menu(_Part):
    tag = "Menu"

    open: rx.Var[bool]
    on_open_change: rx.EventHandler[rx.event.passthrough_event_spec(bool)]


class _Trigger(_Part):
    tag = "MenuTrigger"

    label: rx.Var[str]
    disabled: rx.Var[bool]


class _List(_Part):
    tag = "MenuList"

    align: rx.Var[str]
    side: rx.Var[str]


class _Item(_Part):
    tag = "MenuItem"

    danger: rx.Var[bool]
    disabled: rx.Var[bool]
    shortcut: rx.Var[str]
    href: rx.Var[str]
    on_select: rx.EventHandler[rx.event.no_args_event_spec]


class _Choice(_Part):
    tag = "MenuChoice"

    checked: rx.Var[bool]
    hint: rx.Var[str]
    on_select: rx.EventHandler[rx.event.no_args_event_spec]


class _Heading(_Part):
    tag = "MenuHeading"


class _Separator(_Part):
    tag = "MenuSeparator"


def menu(
    trigger: Any,
    *items: rx.Component,
    label: str | rx.Var[str] = "",
    trigger_class: str = "",
    align: Literal["start", "center", "end"] = "end",
    side: Literal["top", "right", "bottom", "left"] = "bottom",
    open: bool | rx.Var[bool] | None = None,
    on_open_change: Any = None,
    disabled: bool | rx.Var[bool] = False,
) -> rx.Component:
    """Return a button whose face is `trigger` and the menu it opens.

    `label` names the button when its face is an icon alone. Style it with `button_class` or `icon_button_class`.
    """
    props: dict[str, Any] = {}
    if open is not None:
        props["open"] = open
    if on_open_change is not None:
        props["on_open_change"] = on_open_change
    return _Menu.create(
        _Trigger.create(trigger, label=label, disabled=disabled, class_name=trigger_class or button_class()),
        _List.create(*items, align=align, side=side),
        **props,
    )


def menu_item(
    *face: Any,
    on_select: Any = None,
    href: str | rx.Var[str] = "",
    icon: str = "",
    shortcut: str = "",
    danger: bool = False,
    disabled: bool | rx.Var[bool] = False,
) -> rx.Component:
    """Return one action of a menu, or a link when `href` is given; `shortcut` only shows the key that does the same."""
    props: dict[str, Any] = {"danger": danger, "disabled": disabled, "shortcut": shortcut}
    if on_select is not None:
        props["on_select"] = on_select
    if not (isinstance(href, str) and href == ""):
        props["href"] = href
    return _Item.create(*([draw_icon(icon)] if icon else []), *face, **props)


def menu_choice(*face: Any, checked: bool | rx.Var[bool], on_select: Any, hint: str | rx.Var[str] = "") -> rx.Component:
    """Return one of several answers, with a tick on the current one and a line of explanation."""
    return _Choice.create(*face, checked=checked, hint=hint, on_select=on_select)


def menu_heading(text: str | rx.Var[str]) -> rx.Component:
    """Return words over a group of items."""
    return _Heading.create(text)


def menu_separator() -> rx.Component:
    """Return a line between groups of items."""
    return _Separator.create()


def row_menu(
    *items: rx.Component,
    label: str | rx.Var[str],
    removal: str,
    on_remove: Any,
    may_remove: rx.Var[bool] | None = None,
) -> rx.Component:
    """Return the menu at the end of a row: what can be done with it and, below a line, what takes it away."""
    last = rx.fragment(menu_separator(), menu_item(removal, icon="trash_2", danger=True, on_select=on_remove))
    return menu(
        draw_icon("ellipsis"),
        *items,
        last if may_remove is None else rx.cond(may_remove, last, rx.fragment()),
        label=label,
        trigger_class=icon_button_class("ghost", "sm"),
    )
