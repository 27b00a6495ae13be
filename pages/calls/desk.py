"""Draw the calls people make themselves: the keys on `/phone`, and the call in its corner of every page."""

from typing import Any

import reflex as rx

from pages.calls.parts import CALL_WORDS, LINE_WORDS
from pages.components import popover, timestamp  # noqa: F401 - their JSX is imported by ours
from pages.components.local_file import jsx
from pages.inbox.listing import TIME_WORDS
from pages.inbox.parts import POPOVER, words_of
from pages.words import Desk
from state.calls.acting import CallActionState
from state.calls.desk import DeskState, RecentsState
from state.calls.own_phone import OwnPhoneState
from state.numbers import NumbersState

_FILE = jsx(__name__, "desk.jsx")
_OWN_CALL = jsx(__name__, "own_call.jsx")
_Words = rx.Var[dict[str, str]]


class _Dialer(rx.Component):
    library = _FILE.importable_path
    tag = "Dialer"
    lib_dependencies: list[str] = [POPOVER]

    numbers: rx.Var[list[dict[str, Any]]]
    is_waiting: rx.Var[bool]
    recents: rx.Var[list[dict[str, Any]]]
    has_recents: rx.Var[bool]
    problem: rx.Var[str]
    own_number: rx.Var[str]
    own_call: rx.Var[dict[str, Any]]
    own_answer: rx.Var[dict[str, Any]]
    words: _Words
    time: _Words
    on_dial: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_dial_own: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]


class _DeskCall(rx.Component):
    library = _FILE.importable_path
    tag = "DeskCall"
    lib_dependencies: list[str] = [POPOVER]

    opening: rx.Var[dict[str, Any]]
    standing: rx.Var[dict[str, str]]
    parties: rx.Var[list[dict[str, Any]]]
    colleagues: rx.Var[list[dict[str, Any]]]
    asked: rx.Var[dict[str, Any]]
    call_words: _Words
    words: _Words
    line: _Words
    on_ask: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]
    on_leave: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class _OwnCall(rx.Component):
    library = _OWN_CALL.importable_path
    tag = "OwnCall"

    call: rx.Var[dict[str, Any]]
    words: _Words
    on_hang_up: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_dismiss: rx.EventHandler[rx.event.no_args_event_spec]


def dialer() -> rx.Component:
    """Return the keys, with whom the team spoke last; nothing where there is no number to call from."""
    return _Dialer.create(
        numbers=NumbersState.rows,
        is_waiting=~NumbersState.is_loaded & ~NumbersState.has_failed,
        recents=RecentsState.rows,
        has_recents=RecentsState.is_loaded,
        problem=DeskState.opening["problem"],
        own_number=OwnPhoneState.number,
        own_call=OwnPhoneState.call,
        own_answer=OwnPhoneState.answer,
        words=words_of(Desk),
        time=TIME_WORDS,
        on_dial=DeskState.dial,
        on_dial_own=OwnPhoneState.dial,
    )


def desk_call() -> rx.Component:
    """Return the call of this tab, in the browser or by the person's own phone, while there is one."""
    return rx.fragment(
        _DeskCall.create(
            opening=DeskState.opening,
            standing=DeskState.standing,
            parties=DeskState.parties,
            colleagues=DeskState.colleagues,
            asked=CallActionState.asked,
            call_words=CALL_WORDS,
            on_ask=CallActionState.ask,
            words=words_of(Desk),
            line=LINE_WORDS,
            on_leave=DeskState.hang_up,
        ),
        _OwnCall.create(
            call=OwnPhoneState.call,
            words=words_of(Desk),
            on_hang_up=DeskState.hang_up,
            on_dismiss=OwnPhoneState.dismiss,
        ),
    )
