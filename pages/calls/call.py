"""One call: `/calls/<call>`, with its notes, its transcript, what happened in it and what it was for."""

from typing import Any

import reflex as rx

from pages.calls.parts import CALL_WORDS, TRANSCRIPT
from pages.components import dialog, timestamp  # noqa: F401 - their JSX is imported by ours
from pages.components.button import link_button
from pages.components.feedback import empty_state, failed_or, skeleton, skeleton_fields, skeleton_text
from pages.components.link import text_link
from pages.components.local_file import jsx
from pages.components.shell import page_shell
from pages.components.status import badge
from pages.components.surface import card, definition_list
from pages.components.timestamp import clock_time, day_heading
from pages.frame import frame
from pages.inbox.parts import DIALOG
from pages.words import Calls, CallWords, Common
from state.calls.acting import CallActionState
from state.calls.page import CallPageState
from state.calls.transcript import TranscriptState

_HEAD = jsx(__name__, "call.jsx")
_OUTCOMES = (
    ("resolved", badge(CallWords.RESOLVED, tone="success", icon="check")),
    ("booked", badge(CallWords.BOOKED, tone="success", icon="calendar_check")),
    ("follow_up", badge(CallWords.FOLLOW_UP, tone="warning", icon="flag")),
    ("not_interested", badge(CallWords.NOT_INTERESTED)),
    ("wrong_number", badge(CallWords.WRONG_NUMBER)),
)
_MOODS = (
    ("positive", badge(CallWords.POSITIVE, tone="success", icon="smile")),
    ("negative", badge(CallWords.NEGATIVE, tone="danger", icon="frown")),
)


class _Head(rx.Component):
    library = _HEAD.importable_path
    tag = "CallHead"
    lib_dependencies: list[str] = [DIALOG]

    call: rx.Var[dict[str, Any]]
    asked: rx.Var[dict[str, Any]]
    opening: rx.Var[dict[str, Any]]
    taken_by: rx.Var[str]
    is_held: rx.Var[bool]
    parties: rx.Var[list[dict[str, Any]]]
    colleagues: rx.Var[list[dict[str, Any]]]
    words: rx.Var[dict[str, str]]
    on_hang_up: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_come_in: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_ask: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]


class _Transcript(rx.Component):
    library = TRANSCRIPT.importable_path
    tag = "Transcript"

    call_id: rx.Var[str]
    lines: rx.Var[list[dict[str, Any]]]
    feed: rx.Var[dict[str, Any]]
    recordings: rx.Var[list[dict[str, Any]]]
    has_earlier: rx.Var[bool]
    has_later: rx.Var[bool]
    caller_name: rx.Var[str]
    agent_name: rx.Var[str]
    is_live: rx.Var[bool]
    tall: rx.Var[bool]
    words: rx.Var[dict[str, str]]
    on_more: rx.EventHandler[rx.event.passthrough_event_spec(bool)]
    on_open: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def call_page() -> rx.Component:
    """Return the page."""
    call = CallPageState.call
    return page_shell(
        rx.el.div(text_link(Calls.BACK, href="/calls"), class_name="mb-4 text-13"),
        rx.match(
            CallPageState.stage,
            ("ready", _call()),
            (
                "gone",
                empty_state(
                    title=Calls.GONE_TITLE,
                    body=Calls.GONE_BODY,
                    icon="phone_off",
                    action=link_button(Calls.BACK, href="/calls"),
                ),
            ),
            failed_or(CallPageState, _loading(), what=Calls.FAILED_ONE, safe=Calls.FAILED_SAFE),
        ),
        title=rx.cond(
            call["contact_name"] != "",
            call["contact_name"],
            rx.cond(call["number_display"] != "", call["number_display"], Calls.TITLE),
        ),
        active="calls",
        actions=rx.cond(
            CallPageState.stage == "ready",
            link_button(
                rx.el.span(Calls.SHOW_CONVERSATION, class_name="max-sm:sr-only"),
                icon="message_square_text",
                href="/inbox/" + call["conversation_id"].to(str),
            ),
            rx.fragment(),
        ),
        **frame(),
    )


