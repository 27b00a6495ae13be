"""What an agent finds out from customers: the list of the Functions part, and the dialog of one detail."""

import reflex as rx

from pages.agents.definition_dialog import definition_dialog, for_all_switch
from pages.components.button import button
from pages.components.choice import checkbox
from pages.components.dialog import confirm_dialog
from pages.components.field import select_field, text_field
from pages.components.menu import menu_item, row_menu
from pages.components.status import badge
from pages.components.surface import row_list
from pages.words import AgentDetails
from state.agents.details import Detail, DetailsState
from state.agents.open_agent import AgentState


def details_section() -> rx.Component:
    """Return the section with its dialogs."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(AgentDetails.TITLE, class_name="text-14 font-semibold"),
                rx.el.p(AgentDetails.LEAD, class_name="mt-1 max-w-[68ch] text-13 text-pretty text-muted"),
                class_name="min-w-56 flex-1",
            ),
            rx.cond(
                AgentState.can_edit,
                button(AgentDetails.ADD, icon="plus", on_click=DetailsState.begin),
                rx.fragment(),
            ),
            class_name="flex flex-wrap items-start gap-4",
        ),
        rx.cond(
            DetailsState.rows.length() > 0,
            row_list(DetailsState.rows, _detail, class_name="mt-3"),
            rx.el.p(AgentDetails.EMPTY, class_name="mt-3 text-13 text-faint"),
        ),
        _dialog(),
        confirm_dialog(
            title=AgentDetails.REMOVE_TITLE,
            verb=f"{AgentDetails.REMOVE_VERB} {DetailsState.doomed['name']}",
            loss=rx.cond(DetailsState.doomed["is_shared"], AgentDetails.REMOVE_LOSS_SHARED, AgentDetails.REMOVE_LOSS),
            on_confirm=DetailsState.remove,
            open=DetailsState.doomed["id"] != "",
            on_open_change=DetailsState.close_remove,
        ),
        class_name="border-t border-line pt-6",
    )


def _detail(row: rx.Var[Detail]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.code(row["name"], class_name="min-w-0 truncate font-mono text-13 font-medium text-ink"),
                badge(rx.match(row["var_type"], *AgentDetails.KINDS, row["var_type"])),
                rx.cond(row["required"], badge(AgentDetails.REQUIRED), rx.fragment()),
                rx.cond(row["read_back"], badge(AgentDetails.READ_BACK), rx.fragment()),
                rx.cond(row["is_shared"], badge(AgentDetails.EVERY, tone="accent"), rx.fragment()),
                class_name="flex min-w-0 flex-wrap items-center gap-2",
            ),
            rx.cond(
                row["description"] != "",
                rx.el.p(row["description"], class_name="mt-0.5 text-13 text-pretty text-muted"),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            AgentState.can_edit,
            row_menu(
                menu_item(AgentDetails.EDIT, icon="pencil", on_select=DetailsState.edit(row["id"])),
                label=f"{AgentDetails.MORE} {row['name']}",
                removal=AgentDetails.REMOVE,
                on_remove=DetailsState.ask_remove(row["id"]),
            ),
            rx.fragment(),
        ),
        key=row["id"],
        class_name="flex min-h-12 items-start gap-3 px-4 py-2.5",
    )


def _dialog() -> rx.Component:
    is_new = DetailsState.editing["id"] == ""
    return definition_dialog(
        DetailsState,
        AgentDetails,
        "detail-form",
        _fields(),
        rx.el.div(
            checkbox(
                "detail_required",
                AgentDetails.REQUIRED,
                hint=AgentDetails.REQUIRED_HINT,
                default_checked=DetailsState.editing["required"],
            ),
            checkbox(
                "detail_read_back",
                AgentDetails.READ_BACK,
                hint=AgentDetails.READ_BACK_HINT,
                default_checked=DetailsState.editing["read_back"],
            ),
        ),
        for_all_switch(DetailsState, AgentDetails, "detail-for-all", is_new=is_new),
        is_new=is_new,
    )


def _fields() -> rx.Component:
    editing, errors = DetailsState.editing, DetailsState.errors
    return rx.fragment(
        text_field(
            "detail_name",
            AgentDetails.NAME,
            hint=AgentDetails.NAME_HINT,
            error=errors["name"],
            placeholder=AgentDetails.NAME_PLACEHOLDER,
            default_value=editing["name"],
            max_length=40,
            auto_complete="off",
            spell_check=False,
        ),
        text_field(
            "detail_description",
            AgentDetails.DESCRIPTION,
            error=errors["description"],
            placeholder=AgentDetails.DESCRIPTION_PLACEHOLDER,
            default_value=editing["description"],
            max_length=300,
            optional=True,
        ),
        select_field(
            "detail_kind",
            AgentDetails.KIND,
            list(AgentDetails.KINDS),
            value=DetailsState.kind,
            on_change=DetailsState.set_kind,
            error=errors["var_type"],
        ),
        rx.match(
            DetailsState.kind,
            (
                "enum",
                text_field(
                    "detail_options",
                    AgentDetails.OPTIONS,
                    hint=AgentDetails.OPTIONS_HINT,
                    error=errors["enum_options"],
                    default_value=editing["options"],
                ),
            ),
            (
                "number",
                rx.el.div(
                    text_field(
                        "detail_low",
                        AgentDetails.LOW,
                        error=errors["low"],
                        default_value=editing["low"],
                        input_mode="decimal",
                        class_name="flex-1",
                        optional=True,
                    ),
                    text_field(
                        "detail_high",
                        AgentDetails.HIGH,
                        default_value=editing["high"],
                        input_mode="decimal",
                        class_name="flex-1",
                        optional=True,
                    ),
                    class_name="flex gap-4",
                ),
            ),
            (
                "text",
                select_field(
                    "detail_format",
                    AgentDetails.FORM,
                    list(AgentDetails.FORMS),
                    default_value=editing["format"],
                    error=errors["format"],
                ),
            ),
            rx.fragment(),
        ),
    )
