"""Ask for a list inside a form: rows of small controls without labels of their own, each with a way to take it out."""

from typing import Any

import reflex as rx

from pages.components.button import button, icon_button
from pages.components.field import CONTROL, error_text
from pages.components.icon import icon
from pages.words import Common

_INPUT = f"{CONTROL} h-9 min-w-0 pointer-coarse:h-11"
_LINES = f"{CONTROL} field-sizing-content min-h-9 min-w-0 resize-y py-2 font-mono! pointer-coarse:min-h-11"

Text = rx.Var[str] | str


def rows_of(
    state: Any, table: str, rows: rx.Component, *, title: str, add: str, lead: str = "", title_class: str = "text-13"
) -> rx.Component:
    """Return a group of rows of a state with `errors` and `add_row`; `add` is what the button below them says."""
    more = [rx.el.p(lead, class_name="text-13 text-pretty text-muted")] if lead else []
    return rx.el.fieldset(
        rx.el.legend(title, class_name=f"{title_class} font-medium text-ink"),
        *more,
        rx.el.ul(rows, class_name="mt-1 divide-y divide-line empty:hidden"),
        error_text(f"field-{table}", state.errors[table]),
        rx.el.div(button(add, icon="plus", size="sm", on_click=state.add_row(table)), class_name="mt-2"),
        class_name="min-w-0",
    )


def remove_row(state: Any, table: str, key: rx.Var[str]) -> rx.Component:
    """Return the button that takes a row of a state with `remove_row` out."""
    return icon_button("x", Common.REMOVE, on_click=state.remove_row(table, key))


def cell(
    name: Text,
    value: rx.Var[str],
    words: Text,
    *,
    called: str = "",
    mono: bool = False,
    wide: bool = False,
    **props: Any,
) -> rx.Component:
    """Return a line to write in. `words` stand in it while it is empty and name it, unless it is `called` otherwise."""
    return rx.el.input(
        name=name,
        default_value=value,
        placeholder=words,
        aria_label=called or words,
        class_name=f"{_INPUT}{' font-mono!' if mono else ''}{' sm:col-span-2' if wide else ''}",
        **{"type": "text", "auto_complete": "off", **props},
    )


def lines(name: Text, value: rx.Var[str], words: str) -> rx.Component:
    """Return a field of one line that grows with what is written."""
    return rx.el.textarea(
        name=name,
        rows=1,
        default_value=value,
        placeholder=words,
        aria_label=words,
        spell_check=False,
        class_name=_LINES,
    )


def choice(name: Text, options: list[tuple[str, str]], value: rx.Var[str], words: str) -> rx.Component:
    """Return a choice of one that is sent with the form."""
    return select(options, words, name=name, default_value=value)


def select(options: list[tuple[str, str]], words: str, **props: Any) -> rx.Component:
    """Return a choice of one; pass `name` and `default_value`, or `value` and `on_change`."""
    return rx.el.div(
        rx.el.select(
            *(rx.el.option(said, value=key) for key, said in options),
            aria_label=words,
            class_name=f"{_INPUT} appearance-none truncate pr-8",
            **props,
        ),
        icon("chevron_down", class_name="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted"),
        class_name="relative",
    )
