"""Say that something happened, and offer to undo it, at the edge of the screen.

Event handlers in `state/` send toasts themselves: `rx.toast("Conversation closed")`, `rx.toast.error(...)`, or with
`action={"label": "Undo", "on_click": InboxState.reopen(id)}`. The region set up here gives all of them the same look,
eight seconds, a polite live region, and the keyboard (Alt+T moves focus into it, Tab reaches the button).
"""

from typing import Any

import reflex as rx

from pages.words import Common

SHOWN_MS = 8000


def toaster() -> rx.Component:
    """Return the region; the application puts it on every page once (`rx.App(toaster=toaster())`)."""
    return rx.toast.provider(
        position="bottom-right",
        rich_colors=False,
        expand=False,
        visible_toasts=3,
        close_button=True,
        toast_options=rx.toast.options(component_name="toast", duration=SHOWN_MS),
    )


def undo_toast(text: str | rx.Var[str], *, on_undo: Any) -> rx.event.EventSpec:
    """Return an event that says what was done and offers to take it back for eight seconds."""
    return rx.toast(text, duration=SHOWN_MS, action={"label": Common.UNDO, "on_click": on_undo})
