"""The box one asks in, and the log that follows the talk."""

from typing import Any

import reflex as rx

from pages.components.local_file import jsx
from pages.words import Assistant
from state.assistant import AnswerState, AssistantState

_FILE = jsx(__name__, "ask_box.jsx")
# As the service takes it.
LONGEST = 2000


class _AskBox(rx.Component):
    library = _FILE.importable_path
    tag = "AskBox"

    label: rx.Var[str]
    placeholder: rx.Var[str]
    hint: rx.Var[str]
    send_label: rx.Var[str]
    stop_label: rx.Var[str]
    busy: rx.Var[bool]
    asking: rx.Var[bool]
    error: rx.Var[str]
    most: rx.Var[int]
    talk: rx.Var[str]
    on_ask: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_stop: rx.EventHandler[rx.event.no_args_event_spec]


class _TalkLog(rx.Component):
    library = _FILE.importable_path
    tag = "TalkLog"

    label: rx.Var[str]
    watch: rx.Var[str]


def ask_box() -> rx.Component:
    """Return the box; while an answer is written its button stops it."""
    return _AskBox.create(
        label=Assistant.PLACEHOLDER,
        placeholder=Assistant.PLACEHOLDER,
        hint=Assistant.HINT,
        send_label=Assistant.SEND,
        stop_label=Assistant.STOP,
        busy=AssistantState.is_writing,
        asking=AssistantState.is_asking,
        error=AssistantState.error,
        most=LONGEST,
        talk=AssistantState.talk_id,
        on_ask=AssistantState.ask,
        on_stop=AssistantState.stop,
    )


def talk_log(*content: Any, class_name: str) -> rx.Component:
    """Return the scrolling log of a talk."""
    return _TalkLog.create(*content, label=Assistant.TITLE, watch=AnswerState.text, class_name=class_name)
