"""Draw the open conversation: head, timeline, composer, and the panel beside them."""

from typing import Any

import reflex as rx

from pages.calls.parts import CALL_WORDS
from pages.components import dialog, popover, saving_field  # noqa: F401 - their JSX is imported by ours
from pages.components.local_file import jsx
from pages.contacts.merge import ALIKE_REASONS
from pages.inbox.listing import TIME_WORDS
from pages.inbox.parts import DIALOG, POPOVER, VIRTUOSO, words_of
from pages.memory.parts import memory_words
from pages.words import InboxComposer, InboxPage, InboxSide, InboxThread, InboxTimeline, InboxWhen
from state.calls.acting import CallActionState
from state.calls.transcript import TranscriptState
from state.contacts.memory import ContactMemoryState
from state.contacts.merging import MergeState
from state.frame import FrameState
from state.inbox.choices import ChoicesState
from state.inbox.composer import ComposerState
from state.inbox.contact_panel import ContactPanelState
from state.inbox.conversation_list import ConversationListState
from state.inbox.page import InboxState
from state.inbox.presence import PresenceState
from state.inbox.testing import MakeTestState
from state.inbox.thread import ThreadState
from state.inbox.timeline import TimelineState
from state.inbox.translation import LANGUAGES, TranslationState
from state.inbox.why import WhyState
from state.inbox.writing import WritingState
from state.settings.template_editor import TemplateEditorState
from state.tickets.editor import TicketEditorState

_PANES = jsx(__name__, "panes.jsx")
_HEAD = jsx(__name__, "thread_head.jsx")
_TIMELINE = jsx(__name__, "timeline.jsx")
_COMPOSER = jsx(__name__, "composer.jsx")
_SIDE = jsx(__name__, "side.jsx")

_Words = rx.Var[dict[str, str]]
_none = rx.event.no_args_event_spec
_one = rx.event.passthrough_event_spec(str)
_two = rx.event.passthrough_event_spec(str, str)
_three = rx.event.passthrough_event_spec(str, str, str)
_switch = rx.event.passthrough_event_spec(str, str, bool)
_way = rx.event.passthrough_event_spec(str, int, int)
_send = rx.event.passthrough_event_spec(str, str, str, str, str, str, list[str], int, bool, str)
_Rows = rx.Var[list[dict[str, Any]]]


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
    moved_to: rx.Var[str]
    words: _Words
    on_retry: rx.EventHandler[_none]


class _ThreadHead(rx.Component):
    library = _HEAD.importable_path
    tag = "ThreadHead"

    row: rx.Var[dict[str, Any]]
    reason: rx.Var[str]
    mail_mode: rx.Var[str]
    me: rx.Var[str]
    team: _Rows
    teams: _Rows
    tags: _Rows
    others: _Rows
    words: _Words
    on_rename: rx.EventHandler[_two]
    on_mode: rx.EventHandler[_three]
    on_assign: rx.EventHandler[_two]
    on_team: rx.EventHandler[_switch]
    on_status: rx.EventHandler[_two]
    on_snooze: rx.EventHandler[_two]
    on_tag: rx.EventHandler[_switch]
    on_make_tag: rx.EventHandler[_one]
    on_unread: rx.EventHandler[_one]
    may_merge: rx.Var[bool]
    on_merge: rx.EventHandler[_two]
    on_make_test: rx.EventHandler[_one]


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
    outcomes: _Rows
    me: rx.Var[str]
    translations: rx.Var[dict[str, str]]
    language: rx.Var[str]
    languages: _Rows
    busy: rx.Var[list[int]]
    error: rx.Var[str]
    open_call: rx.Var[dict[str, Any]]
    words: _Words
    call_words: _Words
    on_open_call: rx.EventHandler[_one]
    on_more_said: rx.EventHandler[rx.event.passthrough_event_spec(bool)]
    on_hang_up: rx.EventHandler[_one]
    on_come_in: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_ask_call: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]
    on_older: rx.EventHandler[_way]
    on_seen: rx.EventHandler[_one]
    on_send: rx.EventHandler[_send]
    on_translate: rx.EventHandler[rx.event.passthrough_event_spec(str, list[int], str)]
    on_language: rx.EventHandler[_one]
    on_resync: rx.EventHandler[_none]
    on_retry: rx.EventHandler[_one]
    on_cancel: rx.EventHandler[_one]
    on_why: rx.EventHandler[_one]
    on_approve: rx.EventHandler[rx.event.passthrough_event_spec(str, int, str, str)]
    on_discard: rx.EventHandler[rx.event.passthrough_event_spec(str, int, str)]
    on_decide: rx.EventHandler[rx.event.passthrough_event_spec(str, bool, str)]
    on_ticket: rx.EventHandler[_one]


