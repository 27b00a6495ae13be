"""The dialog in which a business invents fields for its contacts."""

import reflex as rx

from backend.vocab import FieldKind
from pages.components.button import button, icon_button_class
from pages.components.dialog import confirm_dialog, dialog
from pages.components.field import select_field, text_area, text_field
from pages.components.icon import icon
from pages.components.status import badge
from pages.components.surface import row_list
from pages.words import OwnFields
from state.contacts.fields import OwnFieldsState

_KINDS = {
    FieldKind.TEXT: OwnFields.TEXT,
    FieldKind.NUMBER: OwnFields.NUMBER,
    FieldKind.DATE: OwnFields.DATE,
    FieldKind.BOOLEAN: OwnFields.BOOLEAN,
    FieldKind.CHOICE: OwnFields.CHOICE,
}


def own_fields_dialog() -> rx.Component:
    """Return the dialog; `OwnFieldsState.set_open` opens it."""
    return rx.fragment(
        dialog(
            rx.cond(
                OwnFieldsState.rows.length() > 0,
                row_list(OwnFieldsState.rows, _row),
                rx.el.p(OwnFields.NONE, class_name="text-14 text-muted"),
            ),
            rx.el.form(
                rx.el.div(
                    text_field(
                        "label",
                        OwnFields.LABEL,
                        error=OwnFieldsState.errors["label"],
                        max_length=60,
                        auto_complete="off",
                        key=f"label-{OwnFieldsState.drawing}",
                    ),
                    select_field(
                        "kind",
                        OwnFields.KIND,
                        [(kind.value, words) for kind, words in _KINDS.items()],
                        value=OwnFieldsState.kind,
                        on_change=OwnFieldsState.choose_kind,
                    ),
                    class_name="grid gap-4 sm:grid-cols-2",
                ),
                rx.cond(
                    OwnFieldsState.kind == FieldKind.CHOICE.value,
                    text_area(
                        "choices",
                        OwnFields.CHOICES,
                        hint=OwnFields.CHOICES_HINT,
                        error=OwnFieldsState.errors["choices"],
                    ),
                    rx.fragment(),
                ),
                rx.el.div(button(OwnFields.ADD, icon="plus", type="submit")),
                on_submit=OwnFieldsState.add,
                class_name="mt-5 flex flex-col gap-4 border-t border-line pt-4",
            ),
            title=OwnFields.TITLE,
            description=OwnFields.LEAD,
            open=OwnFieldsState.is_open,
            on_open_change=OwnFieldsState.set_open,
        ),
        confirm_dialog(
            title=OwnFields.DELETE_TITLE,
            verb=rx.Var.create(f"{OwnFields.DELETE_VERB} “") + OwnFieldsState.doomed_name + "”",
            loss=OwnFields.DELETE_LOSS,
            on_confirm=OwnFieldsState.delete,
            open=OwnFieldsState.doomed_id != "",
            on_open_change=OwnFieldsState.keep,
        ),
    )


def _row(field: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.el.span(field["label"], class_name="min-w-0 flex-1 truncate text-14"),
        badge(rx.match(field["kind"], *((kind.value, words) for kind, words in _KINDS.items()), OwnFields.TEXT)),
        rx.el.button(
            icon("trash_2"),
            type="button",
            aria_label=rx.Var.create(f"{OwnFields.DELETE} ") + field["label"].to(str),
            on_click=OwnFieldsState.ask_delete(field["id"]),
            class_name=icon_button_class("ghost", "sm"),
        ),
        class_name="flex min-h-11 items-center gap-3 px-3",
    )
