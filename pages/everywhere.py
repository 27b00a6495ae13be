"""Draw what every signed-in page carries: the command palette, how a person is reached, their call, and who calls."""

from typing import Any

import reflex as rx

from pages.calls.desk import desk_call
from pages.calls.ringing import ringing
from pages.components import hotkeys  # noqa: F401 - its JSX is imported by ours
from pages.components.local_file import jsx
from pages.components.navigation import NAV
from pages.inbox.parts import DIALOG, words_of
from pages.words import PaletteWords
from state.inbox.reach import ReachState
from state.palette import PaletteState

_PALETTE = jsx(__name__, "palette.jsx")
_REACH = jsx(__name__, "reach.jsx")


class _Palette(rx.Component):
    library = _PALETTE.importable_path
    tag = "Palette"
    lib_dependencies: list[str] = [DIALOG]

    places: rx.Var[list[dict[str, str]]]
    actions: rx.Var[list[dict[str, str]]]
    hits: rx.Var[list[dict[str, str]]]
    asked: rx.Var[str]
    words: rx.Var[dict[str, str]]
    on_find: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class _Reach(rx.Component):
    library = _REACH.importable_path
    tag = "Reach"

    ring: rx.Var[dict[str, Any]]
    sound: rx.Var[bool]
    desktop: rx.Var[bool]


def _actions() -> list[dict[str, str]]:
    """Return what can be done from anywhere: an address to go to, or an event that the page's layers hear."""
    return [
        {"label": PaletteWords.UNREAD, "to": "/inbox?view=unread"},
        {"label": PaletteWords.MINE, "to": "/inbox?view=mine"},
        {"label": PaletteWords.MENTIONS, "to": "/inbox?view=mentions&status=any"},
        {"label": PaletteWords.NEEDS_PERSON, "to": "/inbox?person=1"},
        {"label": PaletteWords.APPROVAL, "to": "/inbox?person=approval"},
        {"label": PaletteWords.UPSET, "to": "/inbox?sentiment=negative"},
        {"label": PaletteWords.MY_TICKETS, "to": "/tickets?who=me"},
        {"label": PaletteWords.SHORTCUTS, "event": "magpipe:layer", "detail": "shortcuts", "keys": "?"},
    ]


def everywhere() -> rx.Component:
    """Return the palette, the bell, the call and who calls."""
    return rx.fragment(
        _Palette.create(
            places=[{"label": place.label, "to": place.href, "keys": place.shortcut.upper()} for place in NAV],
            actions=_actions(),
            hits=PaletteState.hits,
            asked=PaletteState.asked,
            words=words_of(PaletteWords),
            on_find=PaletteState.find,
        ),
        _Reach.create(ring=ReachState.ring, sound=ReachState.has_sound, desktop=ReachState.has_desktop),
        desk_call(),
        ringing(),
    )