def _call() -> rx.Component:
    return rx.el.div(
        _Head.create(
            call=CallPageState.call,
            asked=CallActionState.asked,
            opening=CallActionState.opening,
            taken_by=TranscriptState.taken_by,
            is_held=TranscriptState.is_on_hold,
            parties=TranscriptState.parties,
            colleagues=TranscriptState.colleagues,
            words=CALL_WORDS,
            on_hang_up=CallActionState.hang_up,
            on_ask=CallActionState.ask,
            on_come_in=CallActionState.come_in,
        ),
        rx.el.div(
            rx.el.div(_notes(), _said(), class_name="flex min-w-0 flex-col gap-6"),
            rx.el.div(_facts(), _collected(), _happened(), class_name="flex min-w-0 flex-col gap-6"),
            class_name="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]",
        ),
        class_name="flex max-w-280 flex-col gap-6",
    )


def _notes() -> rx.Component:
    call = CallPageState.call
    items = call["action_items"].to(list[str])
    return card(
        rx.cond(
            (call["summary"] != "") | (call["outcome"] != ""),
            rx.el.div(
                rx.el.p(call["summary"], class_name="text-14 text-pretty break-words empty:hidden"),
                rx.cond(
                    items.length() > 0,
                    rx.el.div(
                        rx.el.h3(CallWords.TO_DO, class_name="text-13 font-medium text-muted"),
                        rx.el.ul(
                            rx.foreach(items, lambda one: rx.el.li(one, class_name="text-14 break-words")),
                            class_name="mt-1 flex list-disc flex-col gap-1 pl-5",
                        ),
                    ),
                    rx.fragment(),
                ),
                rx.el.div(
                    rx.match(call["outcome"], *_OUTCOMES, rx.fragment()),
                    rx.match(call["sentiment"], *_MOODS, rx.fragment()),
                    class_name="flex flex-wrap gap-2 empty:hidden",
                ),
                class_name="flex flex-col gap-3",
            ),
            rx.el.p(Calls.NO_NOTES, class_name="text-13 text-muted"),
        ),
        title=Calls.NOTES,
    )


def _said() -> rx.Component:
    call = CallPageState.call
    return card(
        rx.cond(
            TranscriptState.call_id == call["id"],
            _Transcript.create(
                key=call["id"],
                call_id=call["id"],
                lines=TranscriptState.lines,
                feed=TranscriptState.feed,
                recordings=TranscriptState.recordings,
                has_earlier=TranscriptState.has_earlier,
                has_later=TranscriptState.has_later,
                caller_name=rx.cond(call["contact_name"] != "", call["contact_name"], call["number_display"]),
                agent_name=call["agent_name"],
                is_live=call["is_live"],
                tall=True,
                words=CALL_WORDS,
                on_more=TranscriptState.show_more,
                on_open=TranscriptState.open_call,
            ),
            skeleton_text(4),
        ),
        title=CallWords.TRANSCRIPT,
    )


