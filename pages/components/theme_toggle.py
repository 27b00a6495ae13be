"""Choose the theme: as the system does, light or dark; kept in this browser."""

import reflex as rx
from reflex.style import color_mode, set_color_mode

from pages.components.icon import icon
from pages.components.menu import menu, menu_choice
from pages.words import Shell

_CHOICES = (
    ("system", Shell.THEME_SYSTEM, "monitor"),
    ("light", Shell.THEME_LIGHT, "sun"),
    ("dark", Shell.THEME_DARK, "moon"),
)


def theme_choices() -> list[rx.Component]:
    """Return the three choices as items of a menu."""
    return [
        menu_choice(icon(picture), words, checked=color_mode == mode, on_select=set_color_mode(mode))
        for mode, words, picture in _CHOICES
    ]


def theme_toggle(*, trigger_class: str) -> rx.Component:
    """Return a button that opens the three choices; style it with `icon_button_class()`."""
    return menu(
        rx.fragment(icon("sun", class_name="dark:hidden"), icon("moon", class_name="hidden dark:block")),
        *theme_choices(),
        label=Shell.THEME,
        trigger_class=trigger_class,
    )
