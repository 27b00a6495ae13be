"""Say something to screen readers alone."""

from typing import Any

import reflex as rx


def visually_hidden(*children: Any, **props: Any) -> rx.Component:
    """Return content that is read aloud and not painted."""
    return rx.el.span(*children, class_name="sr-only", **props)


def skip_link(text: str, *, target: str) -> rx.Component:
    """Return the first link of a page, seen only when focused, that jumps past the navigation."""
    # A native anchor: the router's own link would scroll but leave focus where it was.
    return rx.el.A.create(
        text,
        href=f"#{target}",
        class_name=(
            "sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-control "
            "focus:bg-raised focus:px-3 focus:py-2 focus:text-14 focus:font-medium focus:text-ink focus:shadow-float"
        ),
    )


def live_region(text: str | rx.Var[str]) -> rx.Component:
    """Return a polite announcement: whenever `text` changes, screen readers read it after what they are saying."""
    return rx.el.div(text, role="status", aria_live="polite", class_name="sr-only")
