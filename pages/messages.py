"""The history of texts: `/messages`, with filters in the address and an export of what they show."""

from typing import Any

import reflex as rx

from pages.components import address, timestamp  # noqa: F401 - its JSX is imported by ours
from pages.components.feedback import error_state
from pages.components.local_file import jsx
from pages.components.shell import page_shell
from pages.frame import frame
from pages.inbox.listing import TIME_WORDS
from pages.inbox.parts import words_of
from pages.words import Messages
from state.messages import MessagesState

ROUTE = "/messages"
_FILE = jsx(__name__, "messages.jsx")
_Words = rx.Var[dict[str, str]]


class _Filters(rx.Component):
    library = _FILE.importable_path
    tag = "MessageFilters"

    numbers: rx.Var[list[dict[str, str]]]
    words: _Words


class _Export(rx.Component):
    library = _FILE.importable_path
    tag = "ExportLink"

    words: _Words


class _Table(rx.Component):
    library = _FILE.importable_path
    tag = "MessageTable"

    rows: rx.Var[list[dict[str, Any]]]
    has_more: rx.Var[bool]
    stage: rx.Var[str]
    words: _Words
    time: _Words
    on_more: rx.EventHandler[rx.event.no_args_event_spec]


def messages_page() -> rx.Component:
    """Return the page."""
    words = words_of(Messages)
    return page_shell(
        rx.cond(
            MessagesState.has_failed,
            error_state(
                what=Messages.FAILED,
                safe=Messages.FAILED_SAFE,
                reference=MessagesState.reference,
                on_retry=MessagesState.load,
            ),
            _Table.create(
                rows=MessagesState.rows,
                has_more=MessagesState.has_more,
                stage=MessagesState.stage,
                words=words,
                time=TIME_WORDS,
                on_more=MessagesState.load_more,
            ),
        ),
        title=Messages.TITLE,
        active="messages",
        actions=_Export.create(words=words),
        filters=_Filters.create(numbers=MessagesState.numbers, words=words),
        **frame(),
    )
