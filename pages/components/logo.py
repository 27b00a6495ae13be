"""Draw the mark of the product: a speech bubble that is a magpie's head, and the name beside it."""

import reflex as rx

from pages.words import Common

# The bubble's tail hangs lower left, the beak points right; the eye is drawn apart, in the colour of the ground.
BIRD = (
    "M4 13.2C4 8.1 8.1 4 13.2 4h2.6c4.3 0 7.9 2.9 8.9 6.9l3.3 1.7-3.1 1.7c-.4 4.7-4.3 8.4-9.1 8.4h-1.6"
    "L7.6 28c-.6.5-1.5.1-1.5-.7v-8.25A9.2 9.2 0 0 1 4 13.2Z"
)
EYE = (18.6, 11.4, 1.9)


def logo_mark(*, size: int = 24, class_name: str = "") -> rx.Component:
    """Return the mark alone, in the accent colour, silent for screen readers."""
    x, y, radius = EYE
    return rx.el.svg(
        rx.el.svg.path(d=BIRD, custom_attrs={"fill": "currentColor"}),
        rx.el.svg.circle(cx=str(x), cy=str(y), r=str(radius), custom_attrs={"fill": "var(--canvas)"}),
        view_box="0 0 32 32",
        width=str(size),
        height=str(size),
        class_name=f"shrink-0 text-accent {class_name}".strip(),
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
    )


def wordmark(*, size: int = 24) -> rx.Component:
    """Return the mark with the name."""
    text = "text-20" if size > 24 else "text-16"
    return rx.el.span(
        logo_mark(size=size),
        rx.el.span(Common.PRODUCT, class_name=f"{text} font-semibold tracking-tight text-ink"),
        class_name="inline-flex items-center gap-2",
    )
