"""The Test part of an agent's page: a conversation with the draft on any channel, and why it said what it said."""

from typing import Any

import reflex as rx

from backend.vocab import AgentType, Channel
from pages.agents.explanation import explanation
from pages.agents.trial_call import trial_call
from pages.components.avatar import ai_avatar
from pages.components.button import button
from pages.components.choice import segmented
from pages.components.feedback import working
from pages.components.field import text_field
from pages.words import AgentTest, TrialCall
from state.agents.open_agent import AgentState
from state.agents.playground import Line, PlaygroundState
from state.agents.trial_call import TrialCallState

_TEXTS = (
    (Channel.SMS.value, AgentTest.AS_TEXT),
    (Channel.CHAT.value, AgentTest.AS_CHAT),
    (Channel.EMAIL.value, AgentTest.AS_EMAIL),
)
_IS_CALL = PlaygroundState.channel == Channel.CALL.value


def test_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        rx.el.section(
            rx.el.div(
                rx.el.p(
                    rx.cond(_IS_CALL, TrialCall.LEAD, AgentTest.LEAD), class_name="min-w-0 flex-1 text-13 text-muted"
                ),
                rx.cond(
                    (PlaygroundState.lines.length() > 0) & ~_IS_CALL,
                    button(AgentTest.CLEAR, size="sm", icon="rotate_ccw", on_click=PlaygroundState.clear),
                    rx.fragment(),
                ),
                class_name="flex min-h-7 items-center gap-3",
            ),
            rx.cond(
                (AgentState.agent_type == AgentType.INBOUND_VOICE.value)
                | (AgentState.agent_type == AgentType.OUTBOUND_VOICE.value),
                _channels((Channel.CALL.value, TrialCall.AS_CALL), *_TEXTS),
                _channels(*_TEXTS),
            ),
            rx.el.div(
                rx.cond(
                    _IS_CALL,
                    trial_call(),
                    rx.fragment(
                        rx.cond(PlaygroundState.lines.length() > 0, conversation(), _suggestions()),
                        _composer(),
                    ),
                ),
                class_name="mt-3 flex min-h-112 flex-col rounded-card border border-line bg-canvas",
            ),
            class_name="min-w-0",
        ),
        rx.cond(_IS_CALL, _why(TrialCallState), _why(PlaygroundState)),
        class_name="grid max-w-280 items-start gap-8 xl:grid-cols-[minmax(0,1fr)_24rem]",
    )


def conversation() -> rx.Component:
    """Return the lines of the test, newest last, and the mark of an answer under way."""
    return rx.el.div(
        rx.el.ol(rx.foreach(PlaygroundState.lines, _line), class_name="flex flex-col gap-3"),
        rx.cond(
            PlaygroundState.is_answering,
            rx.el.div(ai_avatar(size="sm"), working(AgentTest.THINKING), class_name="mt-3 flex items-center gap-2"),
            rx.fragment(),
        ),
        role="log",
        aria_live="polite",
        class_name="min-h-0 flex-1 overflow-y-auto p-4",
    )


def _line(line: rx.Var[Line]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            line["is_ours"],
            rx.el.div(
                rx.el.div(
                    rx.el.span(AgentState.name, class_name="sr-only"),
                    rx.el.p(
                        line["text"],
                        class_name="rounded-card bg-accent-soft px-3 py-2 text-14 whitespace-pre-line text-ink",
                    ),
                    class_name="max-w-[85%]",
                ),
                ai_avatar(size="sm"),
                class_name="flex items-end justify-end gap-2",
            ),
            rx.el.div(
                rx.el.span(AgentTest.YOU, class_name="sr-only"),
                rx.el.p(
                    line["text"],
                    class_name=("max-w-[85%] rounded-card bg-hover px-3 py-2 text-14 whitespace-pre-line text-ink"),
                ),
                class_name="flex",
            ),
        ),
        key=line["place"],
    )


def _suggestions() -> rx.Component:
    return rx.el.div(
        rx.el.p(AgentTest.FIRST, class_name="text-14 text-muted"),
        rx.el.div(
            *(
                button(
                    words,
                    size="sm",
                    trailing_icon="corner_down_left",
                    on_click=PlaygroundState.say({"message": words}),
                )
                for words in (AgentTest.TRY_HOURS, AgentTest.TRY_PRICE, AgentTest.TRY_PERSON)
            ),
            class_name="mt-3 flex flex-wrap justify-center gap-2",
        ),
        class_name="flex flex-1 flex-col items-center justify-center p-6 text-center",
    )


def _composer() -> rx.Component:
    return rx.el.form(
        text_field(
            "message",
            AgentTest.PLACEHOLDER,
            hide_label=True,
            placeholder=AgentTest.PLACEHOLDER,
            error=PlaygroundState.error,
            max_length=1600,
            auto_complete="off",
            class_name="flex-1",
        ),
        button(
            AgentTest.SEND, variant="primary", type="submit", disabled=PlaygroundState.is_answering, class_name="h-9"
        ),
        on_submit=PlaygroundState.say,
        reset_on_submit=True,
        class_name="flex items-start gap-2 border-t border-line p-3",
    )


def _channels(*options: tuple[str, str]) -> rx.Component:
    return segmented(
        "test-channel",
        AgentTest.CHANNEL,
        list(options),
        value=PlaygroundState.channel,
        on_change=PlaygroundState.choose_channel,
        icons={"call": "phone", "sms": "message_square_text", "chat": "message_circle", "email": "mail"},
        hide_label=True,
        class_name="mt-2 max-w-96",
    )


def _why(state: Any) -> rx.Component:
    return rx.el.aside(
        rx.el.h2(AgentTest.WHY, class_name="text-14 font-semibold"),
        rx.cond(
            state.why["model"] != "",
            explanation(state),
            rx.el.p(AgentTest.WHY_EMPTY, class_name="mt-2 text-13 text-muted"),
        ),
        aria_label=AgentTest.WHY,
        class_name="min-w-0 rounded-card border border-line bg-canvas p-4",
    )
