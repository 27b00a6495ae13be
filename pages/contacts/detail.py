"""One contact: `/contacts/<contact>`, edited in place, with what happened and what they agreed to."""

from typing import Any

import reflex as rx

from pages.calls.calling import call_button, call_dialog
from pages.components import timestamp as times
from pages.components.avatar import avatar
from pages.components.button import button, icon_button_class, link_button
from pages.components.dialog import dialog_close  # noqa: F401 - its JSX is imported by the dialogs below
from pages.components.feedback import banner, empty_state, failed_or, skeleton, skeleton_fields, skeleton_text
from pages.components.icon import icon
from pages.components.link import text_link
from pages.components.local_file import jsx
from pages.components.menu import menu, menu_item, menu_separator
from pages.components.shell import page_shell
from pages.components.surface import card
from pages.contacts.asking import block_dialog, erase_dialog, record_dialog
from pages.contacts.details import bookings_card, details_card, own_fields_card, reach_card, tags_card
from pages.contacts.merge import ALIKE_REASONS, merge_dialog
from pages.frame import frame
from pages.inbox.listing import TIME_WORDS
from pages.inbox.parts import words_of
from pages.memory.parts import forget_dialog, memories
from pages.words import Common, Contact, Facts, Memory
from state.contacts.bulk import ContactBinState
from state.contacts.contact import ContactState
from state.contacts.erasing import EraseState
from state.contacts.memory import ContactMemoryState
from state.contacts.merging import MergeState

_FACTS = jsx(__name__, "facts.jsx")
_CHANNELS = {
    "sms": Contact.TEXTS,
    "call": Contact.CALLS,
    "email": Contact.EMAILS,
    "chat": Contact.CHATS,
}
_FIELD_WORDS = {
    "name": "name",
    "first_name": Contact.FIRST_NAME,
    "last_name": Contact.LAST_NAME,
    "phone_number": Contact.PHONE,
    "email": Contact.EMAIL,
    "company": Contact.COMPANY,
    "job_title": Contact.JOB_TITLE,
    "address": Contact.ADDRESS,
    "city": Contact.CITY,
    "region": Contact.REGION,
    "country": Contact.COUNTRY,
    "notes": Contact.NOTES,
    "custom_fields": Contact.OWN_FIELDS,
    "is_whitelisted": Contact.ALWAYS_THROUGH,
    "forward_to": Contact.FORWARD_TO,
}


class _Facts(rx.Component):
    library = _FACTS.importable_path
    tag = "Facts"

    facts: rx.Var[list[dict[str, Any]]]
    words: rx.Var[dict[str, str]]
    time: rx.Var[dict[str, str]]
    fields: rx.Var[dict[str, str]]


def contact_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.match(
            ContactState.stage,
            ("ready", _contact()),
            (
                "gone",
                empty_state(
                    title=Contact.GONE_TITLE,
                    body=Contact.GONE_BODY,
                    icon="user_x",
                    action=link_button(Contact.BACK, href="/contacts"),
                ),
            ),
            failed_or(ContactState, _loading(), what=Contact.FAILED, safe=Contact.FAILED_SAFE),
        ),
        block_dialog(),
        record_dialog(),
        merge_dialog(),
        erase_dialog(),
        forget_dialog(),
        call_dialog(),
        title=_title(),
        active="contacts",
        actions=rx.cond((ContactState.stage == "ready") & (EraseState.erasure_id == ""), _actions(), rx.fragment()),
        **frame(),
    )


def _title() -> Any:
    return rx.cond(ContactState.called != "", ContactState.called, Contact.ONE)


def _actions() -> rx.Component:
    contact = ContactState.contact
    return rx.el.div(
        rx.cond(
            (contact["phone"] != "") & ~contact["is_deleted"].to(bool) & (contact["merged_into"] == ""),
            call_button(contact["id"].to(str)),
            rx.fragment(),
        ),
        rx.cond(
            contact["conversation_id"] != "",
            link_button(
                rx.el.span(Contact.MESSAGE, class_name="max-sm:sr-only"),
                icon="message_square_text",
                href="/inbox/" + contact["conversation_id"].to(str),
            ),
            rx.fragment(),
        ),
        rx.cond(
            contact["is_deleted"] | (contact["merged_into"] != ""),
            rx.fragment(),
            menu(
                icon("ellipsis"),
                rx.cond(
                    contact["is_blocked"],
                    menu_item(Contact.UNBLOCK, icon="user_check", on_select=ContactState.unblock),
                    menu_item(Contact.BLOCK, icon="ban", on_select=ContactState.set_blocking(True)),
                ),
                rx.cond(
                    ContactState.can_edit,
                    rx.fragment(
                        menu_item(Contact.MERGE, icon="merge", on_select=MergeState.begin(contact["id"], "")),
                        menu_separator(),
                        menu_item(
                            Contact.DELETE,
                            icon="trash_2",
                            danger=True,
                            on_select=ContactBinState.delete_open(contact["id"]),
                        ),
                    ),
                    rx.fragment(),
                ),
                rx.cond(
                    ContactState.is_owner,
                    menu_item(Contact.ERASE, icon="eraser", danger=True, on_select=EraseState.ask(True)),
                    rx.fragment(),
                ),
                label=Contact.MORE,
                trigger_class=icon_button_class("secondary"),
            ),
        ),
        class_name="flex items-center gap-2",
    )


