"""Draw callers who wait for people: the card that rings on every page, and who waits on `/phone`."""

from typing import Any

import reflex as rx

from pages.calls.parts import DESK_LINE, LINE_PARTS
from pages.components.choice import switch
from pages.components.local_file import jsx
from pages.inbox.parts import POPOVER, words_of
from pages.words import Ringing
from state.calls.desk import DeskState
from state.calls.ringing import RingingState
from state.inbox.reach import ReachState

# They are imported by ours.
_PARTS = (DESK_LINE, LINE_PARTS)
_FILE = jsx(__name__, "ringing.jsx")


class _Ringing(rx.Component):
    library = _FILE.importable_path
    tag = "Ringing"
    lib_dependencies: list[str] = [POPOVER]

    rows: rx.Var[list[dict[str, Any]]]
    words: rx.Var[dict[str, str]]
    on_answer: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_join: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_decline: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


class _Queue(rx.Component):
    library = _FILE.importable_path
    tag = "Queue"
    lib_dependencies: list[str] = [POPOVER]

    rows: rx.Var[list[dict[str, Any]]]
    words: rx.Var[dict[str, str]]
    on_take: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def ringing() -> rx.Component:
    """Return the cards of callers for whom this tab rings; nothing while there are none."""
    return _Ringing.create(
        rows=RingingState.rows,
        words=words_of(Ringing),
        on_answer=DeskState.answer,
        on_join=DeskState.join,
        on_decline=RingingState.decline,
    )


def queue() -> rx.Component:
    """Return who waits for people, the longest first, and whether calls ring for the person who looks."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(Ringing.QUEUE, class_name="text-16 font-semibold text-ink"),
            switch(
                "on-duty",
                Ringing.ON_DUTY,
                checked=~ReachState.is_away,
                on_change=lambda is_on: ReachState.set_preference("is_away", ~is_on.to(bool)),
                class_name="shrink-0",
            ),
            class_name="flex flex-wrap items-center justify-between gap-x-6 gap-y-1",
        ),
        rx.el.p(Ringing.ON_DUTY_HINT, class_name="text-13 text-muted"),
        _Queue.create(rows=RingingState.rows, words=words_of(Ringing), on_take=DeskState.answer),
        custom_attrs={"aria-label": Ringing.QUEUE},
        class_name="mb-6 rounded-card border border-line bg-canvas p-4",
    )
