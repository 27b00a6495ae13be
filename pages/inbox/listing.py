"""Draw the list pane: search, views, status, conversations."""

from typing import Any

import reflex as rx

from pages.components import copy_button, hotkeys, menu, timestamp, tooltip  # noqa: F401 - their JSX is imported by ours
from pages.components.local_file import jsx
from pages.inbox.parts import VIRTUOSO, words_of
from pages.words import InboxList, Time
from state.inbox.conversation_list import ConversationListState
from state.inbox.new_message import NewMessageState
from state.inbox.page import InboxState
from state.inbox.thread import ThreadState

_HEAD = jsx(__name__, "list_head.jsx")
_LIST = jsx(__name__, "list.jsx")
TIME_WORDS = {"nowWord": Time.NOW, "minutes": Time.MINUTES, "hours": Time.HOURS}


class _ListHead(rx.Component):
    library = _HEAD.importable_path
    tag = "ListHead"

    words: rx.Var[dict[str, str]]
    on_new: rx.EventHandler[rx.event.passthrough_event_spec(bool)]


class _ConversationList(rx.Component):
    library = _LIST.importable_path
    tag = "ConversationList"
    lib_dependencies: list[str] = [VIRTUOSO]

    rows: rx.Var[list[dict[str, Any]]]
    feed: rx.Var[dict[str, Any]]
    older: rx.Var[dict[str, Any]]
    has_more: rx.Var[bool]
    stage: rx.Var[str]
    reference: rx.Var[str]
    phone_url: rx.Var[str]
    words: rx.Var[dict[str, str]]
    time: rx.Var[dict[str, str]]
    on_more: rx.EventHandler[rx.event.no_args_event_spec]
    on_resync: rx.EventHandler[rx.event.no_args_event_spec]


def list_pane() -> rx.Component:
    """Return the pane."""
    words = words_of(InboxList)
    return rx.fragment(
        _ListHead.create(words=words, on_new=NewMessageState.set_open),
        _ConversationList.create(
            rows=ConversationListState.rows,
            feed=ConversationListState.feed,
            older=ConversationListState.older,
            has_more=ConversationListState.has_more,
            stage=ConversationListState.stage,
            reference=ThreadState.reference,
            phone_url=ConversationListState.phone_url,
            words=words,
            time=TIME_WORDS,
            on_more=ConversationListState.load_more,
            on_resync=InboxState.reload,
        ),
    )
