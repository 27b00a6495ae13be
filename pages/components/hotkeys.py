"""Run events from the keyboard, and list the keys in the sheet that `?` opens.

A combination is one key ("j", "?", "enter", "escape"), one with the platform's command key ("mod+k": ⌘ or Ctrl), or
two in a row ("g i"). None fires while someone types, a dialog or menu is open, or the person switched single keys off
in the sheet (WCAG 2.1.4).
"""

from typing import Any

import reflex as rx

from pages.components.dialog import dialog, open_layer
from pages.components.local_file import jsx
from pages.components.status import kbd
from pages.words import Shell

_FILE = jsx(__name__, "hotkeys.jsx")

SHEET = "shortcuts"


class _Hotkey(rx.Component):
    library = _FILE.importable_path
    tag = "Hotkey"

    keys: rx.Var[str]
    while_typing: rx.Var[bool]
    on_press: rx.EventHandler[rx.event.no_args_event_spec]


class _HotkeySwitch(rx.Component):
    library = _FILE.importable_path
    tag = "HotkeySwitch"

    text: rx.Var[str]
    hint: rx.Var[str]


def hotkeys(events: dict[str, Any], *, while_typing: bool = False) -> rx.Component:
    """Return an invisible component that runs each event when its combination is pressed.

    Of two with the same combination the one mounted last wins. `while_typing` is for combinations with "mod" alone.
    """
    return rx.fragment(
        *(_Hotkey.create(keys=keys, on_press=event, while_typing=while_typing) for keys, event in events.items())
    )


def shortcut_sheet(groups: list[tuple[str, list[tuple[str, str]]]]) -> rx.Component:
    """Return the sheet of shortcuts, opened by `?` or `open_layer(SHEET)`; groups are (title, [(keys, words)])."""

    def line(keys: str, words: str) -> rx.Component:
        caps = [cap if cap == "mod" else cap.capitalize() for cap in keys.replace("+", " ").split()]
        return rx.el.li(
            rx.el.span(words, class_name="min-w-0 flex-1"),
            kbd(*caps),
            class_name="flex min-h-8 items-center gap-4 text-14",
        )

    return rx.fragment(
        hotkeys({"?": open_layer(SHEET)}),
        dialog(
            rx.el.div(
                *(
                    rx.el.section(
                        rx.el.h3(title, class_name="mb-1 text-12 font-medium text-muted"),
                        rx.el.ul(*(line(keys, words) for keys, words in rows)),
                    )
                    for title, rows in groups
                ),
                class_name="grid gap-x-10 gap-y-5 md:grid-cols-2",
            ),
            rx.el.div(
                _HotkeySwitch.create(text=Shell.SINGLE_KEYS, hint=Shell.SINGLE_KEYS_HINT),
                class_name="mt-5 border-t border-line pt-4",
            ),
            title=Shell.SHORTCUTS,
            layer=SHEET,
            size="lg",
        ),
    )
