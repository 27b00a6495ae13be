"""Say that the connection to the server is lost, quietly, and take the words away when it is back."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from pages.components.icon import icon
from pages.words import Shell


def connection_note() -> rx.Component:
    """Return a note at the head of the screen, away from the reply box, shown while events cannot reach the server."""
    return rx.el.div(
        rx.cond(
            has_connection_errors,
            rx.el.p(
                icon("loader_circle", class_name="animate-turn"),
                Shell.RECONNECTING,
                class_name=(
                    "flex animate-rise items-center gap-2 rounded-full bg-tip px-4 py-2 text-13 font-medium "
                    "text-on-tip shadow-float"
                ),
            ),
            rx.fragment(),
        ),
        role="status",
        class_name=(
            "pointer-events-none fixed inset-x-4 top-[calc(env(safe-area-inset-top)+0.75rem)] z-50 flex justify-center "
            # The banner over the page says more, and would be covered.
            "[body:has([data-part=offline])_&]:hidden"
        ),
    )