def _contact() -> rx.Component:
    return rx.cond(
        EraseState.erasure_id != "",
        _erased(),
        rx.el.div(
            rx.el.div(text_link(Contact.BACK, href="/contacts"), class_name="text-13"),
            _banners(),
            rx.el.div(
                rx.el.div(
                    _who(),
                    details_card(),
                    own_fields_card(),
                    class_name="flex min-w-0 flex-col gap-6 lg:max-2xl:row-span-2",
                ),
                rx.el.div(
                    _suggestions(),
                    tags_card(),
                    bookings_card(),
                    reach_card(_consents()),
                    class_name="flex min-w-0 flex-col gap-6",
                ),
                rx.el.div(_memory(), _timeline(), class_name="flex min-w-0 flex-col gap-6"),
                class_name=(
                    "grid gap-6 lg:grid-cols-2 lg:max-2xl:grid-rows-[auto_1fr] 2xl:grid-cols-[1.1fr_1fr_1.1fr]"
                ),
            ),
            class_name="flex flex-col gap-4",
        ),
    )


def _banners() -> rx.Component:
    contact = ContactState.contact
    return rx.fragment(
        rx.cond(
            contact["merged_into"] != "",
            banner(
                Contact.BANNER_MERGED,
                rounded=True,
                action=text_link(Contact.OPEN_MERGED, href="/contacts/" + contact["merged_into"].to(str)),
            ),
            rx.fragment(),
        ),
        rx.cond(
            contact["is_deleted"],
            banner(
                Contact.BANNER_DELETED,
                tone="warning",
                rounded=True,
                action=rx.cond(
                    ContactState.can_edit,
                    button(Contact.RESTORE, size="sm", on_click=ContactBinState.restore([contact["id"]])),
                    rx.fragment(),
                ),
            ),
            rx.fragment(),
        ),
        rx.cond(
            contact["is_blocked"],
            banner(
                Contact.BANNER_BLOCKED,
                rx.cond(contact["blocked_reason"] != "", " “" + contact["blocked_reason"].to(str) + "”", ""),
                tone="danger",
                rounded=True,
                action=button(Contact.UNBLOCK, size="sm", on_click=ContactState.unblock),
            ),
            rx.fragment(),
        ),
    )


def _who() -> rx.Component:
    contact = ContactState.contact
    return rx.el.div(
        avatar(contact["name"].to(str), size="lg"),
        rx.el.div(
            rx.el.p(ContactState.called, class_name="truncate text-16 font-semibold"),
            rx.el.p(
                rx.cond(contact["job_title"] != "", contact["job_title"].to(str) + " · ", ""),
                contact["company"],
                class_name="truncate text-13 text-muted empty:hidden",
            ),
            class_name="min-w-0",
        ),
        class_name="flex items-center gap-4",
    )


def _suggestions() -> rx.Component:
    def one(row: rx.Var[dict[str, str]]) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                text_link(
                    rx.cond(row["name"] != "", row["name"], row["phone_display"]),
                    href="/contacts/" + row["id"].to(str),
                ),
                rx.el.p(rx.match(row["reason"], *ALIKE_REASONS.items(), ""), class_name="truncate text-13 text-muted"),
                class_name="min-w-0 flex-1 text-14",
            ),
            rx.cond(
                ContactState.can_edit,
                button(Contact.COMPARE, size="sm", on_click=MergeState.begin(ContactState.contact["id"], row["id"])),
                rx.fragment(),
            ),
            class_name="flex items-center gap-3 py-2",
        )

    return rx.cond(
        ContactState.suggestions.length() > 0,
        card(
            rx.el.ul(rx.foreach(ContactState.suggestions, one), class_name="-my-2 divide-y divide-line"),
            title=Contact.SUGGESTIONS,
        ),
        rx.fragment(),
    )


