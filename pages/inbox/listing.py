"""Draw the list pane: search, views, filters, work on many, conversations."""

from typing import Any

import reflex as rx

from pages.components import copy_button, hotkeys, menu, popover, timestamp, tooltip  # noqa: F401 - ours import their JSX
from pages.components.local_file import jsx
from pages.inbox.parts import POPOVER, VIRTUOSO, words_of
from pages.words import InboxBulk, InboxFilters, InboxList, InboxWhen, Time
from state.contacts.merging import MergeState
from state.frame import FrameState
from state.inbox.bulk import BulkState
from state.inbox.choices import ChoicesState
from state.inbox.conversation_list import ConversationListState
from state.inbox.new_message import NewMessageState
from state.inbox.page import InboxState
from state.inbox.reach import ReachState
from state.inbox.thread import ThreadState
from state.inbox.views import ViewsState

_HEAD = jsx(__name__, "list_head.jsx")
_LIST = jsx(__name__, "list.jsx")
_BULK = jsx(__name__, "bulk_bar.jsx")
TIME_WORDS = {"nowWord": Time.NOW, "minutes": Time.MINUTES, "hours": Time.HOURS}

_Words = rx.Var[dict[str, str]]
_Rows = rx.Var[list[dict[str, Any]]]
_none = rx.event.no_args_event_spec
_one = rx.event.passthrough_event_spec(str)


class _ListHead(rx.Component):
    library = _HEAD.importable_path
    tag = "ListHead"
    lib_dependencies: list[str] = [POPOVER]

    agents: _Rows
    teams: _Rows
    tags: _Rows
    views: _Rows
    errors: _Words
    has_sound: rx.Var[bool]
    has_desktop: rx.Var[bool]
    has_mail: rx.Var[bool]
    is_away: rx.Var[bool]
    words: _Words
    on_new: rx.EventHandler[rx.event.passthrough_event_spec(bool)]
    on_save_view: rx.EventHandler[rx.event.passthrough_event_spec(str, str, bool)]
    on_share_view: rx.EventHandler[rx.event.passthrough_event_spec(str, bool)]
    on_delete_view: rx.EventHandler[_one]
    on_reach: rx.EventHandler[rx.event.passthrough_event_spec(str, bool)]


class _BulkBar(rx.Component):
    library = _BULK.importable_path
    tag = "BulkBar"
    lib_dependencies: list[str] = [POPOVER]

    work: rx.Var[dict[str, Any]]
    teams: _Rows
    team: _Rows
    tags: _Rows
    words: _Words
    may_merge: rx.Var[bool]
    on_change: rx.EventHandler[rx.event.passthrough_event_spec(str, str, list[str], bool)]
    on_undo: rx.EventHandler[_one]
    on_merge: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


class _ConversationList(rx.Component):
    library = _LIST.importable_path
    tag = "ConversationList"
    lib_dependencies: list[str] = [VIRTUOSO]

    rows: _Rows
    feed: rx.Var[dict[str, Any]]
    older: rx.Var[dict[str, Any]]
    has_more: rx.Var[bool]
    stage: rx.Var[str]
    reference: rx.Var[str]
    phone_url: rx.Var[str]
    words: _Words
    time: _Words
    on_more: rx.EventHandler[_none]
    on_resync: rx.EventHandler[_none]


def list_pane() -> rx.Component:
    """Return the pane."""
    words = words_of(InboxList)
    return rx.fragment(
        _ListHead.create(
            agents=ChoicesState.agents,
            teams=ChoicesState.teams,
            tags=ChoicesState.tags,
            views=ViewsState.views,
            errors=ViewsState.errors,
            has_sound=ReachState.has_sound,
            has_desktop=ReachState.has_desktop,
            has_mail=ReachState.has_mail,
            is_away=ReachState.is_away,
            words={**words, **words_of(InboxFilters)},
            on_new=NewMessageState.set_open,
            on_save_view=ViewsState.save,
            on_share_view=ViewsState.share,
            on_delete_view=ViewsState.delete,
            on_reach=ReachState.set_preference,
        ),
        _BulkBar.create(
            work=BulkState.work,
            teams=ChoicesState.teams,
            team=ChoicesState.team,
            tags=ChoicesState.tags,
            words={**words_of(InboxWhen), **words_of(InboxBulk)},
            on_change=BulkState.change,
            on_undo=BulkState.undo,
            may_merge=FrameState.role != "support",
            on_merge=MergeState.begin_conversations,
        ),
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
