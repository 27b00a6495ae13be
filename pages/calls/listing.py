"""Every call of the business: `/calls`, with filters in the address and an export of what they show."""

from typing import Any

import reflex as rx

from pages.calls.parts import CALL_WORDS
from pages.components import address, timestamp  # noqa: F401 - their JSX is imported by ours
from pages.components.button import button, button_class, link_button
from pages.components.feedback import empty_state, failed_or, skeleton_rows
from pages.components.icon import icon
from pages.components.local_file import jsx
from pages.components.shell import page_shell
from pages.frame import frame
from pages.inbox.listing import TIME_WORDS
from pages.inbox.parts import words_of
from pages.words import Calls
from state.calls.listing import CallsState
from state.frame import FrameState

ROUTE = "/calls"
_FILE = jsx(__name__, "list.jsx")
_Words = rx.Var[dict[str, str]]
_Rows = rx.Var[list[dict[str, Any]]]


class _Filters(rx.Component):
    library = _FILE.importable_path
    tag = "CallFilters"

    agents: _Rows
    numbers: _Rows
    results: rx.Var[list[list[str]]]
    words: _Words


class _Export(rx.Component):
    library = _FILE.importable_path
    tag = "CallExport"

    look: rx.Var[str]
    words: _Words


class _Table(rx.Component):
    library = _FILE.importable_path
    tag = "CallRows"

    rows: _Rows
    words: _Words
    call_words: _Words
    time: _Words


def _words() -> dict[str, str]:
    return {name: text for name, text in words_of(Calls).items() if isinstance(text, str)}


def calls_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.cond(
            CallsState.is_loaded,
            rx.cond(CallsState.rows.length() > 0, _list(), _nothing()),
            failed_or(CallsState, skeleton_rows(6, row="h-17"), what=Calls.FAILED, safe=Calls.FAILED_SAFE),
        ),
        title=Calls.TITLE,
        active="calls",
        actions=rx.cond(
            CallsState.is_loaded & (FrameState.role != "support"),
            _Export.create(icon("file_down"), look=button_class(link=True), words=_words()),
            rx.fragment(),
        ),
        filters=_Filters.create(
            agents=CallsState.agents,
            numbers=CallsState.numbers,
            results=[list(one) for one in Calls.RESULTS],
            words=_words(),
        ),
        **frame(),
    )


def _nothing() -> rx.Component:
    return rx.cond(
        CallsState.is_filtered,
        empty_state(
            title=Calls.NO_MATCH_TITLE,
            body=Calls.NO_MATCH_BODY,
            icon="search_x",
            action=link_button(Calls.CLEAR_FILTERS, href=ROUTE),
        ),
        empty_state(
            title=Calls.EMPTY_TITLE,
            body=Calls.EMPTY_BODY,
            icon="phone",
            action=link_button(Calls.EMPTY_ACTION, href="/phone"),
        ),
    )


def _list() -> rx.Component:
    return rx.el.div(
        _Table.create(rows=CallsState.rows, words=_words(), call_words=CALL_WORDS, time=TIME_WORDS),
        rx.cond(CallsState.has_more, rx.el.div(button(Calls.MORE, on_click=CallsState.load_more)), rx.fragment()),
        class_name="flex flex-col gap-4",
    )
