"""The dialogs of a contact's page that ask before they act: block, record a choice, erase."""

import reflex as rx

from pages.components.button import button, button_class
from pages.components.dialog import dialog, dialog_close
from pages.components.field import select_field, text_field
from pages.words import Common, Contact
from state.contacts.contact import ContactState
from state.contacts.erasing import EraseState

_BLOCK, _RECORD = "block-contact", "record-choice"


def block_dialog() -> rx.Component:
    """Return the question whether to block the person."""
    return dialog(
        rx.el.form(
            text_field("reason", Contact.BLOCK_REASON, optional=True, max_length=200, auto_complete="off"),
            id=_BLOCK,
            on_submit=ContactState.block,
            class_name="pt-1",
        ),
        title=Contact.BLOCK_TITLE,
        description=Contact.BLOCK_LOSS,
        size="sm",
        open=ContactState.is_blocking,
        on_open_change=ContactState.set_blocking,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(Contact.BLOCK_VERB, variant="danger", type="submit", custom_attrs={"form": _BLOCK}),
        ],
    )


def record_dialog() -> rx.Component:
    """Return the form that keeps what the person said about being contacted."""
    return dialog(
        rx.el.form(
            rx.el.div(
                select_field("choice", Contact.RECORD_CHOICE, [("out", Contact.REFUSED), ("in", Contact.AGREED)]),
                select_field(
                    "channel",
                    Contact.RECORD_CHANNEL,
                    [("sms", Contact.TEXTS), ("call", Contact.CALLS), ("email", Contact.EMAILS)],
                ),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
            text_field(
                "reason",
                Contact.RECORD_REASON,
                hint=Contact.RECORD_REASON_HINT,
                error=ContactState.record_error,
                max_length=300,
                auto_complete="off",
            ),
            id=_RECORD,
            on_submit=ContactState.record,
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=Contact.RECORD_TITLE,
        description=Contact.RECORD_LEAD,
        open=ContactState.is_recording,
        on_open_change=ContactState.set_recording,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(Contact.RECORD_VERB, variant="primary", type="submit", custom_attrs={"form": _RECORD}),
        ],
    )


def erase_dialog() -> rx.Component:
    """Return the question whether to erase the person; their name typed out confirms it."""
    return dialog(
        text_field(
            "confirm",
            Contact.ERASE_CONFIRM,
            hint=ContactState.called,
            on_change=EraseState.type_confirmation.debounce(100),
            auto_complete="off",
        ),
        title=Contact.ERASE_TITLE,
        description=Contact.ERASE_LOSS,
        size="sm",
        open=EraseState.is_asking,
        on_open_change=EraseState.ask,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(
                rx.Var.create(f"{Contact.ERASE_VERB} ") + ContactState.called,
                variant="danger",
                disabled=EraseState.confirmation.strip().lower() != ContactState.called.lower(),
                on_click=EraseState.erase,
            ),
        ],
    )
