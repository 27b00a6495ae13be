"""The dialog of one ticket, new or known."""

import reflex as rx

from pages.components.button import button, button_class
from pages.components.dialog import dialog, dialog_close
from pages.components.field import select_field, text_area, text_field
from pages.components.icon import icon
from pages.components.link import text_link
from pages.components.timestamp import time_ago
from pages.words import Common, Tickets
from state.tickets.editor import TicketEditorState

_FORM = "ticket-form"


def ticket_dialog() -> rx.Component:
    """Return the dialog; `TicketEditorState.begin` and `.edit` open it."""
    is_new = TicketEditorState.ticket_id == ""
    return dialog(
        rx.cond(is_new, rx.fragment(), _facts()),
        rx.el.form(
            *_fields(),
            id=_FORM,
            key=TicketEditorState.drawing,
            on_submit=TicketEditorState.save,
            no_validate=True,
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=rx.cond(is_new, Tickets.NEW_TITLE, TicketEditorState.ref),
        description=rx.cond(is_new, TicketEditorState.customer, ""),
        open=TicketEditorState.is_open,
        on_open_change=TicketEditorState.set_open,
        size="lg",
        footer=[
            rx.cond(
                is_new,
                rx.fragment(),
                rx.cond(
                    TicketEditorState.status == "open",
                    button(
                        Tickets.CLOSE,
                        icon="circle_check",
                        class_name="mr-auto",
                        on_click=TicketEditorState.set_status(TicketEditorState.ticket_id, "closed"),
                    ),
                    button(
                        Tickets.REOPEN,
                        icon="rotate_ccw",
                        class_name="mr-auto",
                        on_click=TicketEditorState.set_status(TicketEditorState.ticket_id, "open"),
                    ),
                ),
            ),
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(
                rx.cond(is_new, Tickets.CREATE, Tickets.SAVE),
                variant="primary",
                type="submit",
                custom_attrs={"form": _FORM},
            ),
        ],
    )


def _facts() -> rx.Component:
    state = TicketEditorState
    return rx.el.div(
        rx.el.p(
            rx.el.span(state.customer, class_name="font-medium text-ink wrap-anywhere"),
            rx.cond(state.email != "", rx.fragment(" · ", rx.el.span(state.email)), rx.fragment()),
        ),
        rx.el.p(
            rx.cond(state.is_by_agent, icon("sparkle", class_name="mr-1 inline text-accent-ink"), rx.fragment()),
            f"{Tickets.OPENED_BY} ",
            state.opened_by,
            " · ",
            time_ago(state.opened_at),
            " · ",
            text_link(Tickets.SHOW_CONVERSATION, href=f"/inbox/{state.conversation_id}"),
        ),
        class_name="mb-3 flex flex-col gap-1 text-13 text-muted",
    )


def _fields() -> list[rx.Component]:
    values, errors = TicketEditorState.values, TicketEditorState.errors
    return [
        text_field(
            "ticket_subject",
            Tickets.SUBJECT,
            error=errors["subject"],
            default_value=values["subject"],
            max_length=200,
            auto_complete="off",
        ),
        text_area(
            "ticket_description",
            Tickets.DESCRIPTION,
            rows=4,
            optional=True,
            error=errors["description"],
            default_value=values["description"],
            max_length=5000,
        ),
        rx.el.div(
            select_field(
                "ticket_priority",
                Tickets.PRIORITY,
                list(Tickets.PRIORITIES),
                error=errors["priority"],
                default_value=values["priority"],
            ),
            select_field(
                "ticket_assigned_to",
                Tickets.ASSIGNED_TO,
                TicketEditorState.people,
                before=[("", Tickets.NOBODY)],
                error=errors["assigned_to"],
                default_value=values["assigned_to"],
            ),
            text_field(
                "ticket_due_date",
                Tickets.DUE_DATE,
                type="date",
                error=errors["due_date"],
                default_value=values["due_date"],
            ),
            class_name="grid gap-4 sm:grid-cols-3",
        ),
    ]
