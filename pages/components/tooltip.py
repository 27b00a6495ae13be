"""Show words about a control on hover and focus."""

from typing import Literal

import reflex as rx

from pages.components.local_file import jsx

_FILE = jsx(__name__, "tooltip.jsx")


class _Tooltip(rx.Component):
    library = _FILE.importable_path
    tag = "Tip"
    lib_dependencies: list[str] = ["@radix-ui/react-tooltip@1.4.1"]

    text: rx.Var[str]
    shortcut: rx.Var[str]
    side: rx.Var[str]


def tooltip(
    child: rx.Component,
    *,
    text: str | rx.Var[str],
    shortcut: str = "",
    side: Literal["top", "right", "bottom", "left"] = "top",
) -> rx.Component:
    """Return `child` with words that appear on hover and focus and leave with Esc.

    The words are for the eyes: the child carries its own name (`aria_label`) for screen readers.
    """
    return _Tooltip.create(child, text=text, shortcut=shortcut, side=side)
