"""Draw small marks of state: badge, tag, dot, key."""

from typing import Any, Literal

import reflex as rx

from pages.components.icon import icon as draw_icon
from pages.words import Common

Tone = Literal["neutral", "accent", "success", "warning", "danger", "info"]

_TONES: dict[str, str] = {
    "neutral": "bg-hover text-muted",
    "accent": "bg-accent-soft text-accent-ink",
    "success": "bg-success-soft text-success-ink",
    "warning": "bg-warning-soft text-warning-ink",
    "danger": "bg-danger-soft text-danger-ink",
    "info": "bg-info-soft text-info-ink",
}
_DOTS: dict[str, str] = {
    "neutral": "bg-control",
    "accent": "bg-accent",
    "success": "bg-success",
    "warning": "bg-warning",
    "danger": "bg-danger",
    "info": "bg-info",
}


def badge(*words: Any, tone: Tone = "neutral", icon: str = "") -> rx.Component:
    """Return a state in one or two words; the words say it, the tint repeats it."""
    face = [draw_icon(icon, class_name="-ml-0.5")] if icon else []
    return rx.el.span(
        *face,
        *words,
        class_name=(
            "inline-flex h-5 max-w-full items-center gap-1 truncate rounded-full px-2 text-12 font-medium "
            "whitespace-nowrap "
            f"forced-colors:border {_TONES[tone]}"
        ),
    )


def count_pill(count: int | rx.Var[int], *, label: str) -> rx.Component:
    """Return a number in the accent colour, at most 99+, followed by `label` for screen readers; nothing at zero."""
    number = rx.Var.create(count).to(int)
    return rx.cond(
        number > 0,
        rx.el.span(
            rx.cond(number > 99, "99+", number.to_string()),
            rx.el.span(f" {label}", class_name="sr-only"),
            class_name=(
                "tabular inline-flex h-4 min-w-4 items-center justify-center rounded-full bg-accent px-1 text-12 "
                "font-medium "
                "text-on-accent"
            ),
        ),
        rx.fragment(),
    )


def dot(tone: Tone, *, label: str) -> rx.Component:
    """Return a coloured dot that is always named, in words beside it or by `label` alone."""
    return rx.el.span(
        rx.el.span(class_name=f"size-2 rounded-full {_DOTS[tone]}", custom_attrs={"data-part": "dot"}),
        rx.el.span(label, class_name="sr-only"),
        class_name="inline-flex shrink-0 items-center",
    )


def tag(words: str | rx.Var[str], *, on_remove: Any = None) -> rx.Component:
    """Return a label someone gave; with `on_remove` it carries a button that takes it away."""
    remove = (
        [
            rx.el.button(
                draw_icon("x"),
                type="button",
                on_click=on_remove,
                aria_label=rx.Var.create(f"{Common.REMOVE} ") + rx.Var.create(words).to(str),
                class_name="-mr-1.5 inline-flex size-6 items-center justify-center rounded-control hover:text-ink",
            )
        ]
        if on_remove is not None
        else []
    )
    return rx.el.span(
        rx.el.span(words, class_name="truncate"),
        *remove,
        class_name=(
            "inline-flex h-6 max-w-48 items-center gap-1 rounded-control border border-line bg-sunken px-2 text-13 "
            "text-muted"
        ),
    )


def kbd(*keys: str) -> rx.Component:
    """Return keys to press, each on its own cap; "mod" shows as ⌘ or Ctrl, as the reader's keyboard has it."""

    def cap(key: str) -> rx.Component:
        face: list[Any] = [key]
        if key == "mod":
            face = [rx.el.span("⌘", class_name="hidden apple:inline"), rx.el.span("Ctrl", class_name="apple:hidden")]
        return rx.el.kbd(
            *face,
            class_name=(
                "inline-flex h-5 min-w-5 items-center justify-center rounded-[4px] border border-line bg-sunken px-1 "
                "font-sans text-12 text-muted"
            ),
        )

    return rx.el.span(*(cap(key) for key in keys), class_name="inline-flex items-center gap-1")
