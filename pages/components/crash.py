"""Stand in for a page whose drawing failed, so that nobody meets a blank screen."""

import reflex as rx

from pages.components.button import button
from pages.words import Crash


def crash_page() -> rx.Component:
    """Return what happened, what is safe, and a way on."""
    return rx.el.main(
        rx.el.h1(Crash.TITLE, class_name="text-20 font-semibold"),
        rx.el.p(Crash.SAFE, class_name="mt-2 text-14 text-muted"),
        rx.el.div(
            button(
                Crash.RELOAD, variant="primary", icon="rotate_cw", on_click=rx.call_script("window.location.reload()")
            ),
            class_name="mt-5",
        ),
        class_name="mx-auto flex min-h-dvh max-w-[68ch] flex-col items-start justify-center px-6",
    )
