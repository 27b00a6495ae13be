"""Answer for addresses that lead nowhere."""

import reflex as rx

from pages.components.button import link_button
from pages.components.layouts import public_layout
from pages.words import NotFound


def not_found() -> rx.Component:
    """Return the page shown, with status 404, at unknown addresses."""
    return public_layout(
        rx.el.div(
            rx.el.h1(NotFound.TITLE, class_name="text-24 font-semibold"),
            rx.el.p(NotFound.BODY, class_name="mt-3 max-w-[68ch] text-16 text-muted"),
            rx.el.div(link_button(NotFound.HOME, href="/", variant="primary", size="lg"), class_name="mt-6"),
            class_name="mx-auto w-full max-w-6xl px-4 py-24 md:px-6",
        )
    )