class _Composer(rx.Component):
    library = _COMPOSER.importable_path
    tag = "Composer"
    lib_dependencies: list[str] = [POPOVER, DIALOG]

    conversation_id: rx.Var[str]
    channels: rx.Var[list[str]]
    channel: rx.Var[str]
    mail_subject: rx.Var[str]
    senders: _Rows
    sender: rx.Var[str]
    refusal: rx.Var[str]
    outcomes: _Rows
    drafts: _Rows
    last_seq: rx.Var[int]
    team: _Rows
    me: rx.Var[str]
    others: _Rows
    visitor_writes: rx.Var[bool]
    contact_name: rx.Var[str]
    replies: _Rows
    is_thinking: rx.Var[bool]
    suggestion: rx.Var[dict[str, Any]]
    words: _Words
    on_send: rx.EventHandler[_send]
    on_note: rx.EventHandler[rx.event.passthrough_event_spec(str, str, list[str])]
    on_save_draft: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str, str, int)]
    on_choose_sender: rx.EventHandler[_one]
    on_here: rx.EventHandler[_two]
    on_suggest: rx.EventHandler[_two]
    on_new_template: rx.EventHandler[rx.event.no_args_event_spec]


class _Side(rx.Component):
    library = _SIDE.importable_path
    tag = "Side"
    lib_dependencies: list[str] = [DIALOG]

    row: rx.Var[dict[str, Any]]
    person: rx.Var[dict[str, Any]]
    alike: _Rows
    found: _Rows
    bookings: _Rows
    tickets: _Rows
    earlier: _Rows
    memories: _Rows
    memory_words: _Words
    errors: _Words
    agents: _Rows
    tags: _Rows
    turn: rx.Var[dict[str, Any]]
    turn_id: rx.Var[str]
    words: _Words
    time: _Words
    on_close_why: rx.EventHandler[_none]
    on_save: rx.EventHandler[_three]
    on_save_custom: rx.EventHandler[_three]
    on_tag: rx.EventHandler[_switch]
    on_correct: rx.EventHandler[_two]
    on_strike: rx.EventHandler[_one]
    on_new_ticket: rx.EventHandler[_one]
    on_open_ticket: rx.EventHandler[_one]
    on_ticket_status: rx.EventHandler[_two]
    may_merge: rx.Var[bool]
    on_merge: rx.EventHandler[_two]


