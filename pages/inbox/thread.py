"""Draw the open conversation: head, timeline, composer, and the panel beside them."""

from typing import Any

import reflex as rx

from pages.components import popover  # noqa: F401 - its JSX is imported by ours
from pages.components.local_file import jsx
from pages.inbox.listing import TIME_WORDS
from pages.inbox.parts import DIALOG, POPOVER, VIRTUOSO, words_of
from pages.words import InboxComposer, InboxPage, InboxSide, InboxThread, InboxTimeline
from state.frame import FrameState
from state.inbox.composer import ComposerState
from state.inbox.contact_panel import ContactPanelState
from state.inbox.conversation_list import ConversationListState
from state.inbox.page import InboxState
from state.inbox.thread import ThreadState
from state.inbox.timeline import TimelineState
from state.inbox.why import WhyState

_PANES = jsx(__name__, "panes.jsx")
_HEAD = jsx(__name__, "thread_head.jsx")
_TIMELINE = jsx(__name__, "timeline.jsx")
_COMPOSER = jsx(__name__, "composer.jsx")
_SIDE = jsx(__name__, "side.jsx")

_Words = rx.Var[dict[str, str]]
_none = rx.event.no_args_event_spec
_one = rx.event.passthrough_event_spec(str)
_two = rx.event.passthrough_event_spec(str, str)
_place = rx.event.passthrough_event_spec(str, int)


class Panes(rx.Component):
    """The list beside the thread; one of them at a time on phones."""

    library = _PANES.importable_path
    tag = "Panes"


class UnreadTitle(rx.Component):
    """The title of the browser's tab, with what is unread."""

    library = _PANES.importable_path
    tag = "UnreadTitle"

    count: rx.Var[int]
    title: rx.Var[str]


class _Stage(rx.Component):
    library = _PANES.importable_path
    tag = "Stage"

    stage: rx.Var[str]
    list: rx.Var[str]
    about: rx.Var[str]
    reference: rx.Var[str]
    words: _Words
    on_retry: rx.EventHandler[_none]


class _ThreadHead(rx.Component):
    library = _HEAD.importable_path
    tag = "ThreadHead"

    row: rx.Var[dict[str, Any]]
    reason: rx.Var[str]
    me: rx.Var[str]
    team: rx.Var[list[dict[str, str]]]
    words: _Words
    on_rename: rx.EventHandler[_two]
    on_mode: rx.EventHandler[_two]
    on_assign: rx.EventHandler[_two]
    on_status: rx.EventHandler[_two]
    on_unread: rx.EventHandler[_one]


class _Timeline(rx.Component):
    library = _TIMELINE.importable_path
    tag = "Timeline"
    lib_dependencies: list[str] = [VIRTUOSO, DIALOG]

    conversation_id: rx.Var[str]
    items: rx.Var[list[dict[str, Any]]]
    feed: rx.Var[dict[str, Any]]
    older: rx.Var[dict[str, Any]]
    contact_name: rx.Var[str]
    org_name: rx.Var[str]
    open_turn: rx.Var[str]
    unread: rx.Var[int]
    outcomes: rx.Var[list[dict[str, str]]]
    words: _Words
    on_older: rx.EventHandler[_place]
    on_seen: rx.EventHandler[_one]
    on_send: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str, str, str)]
    on_resync: rx.EventHandler[_none]
    on_retry: rx.EventHandler[_one]
    on_cancel: rx.EventHandler[_one]
    on_why: rx.EventHandler[_one]
    on_approve: rx.EventHandler[rx.event.passthrough_event_spec(str, int, str)]
    on_discard: rx.EventHandler[_place]


class _Composer(rx.Component):
    library = _COMPOSER.importable_path
    tag = "Composer"
    lib_dependencies: list[str] = [POPOVER]

    conversation_id: rx.Var[str]
    senders: rx.Var[list[dict[str, str]]]
    sender: rx.Var[str]
    refusal: rx.Var[str]
    words: _Words
    on_send: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str, str, str)]
    on_choose_sender: rx.EventHandler[_one]


class _Side(rx.Component):
    library = _SIDE.importable_path
    tag = "Side"
    lib_dependencies: list[str] = [DIALOG]

    row: rx.Var[dict[str, Any]]
    person: rx.Var[dict[str, Any]]
    turn: rx.Var[dict[str, Any]]
    turn_id: rx.Var[str]
    words: _Words
    time: _Words
    on_close_why: rx.EventHandler[_none]


def thread_pane() -> rx.Component:
    """Return the middle and right of the inbox."""
    row = ThreadState.row
    shown_name = rx.cond(row["name"] != "", row["name"], row["phone_display"])
    return _Stage.create(
        rx.el.div(
            _ThreadHead.create(
                row=row,
                reason=ThreadState.reason,
                me=ThreadState.me,
                team=ThreadState.team,
                words=words_of(InboxThread),
                on_rename=ThreadState.rename,
                on_mode=ThreadState.set_mode,
                on_assign=ThreadState.assign,
                on_status=ThreadState.set_status,
                on_unread=ThreadState.mark_unread,
            ),
            _Timeline.create(
                conversation_id=TimelineState.conversation_id,
                items=TimelineState.items,
                feed=TimelineState.feed,
                older=TimelineState.older,
                contact_name=shown_name,
                org_name=FrameState.org_name,
                open_turn=WhyState.turn_id,
                unread=row["unread"],
                outcomes=ComposerState.outcomes,
                words=words_of(InboxTimeline),
                on_older=TimelineState.load_older,
                on_seen=TimelineState.seen,
                on_send=ComposerState.send,
                on_resync=InboxState.reload,
                on_retry=TimelineState.retry,
                on_cancel=TimelineState.cancel,
                on_why=WhyState.explain,
                on_approve=TimelineState.approve,
                on_discard=TimelineState.discard,
            ),
            _Composer.create(
                conversation_id=ComposerState.conversation_id,
                senders=ComposerState.senders,
                sender=ComposerState.sender,
                refusal=ComposerState.refusal,
                words=words_of(InboxComposer),
                on_send=ComposerState.send,
                on_choose_sender=ComposerState.choose_sender,
            ),
            class_name="flex min-h-0 min-w-0 flex-1 flex-col",
        ),
        _Side.create(
            row=row,
            person=ContactPanelState.person,
            turn=WhyState.turn,
            turn_id=WhyState.turn_id,
            words=words_of(InboxSide),
            time=TIME_WORDS,
            on_close_why=WhyState.close,
        ),
        stage=ThreadState.stage,
        list=rx.cond(
            (ConversationListState.stage == "ready") & (ConversationListState.rows.length() == 0),
            "empty",
            ConversationListState.stage,
        ),
        about=ThreadState.about,
        reference=ThreadState.reference,
        words=words_of(InboxPage),
        on_retry=InboxState.reload,
    )
