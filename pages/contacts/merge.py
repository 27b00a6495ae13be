"""The dialog that merges two contacts: find the other, compare field by field, see what moves."""

from typing import Any

import reflex as rx

from pages.components.button import button, button_class
from pages.components.combobox import combobox
from pages.components.dialog import dialog, dialog_close
from pages.words import Common, Contact
from state.contacts.merging import MergeState

# Why two contacts may be one, by the wire value.
ALIKE_REASONS = {
    "same_email": Contact.SAME_EMAIL,
    "same_number": Contact.SAME_NUMBER,
    "same_name_and_company": Contact.SAME_NAME_AND_COMPANY,
    "same_name": Contact.SAME_NAME,
    "similar_name": Contact.SIMILAR_NAME,
}
_FIELDS = {
    "name": "Name",
    "phone_number": Contact.PHONE,
    "email": Contact.EMAIL,
    "company": Contact.COMPANY,
    "job_title": Contact.JOB_TITLE,
    "address": Contact.ADDRESS,
    "city": Contact.CITY,
    "region": Contact.REGION,
    "country": Contact.COUNTRY,
    "notes": Contact.NOTES,
}
_MOVES = {
    "messages": Contact.MESSAGES,
    "timeline": Contact.TIMELINE_LINES,
    "chats": Contact.CHAT_SESSIONS,
    "tags": Contact.TAG_COUNT,
    "choices": Contact.CHOICES,
}


def merge_dialog() -> rx.Component:
    """Return the dialog; `MergeState.begin` opens it."""
    return dialog(
        combobox(
            "merge-with",
            Contact.MERGE_FIND,
            MergeState.found,
            value=MergeState.other_id,
            on_query=MergeState.find,
            on_change=MergeState.compare,
            placeholder=Contact.MERGE_FIND_HINT,
            empty_text=Contact.MERGE_NONE,
        ),
        rx.cond(MergeState.other_id != "", _comparison(), rx.fragment()),
        title=Contact.MERGE_TITLE,
        description=Contact.MERGE_LOSS,
        size="lg",
        open=MergeState.is_open,
        on_open_change=MergeState.set_open,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(
                Contact.MERGE_VERB, variant="primary", disabled=MergeState.other_id == "", on_click=MergeState.merge
            ),
        ],
    )


def _comparison() -> rx.Component:
    return rx.el.div(
        rx.cond(
            MergeState.fields.length() > 0,
            rx.el.div(rx.foreach(MergeState.fields, _field), class_name="flex flex-col gap-4"),
            rx.el.p(Contact.MERGE_SAME, class_name="text-14 text-muted"),
        ),
        rx.el.div(
            rx.el.h3(Contact.MERGE_MOVES, class_name="text-13 font-medium"),
            rx.el.ul(
                *(
                    rx.cond(
                        MergeState.moves[key] > 0,
                        rx.el.li(f"{words} ", rx.el.span(MergeState.moves[key], class_name="tabular text-ink")),
                        rx.fragment(),
                    )
                    for key, words in _MOVES.items()
                ),
                class_name="mt-1 flex flex-wrap gap-x-4 text-14 text-muted",
            ),
            class_name="border-t border-line pt-4",
        ),
        class_name="mt-5 flex flex-col gap-5",
    )


def _field(field: rx.Var[dict[str, str]]) -> rx.Component:
    key = field["key"].to(str)
    words = rx.match(key, *_FIELDS.items(), field["label"].to(str))
    return rx.el.fieldset(
        rx.el.legend(words, class_name="mb-1.5 text-13 font-medium"),
        rx.el.div(
            _answer(field, "kept", Contact.MERGE_KEEP, field["kept"].to(str)),
            _answer(field, "dropped", Contact.MERGE_DROP, field["dropped"].to(str)),
            class_name="grid gap-2 sm:grid-cols-2",
        ),
        rx.cond(
            key == "notes", rx.el.div(_answer(field, "both", Contact.MERGE_BOTH, ""), class_name="mt-2"), rx.fragment()
        ),
        class_name="min-w-0",
    )


def _answer(field: rx.Var[dict[str, str]], choice: str, who: str, value: Any) -> rx.Component:
    key = field["key"].to(str)
    return rx.el.label(
        rx.el.input(
            type="radio",
            name=f"merge-{key}",
            checked=MergeState.choices[key] == choice,
            on_change=lambda _: MergeState.choose(key, choice),
            class_name="mt-0.5 size-4 shrink-0 accent-accent",
        ),
        rx.el.span(
            rx.el.span(rx.cond(value != "", value, "—"), class_name="block text-14 break-words empty:hidden")
            if choice != "both"
            else rx.fragment(),
            rx.el.span(who, class_name="block text-12 text-muted"),
            class_name="min-w-0",
        ),
        class_name=(
            "flex min-h-11 cursor-pointer items-start gap-2.5 rounded-control border border-control px-3 py-2 "
            "hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft"
        ),
    )