def _facts() -> rx.Component:
    call = CallPageState.call
    return card(
        definition_list(
            (
                Calls.WITH,
                rx.el.span(
                    text_link(
                        rx.cond(call["contact_name"] != "", call["contact_name"], call["number_display"]),
                        href="/contacts/" + call["contact_id"].to(str),
                    ),
                    rx.cond(
                        call["contact_name"] != "",
                        rx.el.span(call["number_display"], class_name="tabular block text-muted"),
                        rx.fragment(),
                    ),
                ),
            ),
            (Calls.NUMBER, rx.el.span(call["service_display"], class_name="tabular")),
            (
                Calls.AGENT,
                rx.cond(
                    call["agent_id"] != "",
                    rx.el.span(
                        text_link(call["agent_name"], href="/agents/" + call["agent_id"].to(str)),
                        rx.cond(call["agent_version"].to(int) > 0, f" · v{call['agent_version']}", ""),
                    ),
                    "–",
                ),
            ),
            (Calls.STARTED, _when(call["started_at"])),
        ),
        rx.cond(
            CallPageState.cost != "",
            rx.el.dl(
                rx.foreach(CallPageState.costs, _cost),
                _amount(Calls.COST, CallPageState.cost, class_name="font-medium"),
                class_name="mt-3 flex flex-col gap-1 border-t border-line pt-3 text-13",
            ),
            rx.fragment(),
        ),
        rx.cond(
            (call["purpose"] != "") | (call["goal"] != "") | (call["given"].to(list[list[str]]).length() > 0),
            rx.el.div(
                *(
                    rx.cond(
                        value != "",
                        rx.el.div(
                            rx.el.h3(name, class_name="text-13 text-muted"),
                            rx.el.p(value, class_name="text-13 break-words whitespace-pre-line"),
                        ),
                        rx.fragment(),
                    )
                    for name, value in (
                        (Calls.PURPOSE, call["purpose"]),
                        (Calls.GOAL, call["goal"]),
                        (Calls.TEMPLATE, call["template"]),
                    )
                ),
                rx.cond(
                    call["given"].to(list[list[str]]).length() > 0,
                    rx.el.div(
                        rx.el.h3(Calls.GIVEN, class_name="text-13 text-muted"),
                        rx.el.ul(
                            rx.foreach(
                                call["given"].to(list[list[str]]),
                                lambda one: rx.el.li(one[0], ": ", one[1], class_name="text-13 break-words"),
                            ),
                        ),
                    ),
                    rx.fragment(),
                ),
                class_name="mt-3 flex flex-col gap-3 border-t border-line pt-3",
            ),
            rx.fragment(),
        ),
        title=Calls.FACTS,
    )


def _collected() -> rx.Component:
    def detail(one: rx.Var[Any]) -> rx.Component:
        return rx.el.div(
            rx.el.dt(one["name"], class_name="text-13 text-muted"),
            rx.el.dd(one["value"], class_name="text-14 break-words"),
        )

    return rx.cond(
        CallPageState.collected.length() > 0,
        card(
            rx.el.dl(rx.foreach(CallPageState.collected, detail), class_name="flex flex-col gap-3"),
            title=Calls.COLLECTED,
        ),
        rx.fragment(),
    )


def _cost(part: rx.Var[Any]) -> rx.Component:
    return _amount(rx.match(part["name"], *Calls.COMPONENTS, part["name"]), part["amount"])


def _amount(name: Any, amount: Any, class_name: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.dt(name, class_name="text-muted" if not class_name else ""),
        rx.el.dd(amount, class_name="tabular"),
        class_name=f"flex justify-between gap-4 {class_name}",
    )


def _happened() -> rx.Component:
    def line(row: rx.Var[Any]) -> rx.Component:
        return rx.el.li(
            clock_time(row["at"].to(str), class_name="tabular w-16 shrink-0 text-12 text-muted"),
            rx.el.div(
                rx.el.p(rx.match(row["kind"], *Calls.EVENTS.items(), Calls.EVENT), class_name="text-13"),
                rx.el.p(row["detail"], class_name="text-12 break-words text-muted empty:hidden"),
                class_name="min-w-0 flex-1",
            ),
            key=row["id"],
            class_name="flex items-baseline gap-2 py-1.5",
        )

    return card(
        rx.el.ol(rx.foreach(CallPageState.happenings, line), class_name="-my-1.5 divide-y divide-line"),
        title=Calls.HAPPENED,
    )


def _when(at: rx.Var[Any]) -> rx.Component:
    return rx.fragment(day_heading(at.to(str)), ", ", clock_time(at.to(str)))


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.span(Common.LOADING, class_name="sr-only"),
        rx.el.div(skeleton("size-10 rounded-card"), skeleton("h-5 w-48"), class_name="flex items-center gap-4"),
        rx.el.div(
            rx.el.div(skeleton_text(4), class_name="rounded-card border border-line p-4"),
            rx.el.div(skeleton_fields(3), class_name="rounded-card border border-line p-4"),
            class_name="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]",
        ),
        role="status",
        class_name="flex max-w-280 flex-col gap-6",
    )