def _consents() -> rx.Component:
    def line(row: rx.Var[dict[str, Any]]) -> rx.Component:
        return rx.el.li(
            rx.cond(
                row["is_opted_in"],
                icon("bell_ring", class_name="mt-0.5 text-success-ink"),
                icon("bell_off", class_name="mt-0.5 text-warning-ink"),
            ),
            rx.el.div(
                rx.el.p(
                    rx.cond(row["is_opted_in"], Contact.OPTED_IN, Contact.OPTED_OUT),
                    " ",
                    rx.match(row["channel"], *_CHANNELS.items(), Contact.TEXTS),
                    rx.cond(row["number"] != "", " · " + row["number"].to(str), ""),
                    class_name="text-14",
                ),
                rx.el.p(
                    rx.match(
                        row["source"],
                        ("keyword", rx.Var.create("“") + row["keyword"].to(str) + "”"),
                        ("carrier", Contact.BY_CARRIER),
                        ("import", row["reason"]),
                        ("merge", Contact.BY_MERGE),
                        row["reason"],
                    ),
                    rx.cond(row["by"] != "", " · " + row["by"].to(str), ""),
                    " · ",
                    times.time_ago(row["at"].to(str)),
                    class_name="text-13 break-words text-muted",
                ),
                class_name="min-w-0 flex-1",
            ),
            class_name="flex gap-3 py-2",
        )

    return rx.cond(
        ContactState.contact["consents"].to(list).length() > 0,
        rx.el.ul(
            rx.foreach(ContactState.contact["consents"].to(list[dict[str, Any]]), line),
            class_name="divide-y divide-line",
        ),
        rx.el.p(Contact.CONSENT_NONE, class_name="text-13 text-muted"),
    )


def _memory() -> rx.Component:
    return card(
        rx.cond(
            ContactMemoryState.is_loaded,
            memories(ContactMemoryState.memories, may_forget=ContactMemoryState.can_forget),
            skeleton_text(3),
        ),
        title=Memory.CARD,
    )


def _timeline() -> rx.Component:
    return card(
        rx.cond(
            ContactState.facts.length() > 0,
            _Facts.create(facts=ContactState.facts, words=words_of(Facts), time=TIME_WORDS, fields=_FIELD_WORDS),
            rx.el.p(Contact.TIMELINE_EMPTY, class_name="text-13 text-muted"),
        ),
        rx.cond(
            ContactState.has_older,
            button(Contact.OLDER, size="sm", variant="ghost", on_click=ContactState.load_older, class_name="mt-2"),
            rx.fragment(),
        ),
        title=Contact.TIMELINE,
    )


def _erased() -> rx.Component:
    def line(row: rx.Var[dict[str, Any]]) -> rx.Component:
        return rx.el.li(
            rx.el.span(row["label"], class_name="min-w-0 flex-1"),
            rx.el.span(row["count"].to(int), class_name="tabular"),
            class_name="flex min-h-9 items-center gap-3 text-14",
        )

    return rx.el.div(
        rx.cond(
            EraseState.is_done,
            rx.fragment(
                rx.el.h2(Contact.ERASED_TITLE, class_name="text-16 font-semibold"),
                rx.el.p(Contact.ERASED_BODY, class_name="text-14 text-muted"),
                rx.el.ul(rx.foreach(EraseState.removed, line), class_name="divide-y divide-line border-y border-line"),
                rx.el.div(button(Contact.BACK, on_click=EraseState.leave)),
            ),
            rx.el.p(Contact.ERASING, role="status", class_name="text-14 text-muted"),
        ),
        class_name="flex max-w-120 flex-col gap-4",
    )


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.span(Common.LOADING, class_name="sr-only"),
        rx.el.div(text_link(Contact.BACK, href="/contacts"), class_name="-mb-2 text-13 lg:col-span-2"),
        rx.el.div(
            rx.el.div(skeleton("size-12 rounded-full"), skeleton("h-4 w-40"), class_name="flex items-center gap-4"),
            rx.el.div(skeleton_fields(5), class_name="rounded-card border border-line p-4"),
            class_name="flex flex-col gap-6",
        ),
        rx.el.div(skeleton_fields(3), class_name="h-fit rounded-card border border-line p-4"),
        role="status",
        class_name="grid gap-6 lg:grid-cols-2",
    )
