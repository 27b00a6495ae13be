"""What the team has promised to look into: `/tickets`."""

from typing import Any

import reflex as rx

from pages.components.button import button, button_class, link_button
from pages.components.feedback import empty_state, failed_or, skeleton_rows
from pages.components.field import select_field, text_field
from pages.components.icon import icon
from pages.components.link import download_link
from pages.components.shell import page_shell
from pages.components.status import badge
from pages.components.surface import row_list
from pages.components.timestamp import timestamp
from pages.frame import frame
from pages.tickets.editor import ticket_dialog
from pages.words import Tickets
from state.frame import FrameState
from state.tickets.editor import TicketEditorState
from state.tickets.listing import TicketsState

ROUTE = "/tickets"


def tickets_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.cond(
            TicketsState.is_loaded,
            rx.cond(TicketsState.rows.length() > 0, _list(), _nothing()),
            failed_or(TicketsState, skeleton_rows(6, row="h-17"), what=Tickets.FAILED, safe=Tickets.FAILED_SAFE),
        ),
        ticket_dialog(),
        title=Tickets.TITLE,
        active="tickets",
        actions=rx.cond(
            TicketsState.is_loaded & (FrameState.role != "support"),
            download_link(
                icon("file_down"), Tickets.EXPORT, href=TicketsState.file, class_name=button_class(link=True)
            ),
            rx.fragment(),
        ),
        filters=_filters(),
        **frame(),
    )


def _filters() -> rx.Component:
    def put(name: str) -> Any:
        return lambda value: TicketsState.filter_by(name, value)

    return rx.el.div(
        text_field(
            "ticket-search",
            Tickets.SEARCH,
            type="search",
            hide_label=True,
            placeholder=Tickets.SEARCH,
            default_value=TicketsState.q,
            key=f"search-{TicketsState.drawing}-{TicketsState.is_loaded}",
            on_change=lambda text: TicketsState.filter_by("q", text).debounce(250),
            max_length=80,
            class_name="col-span-2 sm:w-64",
        ),
        select_field(
            "ticket-status",
            Tickets.STATUS,
            [("", Tickets.OPEN), ("closed", Tickets.CLOSED), ("any", Tickets.ANY)],
            hide_label=True,
            value=TicketsState.status,
            on_change=put("status"),
        ),
        select_field(
            "ticket-priority-filter",
            Tickets.PRIORITY,
            [("", Tickets.ANY_PRIORITY), *Tickets.PRIORITIES],
            hide_label=True,
            value=TicketsState.priority,
            on_change=put("priority"),
        ),
        select_field(
            "ticket-who",
            Tickets.ASSIGNED_TO,
            TicketsState.people,
            before=[("", Tickets.ANYBODY), ("me", Tickets.MINE), ("nobody", Tickets.UNASSIGNED)],
            hide_label=True,
            value=TicketsState.who,
            on_change=put("who"),
        ),
        rx.cond(
            TicketsState.is_filtered,
            button(Tickets.CLEAR_FILTERS, variant="ghost", on_click=TicketsState.clear_filters),
            rx.fragment(),
        ),
        role="search",
        class_name="grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap",
    )


def _nothing() -> rx.Component:
    return rx.cond(
        TicketsState.is_filtered,
        empty_state(
            title=Tickets.NO_MATCH_TITLE,
            body=Tickets.NO_MATCH_BODY,
            icon="search_x",
            action=button(Tickets.CLEAR_FILTERS, on_click=TicketsState.clear_filters),
        ),
        empty_state(
            title=Tickets.EMPTY_TITLE,
            body=Tickets.EMPTY_BODY,
            icon="ticket",
            action=link_button(Tickets.EMPTY_ACTION, href="/inbox"),
        ),
    )


def _list() -> rx.Component:
    return rx.el.div(
        row_list(TicketsState.rows, _ticket),
        rx.cond(TicketsState.has_more, rx.el.div(button(Tickets.MORE, on_click=TicketsState.load_more)), rx.fragment()),
        class_name="flex flex-col gap-4",
    )


def _ticket(row: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(
                rx.el.span(row["subject"], class_name="min-w-0 flex-1 truncate text-14 font-medium text-ink"),
                rx.cond(row["status"] == "closed", badge(Tickets.CLOSED, icon="check"), rx.fragment()),
                priority_badge(row["priority"]),
                timestamp(row["created_at"].to(str), class_name="w-12 shrink-0 text-right text-12 text-muted"),
                class_name="flex w-full items-center gap-2",
            ),
            rx.el.span(
                rx.el.span(row["ticket_ref"], class_name="tabular"),
                rx.el.span(
                    rx.cond(
                        row["contact_name"] != "",
                        row["contact_name"],
                        rx.cond(row["contact_phone"] != "", row["contact_phone"], Tickets.UNKNOWN),
                    ),
                    class_name="max-w-56 truncate",
                ),
                rx.el.span(
                    rx.cond(row["is_by_agent"], icon("sparkle", label=Tickets.BY_AGENT), rx.fragment()),
                    f"{Tickets.BY} ",
                    row["opened_by"],
                    class_name="inline-flex max-w-56 items-center gap-1 truncate",
                ),
                rx.el.span(
                    icon("user_round"),
                    rx.cond(row["assigned_name"] != "", row["assigned_name"], Tickets.UNASSIGNED),
                    class_name="inline-flex max-w-56 items-center gap-1 truncate",
                ),
                rx.cond(row["due_date"] != "", _due(row), rx.fragment()),
                class_name="mt-0.5 flex w-full flex-wrap items-center gap-x-3 gap-y-0.5 text-13 text-muted",
            ),
            type="button",
            on_click=TicketEditorState.edit(row["id"]),
            class_name=(
                "block min-h-17 w-full px-4 py-3 text-left outline-offset-[-2px] transition-colors hover:bg-hover"
            ),
        ),
        key=row["id"],
        class_name="first:*:rounded-t-card last:*:rounded-b-card",
    )


def priority_badge(priority: rx.Var[Any]) -> rx.Component:
    """Return how soon something is to be done, in a word; the tint repeats it."""
    words = dict(Tickets.PRIORITIES)
    return rx.match(
        priority,
        ("urgent", badge(words["urgent"], tone="danger", icon="chevrons_up")),
        ("high", badge(words["high"], tone="warning", icon="chevron_up")),
        ("low", badge(words["low"], icon="chevron_down")),
        badge(words["medium"]),
    )


def _due(row: rx.Var[Any]) -> rx.Component:
    given = row["due_date"].to(str)
    # A day has no zone: read as midnight of whoever looks, it stays the day it is.
    day: rx.Var[str] = rx.Var(
        f"new Intl.DateTimeFormat(undefined, {{dateStyle: 'medium'}}).format(new Date({given} + 'T00:00'))",
        _var_type=str,
        _var_data=given._get_all_var_data(),
    )
    return rx.cond(
        row["is_overdue"],
        rx.el.span(
            icon("calendar_clock"),
            f"{Tickets.OVERDUE} ",
            day,
            class_name="inline-flex items-center gap-1 text-danger-ink tabular",
        ),
        rx.el.span(
            icon("calendar"),
            f"{Tickets.DUE} ",
            day,
            class_name="inline-flex items-center gap-1 tabular",
        ),
    )
