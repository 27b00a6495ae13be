"""The Numbers part of an agent's page: which numbers it serves."""

import reflex as rx

from backend.vocab import AgentType
from pages.components.button import button, link_button
from pages.components.copy_button import copy_button
from pages.components.feedback import empty_state, skeleton_rows
from pages.components.icon import icon
from pages.words import AgentNumbers, Phone
from state.agents.numbers import AgentNumbersState, NumberChoice
from state.agents.open_agent import AgentState


def numbers_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        rx.el.p(
            rx.match(
                AgentState.agent_type,
                (AgentType.INBOUND_VOICE.value, AgentNumbers.LEAD_VOICE),
                (AgentType.OUTBOUND_VOICE.value, AgentNumbers.LEAD_OUTBOUND),
                AgentNumbers.LEAD,
            ),
            class_name="text-13 text-muted",
        ),
        rx.cond(AgentNumbersState.is_loaded, _lists(), skeleton_rows(2, row="h-14")),
        class_name="flex max-w-180 flex-col gap-6",
    )


def _lists() -> rx.Component:
    return rx.fragment(
        rx.cond(
            AgentNumbersState.served.length() > 0,
            _list(AgentNumbers.SERVES, AgentNumbersState.served, _served),
            rx.el.div(
                empty_state(
                    title=AgentNumbers.EMPTY_TITLE,
                    body=AgentNumbers.EMPTY_BODY,
                    icon="phone_off",
                    action=link_button(AgentNumbers.GET, href="/phone?get=1", icon="plus"),
                ),
                class_name="rounded-card border border-dashed border-line",
            ),
        ),
        rx.cond(
            AgentNumbersState.others.length() > 0,
            _list(AgentNumbers.OTHERS, AgentNumbersState.others, _other),
            rx.fragment(),
        ),
    )


def _list(title: str, rows: rx.Var[list[NumberChoice]], draw: object) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="text-14 font-semibold"),
        rx.el.ul(rx.foreach(rows, draw), class_name="mt-2 divide-y divide-line rounded-card border border-line"),
    )


def _row(number: rx.Var[NumberChoice], detail: object, action: rx.Component) -> rx.Component:
    return rx.el.li(
        icon("phone", class_name="text-muted"),
        rx.el.div(
            rx.el.p(
                rx.el.span(number["phone"], class_name="tabular font-medium"),
                rx.cond(number["label"] != "", rx.el.span(number["label"], class_name="text-muted"), rx.fragment()),
                class_name="flex flex-wrap items-center gap-x-2 text-14",
            ),
            rx.el.p(detail, class_name="text-13 text-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(AgentState.can_edit, action, rx.fragment()),
        key=number["id"],
        class_name="flex min-h-14 flex-wrap items-center gap-3 px-4 py-2",
    )


def _served(number: rx.Var[NumberChoice]) -> rx.Component:
    return _row(
        number,
        "",
        rx.fragment(
            copy_button(number["e164"], label=Phone.COPY),
            button(AgentNumbers.STOP, size="sm", on_click=AgentNumbersState.leave(number["id"])),
        ),
    )


def _other(number: rx.Var[NumberChoice]) -> rx.Component:
    is_taken = number["served_by"] != ""
    return _row(
        number,
        rx.cond(is_taken, f"{AgentNumbers.SERVED_BY} {number['served_by']}", AgentNumbers.SERVED_BY_NOBODY),
        button(
            rx.cond(is_taken, f"{AgentNumbers.TAKE} {number['served_by']}", AgentNumbers.USE),
            size="sm",
            on_click=AgentNumbersState.serve(number["id"]),
        ),
    )
