"""The cards of a contact's page that are edited in place: facts, own fields, tags, how to reach them."""

from typing import Any

import reflex as rx

from backend.vocab import FieldKind
from pages.components.button import button
from pages.components.choice import switch
from pages.components.feedback import banner
from pages.components.field import select_field, text_field
from pages.components.saving_field import saving_field
from pages.components.status import tag
from pages.components.surface import card
from pages.words import Contact
from state.contacts.contact import ContactState

_Locked = Any


def _locked() -> _Locked:
    return ContactState.contact["is_deleted"] | (ContactState.contact["merged_into"] != "")


def _field(name: str, words: str, *, of: str = "", **props: Any) -> rx.Component:
    return saving_field(
        name,
        words,
        value=ContactState.contact[of or name].to(str),
        on_save=lambda text: ContactState.save(name, text),
        error=ContactState.errors[name],
        save_state=rx.cond(ContactState.saved == name, "saved", ""),
        disabled=_locked(),
        **props,
    )


def details_card() -> rx.Component:
    """Return the facts of the person."""
    return card(
        rx.el.div(
            _field("first_name", Contact.FIRST_NAME, max_length=60),
            _field("last_name", Contact.LAST_NAME, max_length=80),
            _field("phone_number", Contact.PHONE, of="phone_display", kind="tel"),
            _field("email", Contact.EMAIL, kind="email"),
            _field("company", Contact.COMPANY, max_length=120),
            _field("job_title", Contact.JOB_TITLE, max_length=120),
            _field("address", Contact.ADDRESS, max_length=300, class_name="sm:col-span-2"),
            _field("city", Contact.CITY, max_length=100),
            _field("region", Contact.REGION, max_length=100),
            _field("country", Contact.COUNTRY, max_length=2, hint=Contact.COUNTRY_HINT),
            rx.cond(
                ContactState.contact["other_phones"].to(list).length() > 0,
                rx.el.div(
                    rx.el.span(Contact.OTHER_PHONES, class_name="text-13 font-medium"),
                    rx.el.ul(
                        rx.foreach(
                            ContactState.contact["other_phones"].to(list[str]),
                            lambda number: rx.el.li(number, class_name="tabular text-14"),
                        )
                    ),
                    class_name="flex flex-col gap-1.5",
                ),
                rx.fragment(),
            ),
            _field("notes", Contact.NOTES, kind="area", rows=3, max_length=5000, class_name="sm:col-span-2"),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        title=Contact.DETAILS,
    )


def own_fields_card() -> rx.Component:
    """Return the fields the business invented, when there are any."""
    return rx.cond(
        ContactState.contact["custom"].to(list).length() > 0,
        card(
            rx.el.div(
                rx.foreach(ContactState.contact["custom"].to(list[dict[str, Any]]), _own_field),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
            title=Contact.OWN_FIELDS,
        ),
        rx.fragment(),
    )


def _own_field(field: rx.Var[dict[str, Any]]) -> rx.Component:
    key, words, value = field["key"].to(str), field["label"].to(str), field["value"].to(str)
    shared: dict[str, Any] = {
        "error": ContactState.custom_errors[key],
        "save_state": rx.cond(ContactState.saved == "custom-" + key, "saved", ""),
    }

    def saving(kind: Any) -> rx.Component:
        return saving_field(
            f"custom-{key}",
            words,
            value=value,
            kind=kind,
            on_save=lambda text: ContactState.save_custom(key, text),
            max_length=500,
            disabled=_locked(),
            **shared,
        )

    def choosing(options: Any) -> rx.Component:
        return select_field(
            f"custom-{key}",
            words,
            options,
            value=value,
            on_change=lambda chosen: ContactState.save_custom(key, chosen),
            disabled=_locked(),
            **shared,
        )

    return rx.match(
        field["kind"],
        (
            FieldKind.BOOLEAN.value,
            choosing([("", Contact.NOT_SET), ("yes", Contact.YES), ("no", Contact.NO)]),
        ),
        (FieldKind.CHOICE.value, _choices(field, shared)),
        (
            FieldKind.DATE.value,
            text_field(
                f"custom-{key}",
                words,
                type="date",
                value=value,
                on_change=lambda day: ContactState.save_custom(key, day),
                disabled=_locked(),
                **shared,
            ),
        ),
        (FieldKind.NUMBER.value, saving("text")),
        saving("text"),
    )


def _choices(field: rx.Var[dict[str, Any]], shared: dict[str, Any]) -> rx.Component:
    key = field["key"].to(str)
    return rx.el.div(
        rx.el.div(
            rx.el.label(field["label"], html_for=f"field-custom-{key}", class_name="text-13 font-medium text-ink"),
            class_name="flex h-5 items-center gap-2",
        ),
        rx.el.select(
            rx.el.option(Contact.NOT_SET, value=""),
            rx.foreach(field["choices"].to(list[str]), lambda choice: rx.el.option(choice, value=choice)),
            id=f"field-custom-{key}",
            value=field["value"].to(str),
            on_change=lambda chosen: ContactState.save_custom(key, chosen),
            disabled=_locked(),
            class_name=(
                "h-9 w-full rounded-control border border-control bg-canvas px-3 text-14 text-ink "
                "pointer-coarse:h-11 pointer-coarse:text-16"
            ),
        ),
        class_name="flex flex-col gap-1.5",
    )


def tags_card() -> rx.Component:
    """Return the tags of the person."""
    return card(
        rx.el.div(
            rx.foreach(
                ContactState.contact["tags"].to(list[dict[str, str]]),
                lambda one: tag(one["name"], on_remove=ContactState.remove_tag(one["name"])),
            ),
            class_name="mb-3 flex flex-wrap gap-2 empty:hidden",
        ),
        rx.cond(
            _locked(),
            rx.fragment(),
            rx.el.form(
                text_field(
                    "tag",
                    Contact.TAG_NEW,
                    hide_label=True,
                    placeholder=Contact.TAG_NEW,
                    max_length=40,
                    auto_complete="off",
                    key=f"tag-{ContactState.drawing}",
                    class_name="flex-1",
                ),
                button(Contact.TAG_ADD, type="submit", class_name="h-9"),
                on_submit=ContactState.add_tag,
                class_name="flex items-center gap-2",
            ),
        ),
        title=Contact.TAGS,
    )


def bookings_card() -> rx.Component:
    """Return the person's appointments, where there are any."""
    return rx.cond(
        ContactState.bookings.length() > 0,
        card(
            rx.el.ul(rx.foreach(ContactState.bookings, _booking), class_name="flex flex-col gap-3"),
            title=Contact.APPOINTMENTS,
        ),
        rx.fragment(),
    )


def _booking(row: rx.Var[Any]) -> rx.Component:
    is_gone = (row["status"] == "cancelled") | (row["status"] == "rejected")
    return rx.el.li(
        rx.el.p(
            row["title"],
            class_name=rx.cond(is_gone, "text-14 break-words text-muted line-through", "text-14 break-words text-ink"),
        ),
        rx.el.p(f"{row['when']} ({row['timezone']})", class_name="text-13 text-muted"),
        rx.cond(is_gone, rx.el.p(Contact.APPOINTMENT_CANCELLED, class_name="text-13 text-muted"), rx.fragment()),
        rx.cond(
            row["status"] == "pending",
            rx.el.p(Contact.APPOINTMENT_PENDING, class_name="text-13 text-warning-ink"),
            rx.fragment(),
        ),
        key=row["id"],
    )


def reach_card(consents: rx.Component) -> rx.Component:
    """Return how the person may be reached, and the ledger of what they said about it."""
    left = ContactState.left
    return card(
        rx.cond(
            left != "",
            rx.el.div(
                banner(
                    rx.cond(
                        left == "all",
                        Contact.LEFT_ALL,
                        rx.Var.create(Contact.LEFT_SOME.partition("{")[0]) + left + Contact.LEFT_SOME.partition("}")[2],
                    ),
                    tone="warning",
                    rounded=True,
                ),
                class_name="mb-4",
            ),
            rx.fragment(),
        ),
        switch(
            "whitelisted",
            Contact.ALWAYS_THROUGH,
            hint=Contact.ALWAYS_THROUGH_HINT,
            checked=ContactState.contact["is_whitelisted"].to(bool),
            on_change=ContactState.set_whitelisted,
            disabled=_locked() | ContactState.contact["is_blocked"],
        ),
        rx.el.div(_field("forward_to", Contact.FORWARD_TO, kind="tel", hint=Contact.FORWARD_HINT), class_name="mt-3"),
        rx.el.div(
            rx.el.div(
                rx.el.h3(Contact.CONSENT, class_name="min-w-0 flex-1 text-13 font-medium"),
                rx.cond(
                    _locked(),
                    rx.fragment(),
                    button(Contact.RECORD, size="sm", on_click=ContactState.set_recording(True)),
                ),
                class_name="flex items-center gap-3",
            ),
            rx.el.p(Contact.CONSENT_LEAD, class_name="mb-1 text-13 text-muted"),
            consents,
            class_name="mt-5 border-t border-line pt-4",
        ),
        title=Contact.REACH,
    )
