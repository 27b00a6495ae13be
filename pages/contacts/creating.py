"""The dialog of a new contact."""

import reflex as rx

from pages.components.button import button, button_class
from pages.components.dialog import dialog, dialog_close
from pages.components.field import text_field
from pages.components.link import text_link
from pages.words import Common, Contact, Contacts
from state.contacts.creating import NewContactState

_FORM = "new-contact"


def new_contact_dialog() -> rx.Component:
    """Return the dialog; `NewContactState.set_open` opens it."""
    errors = NewContactState.errors
    return dialog(
        rx.el.form(
            rx.el.div(
                text_field(
                    "first_name", Contact.FIRST_NAME, error=errors["first_name"], auto_complete="off", max_length=60
                ),
                text_field(
                    "last_name", Contact.LAST_NAME, error=errors["last_name"], auto_complete="off", max_length=80
                ),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
            text_field(
                "phone_number",
                Contacts.PHONE,
                type="tel",
                hint=Contacts.PHONE_HINT,
                error=errors["phone_number"],
                auto_complete="off",
            ),
            rx.cond(
                NewContactState.known_id != "",
                rx.el.p(
                    text_link(Contacts.KEY_OPEN, href=f"/contacts/{NewContactState.known_id}"),
                    class_name="-mt-2 text-13",
                ),
                rx.fragment(),
            ),
            text_field("email", Contacts.EMAIL, type="email", error=errors["email"], auto_complete="off"),
            text_field("company", Contacts.COMPANY, error=errors["company"], auto_complete="off", max_length=120),
            text_field("tags", Contacts.TAGS, error=errors["tags"], auto_complete="off"),
            id=_FORM,
            on_submit=NewContactState.create,
            class_name="flex flex-col gap-4 pt-1",
            no_validate=True,
        ),
        title=Contacts.CREATE_TITLE,
        description=Contacts.CREATE_LEAD,
        open=NewContactState.is_open,
        on_open_change=NewContactState.set_open,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(Contacts.CREATE_VERB, variant="primary", type="submit", custom_attrs={"form": _FORM}),
        ],
    )