def thread_pane() -> rx.Component:
    """Return the middle and right of the inbox."""
    row = ThreadState.row
    may_merge = FrameState.role != "support"
    shown_name = rx.cond(row["name"] != "", row["name"], row["phone_display"])
    return _Stage.create(
        rx.el.div(
            _ThreadHead.create(
                row=row,
                reason=ThreadState.reason,
                mail_mode=ComposerState.mail_mode,
                me=ThreadState.me,
                team=ChoicesState.team,
                teams=ChoicesState.teams,
                tags=ChoicesState.tags,
                others=PresenceState.others,
                words={**words_of(InboxWhen), **words_of(InboxThread)},
                on_rename=ThreadState.rename,
                on_mode=ThreadState.set_mode,
                on_assign=ThreadState.assign,
                on_team=ThreadState.assign_team,
                on_status=ThreadState.set_status,
                on_snooze=ThreadState.snooze,
                on_tag=ThreadState.set_tag,
                on_make_tag=ChoicesState.make_tag,
                on_unread=ThreadState.mark_unread,
                may_merge=may_merge,
                on_merge=MergeState.begin,
                on_make_test=MakeTestState.make,
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
                me=ThreadState.me,
                translations=TranslationState.texts,
                language=TranslationState.language,
                languages=LANGUAGES,
                busy=TranslationState.busy,
                error=TranslationState.error,
                open_call={
                    "callId": TranscriptState.call_id,
                    "asked": CallActionState.asked,
                    "opening": CallActionState.opening,
                    "parties": TranscriptState.parties,
                    "colleagues": TranscriptState.colleagues,
                    "takenBy": TranscriptState.taken_by,
                    "onHold": TranscriptState.is_on_hold,
                    "lines": TranscriptState.lines,
                    "feed": TranscriptState.feed,
                    "recordings": TranscriptState.recordings,
                    "hasEarlier": TranscriptState.has_earlier,
                    "hasLater": TranscriptState.has_later,
                },
                words=words_of(InboxTimeline),
                call_words=CALL_WORDS,
                on_open_call=TranscriptState.open_call,
                on_more_said=TranscriptState.show_more,
                on_hang_up=CallActionState.hang_up,
                on_ask_call=CallActionState.ask,
                on_come_in=CallActionState.come_in,
                on_translate=TranslationState.translate,
                on_language=TranslationState.choose,
                on_older=TimelineState.load_older,
                on_seen=TimelineState.seen,
                on_send=ComposerState.send,
                on_resync=InboxState.reload,
                on_retry=TimelineState.retry,
                on_cancel=TimelineState.cancel,
                on_why=WhyState.explain,
                on_approve=TimelineState.approve,
                on_discard=TimelineState.discard,
                on_decide=TimelineState.decide,
                on_ticket=TicketEditorState.edit,
            ),
            _Composer.create(
                conversation_id=ComposerState.conversation_id,
                channels=ComposerState.channels,
                channel=ComposerState.channel,
                mail_subject=ComposerState.mail_subject,
                senders=ComposerState.senders,
                sender=ComposerState.sender,
                refusal=ComposerState.refusal,
                outcomes=ComposerState.outcomes,
                drafts=ComposerState.drafts,
                last_seq=ComposerState.last_seq,
                team=ChoicesState.team,
                me=ThreadState.me,
                others=PresenceState.others,
                visitor_writes=PresenceState.visitor_writes,
                contact_name=shown_name,
                replies=WritingState.replies,
                is_thinking=WritingState.is_thinking,
                suggestion=WritingState.suggestion,
                words={**words_of(InboxWhen), **words_of(InboxComposer)},
                on_send=ComposerState.send,
                on_note=ComposerState.note,
                on_save_draft=ComposerState.save_draft,
                on_choose_sender=ComposerState.choose_sender,
                on_here=PresenceState.here,
                on_suggest=WritingState.suggest,
                on_new_template=TemplateEditorState.begin("message"),
            ),
            class_name="flex min-h-0 min-w-0 flex-1 flex-col",
        ),
        _Side.create(
            row=row,
            person=ContactPanelState.person,
            alike=ContactPanelState.alike,
            found=ContactPanelState.found,
            bookings=ContactPanelState.bookings,
            tickets=ContactPanelState.tickets,
            earlier=ContactPanelState.earlier,
            memories=ContactPanelState.memories,
            memory_words=memory_words(),
            errors=ContactPanelState.errors,
            agents=ChoicesState.agents,
            tags=ChoicesState.tags,
            turn=WhyState.turn,
            turn_id=WhyState.turn_id,
            words={**words_of(InboxSide), **ALIKE_REASONS},
            time=TIME_WORDS,
            on_close_why=WhyState.close,
            on_save=ContactPanelState.save,
            on_save_custom=ContactPanelState.save_custom,
            on_tag=ContactPanelState.set_tag,
            on_correct=ContactMemoryState.correct,
            on_strike=ContactMemoryState.strike,
            on_new_ticket=TicketEditorState.begin,
            on_open_ticket=TicketEditorState.edit,
            on_ticket_status=TicketEditorState.set_status,
            may_merge=may_merge,
            on_merge=MergeState.begin,
        ),
        stage=ThreadState.stage,
        list=rx.cond(
            (ConversationListState.stage == "ready") & (ConversationListState.rows.length() == 0),
            "empty",
            ConversationListState.stage,
        ),
        about=ThreadState.about,
        reference=ThreadState.reference,
        moved_to=ThreadState.moved_to,
        words=words_of(InboxPage),
        on_retry=InboxState.reload,
    )
