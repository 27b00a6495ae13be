"""Draw buttons: one look per weight of action, with busy states in words.

One primary button per view. Dangerous actions use `danger` and name what they do ("Release +1 604 555 0199").
"""

from typing import Any, Literal

import reflex as rx

from pages.components.icon import icon as draw_icon
from pages.components.link import page_link
from pages.components.tooltip import tooltip
from pages.words import Common

Variant = Literal["primary", "secondary", "ghost", "danger"]
Size = Literal["sm", "md", "lg"]

_BASE = (
    "relative inline-flex shrink-0 items-center justify-center whitespace-nowrap rounded-control font-medium "
    "select-none transition-colors not-aria-busy:disabled:opacity-50 disabled:cursor-not-allowed "
    "aria-disabled:cursor-not-allowed aria-disabled:opacity-50 pointer-coarse:min-h-11 "
    "pointer-coarse:min-w-11"
)
_LOOKS: dict[str, str] = {
    "primary": "bg-accent text-on-accent enabled:hover:bg-accent-hover forced-colors:border",
    "secondary": "border border-control bg-canvas text-ink enabled:hover:bg-hover",
    "ghost": "text-muted enabled:hover:bg-hover enabled:hover:text-ink",
    "danger": "bg-danger text-on-danger enabled:hover:bg-danger-hover forced-colors:border",
}
_LINK_LOOKS: dict[str, str] = {name: look.replace("enabled:", "") for name, look in _LOOKS.items()}
_SIZES: dict[str, str] = {
    "sm": "h-7 gap-1.5 px-2.5 text-13",
    "md": "h-8 gap-2 px-3 text-14",
    "lg": "h-10 gap-2 px-4 text-14",
}
_SQUARES: dict[str, str] = {"sm": "size-7", "md": "size-8", "lg": "size-10"}


def button_class(variant: Variant = "secondary", size: Size = "md", *, link: bool = False) -> str:
    """Return the classes of a button, for triggers that another component renders (menu, popover, dialog)."""
    looks = _LINK_LOOKS if link else _LOOKS
    return f"{_BASE} {looks[variant]} {_SIZES[size]}"


def icon_button_class(variant: Variant = "ghost", size: Size = "md", *, link: bool = False) -> str:
    """Return the classes of a square button that holds one icon."""
    looks = _LINK_LOOKS if link else _LOOKS
    return f"{_BASE} {looks[variant]} {_SQUARES[size]}"


def spinner(*, class_name: str = "") -> rx.Component:
    """Return a turning ring; it never stands alone, words beside it say what is under way."""
    return draw_icon("loader_circle", class_name=f"animate-turn {class_name}".strip())


def _face(children: tuple[Any, ...], icon: str, trailing_icon: str) -> list[Any]:
    face: list[Any] = [draw_icon(icon)] if icon else []
    face.extend(children)
    if trailing_icon:
        face.append(draw_icon(trailing_icon))
    return face


def button(
    *children: Any,
    variant: Variant = "secondary",
    size: Size = "md",
    icon: str = "",
    trailing_icon: str = "",
    loading: bool | rx.Var[bool] = False,
    loading_text: str = Common.WORKING,
    disabled: bool | rx.Var[bool] = False,
    type: str = "button",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Return a button; while `loading` it shows `loading_text`, keeps its width and ignores presses.

    Pass `on_click` and any other property of `rx.el.button` by name. Submit buttons of forms need `type="submit"`.
    """
    look = f"{button_class(variant, size)} {class_name}".strip()
    face = _face(children, icon, trailing_icon)
    if loading is False:
        return rx.el.button(*face, type=type, disabled=disabled, class_name=look, **props)
    # Both faces share one grid cell, so the width is that of the longer one and nothing around the button moves.
    layer = "col-start-1 row-start-1 inline-flex items-center justify-center gap-2"
    return rx.el.button(
        rx.el.span(
            rx.el.span(*face, class_name=f"{layer} " + rx.cond(loading, "invisible", "")),
            rx.el.span(
                spinner(), loading_text, class_name=f"{layer} " + rx.cond(loading, "", "invisible"), aria_live="polite"
            ),
            class_name="inline-grid",
        ),
        type=type,
        disabled=rx.Var.create(loading) | rx.Var.create(disabled),
        aria_busy=loading,
        class_name=look,
        **props,
    )


def icon_button(
    icon: str,
    label: str,
    *,
    variant: Variant = "ghost",
    size: Size = "md",
    shortcut: str = "",
    disabled: bool | rx.Var[bool] = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Return a square button of one icon, named for screen readers and explained by a tooltip with its shortcut."""
    return tooltip(
        rx.el.button(
            draw_icon(icon, size=20 if size == "lg" else 16),
            type="button",
            disabled=disabled,
            aria_label=label,
            class_name=f"{icon_button_class(variant, size)} {class_name}".strip(),
            **props,
        ),
        text=label,
        shortcut=shortcut,
    )


def link_button(
    *children: Any,
    href: str | rx.Var[str],
    variant: Variant = "secondary",
    size: Size = "md",
    icon: str = "",
    trailing_icon: str = "",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Return a link that looks like a button, for actions that only change page."""
    look = f"{button_class(variant, size, link=True)} {class_name}".strip()
    return page_link(*_face(children, icon, trailing_icon), href=href, class_name=look, **props)
