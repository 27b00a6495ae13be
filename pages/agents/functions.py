"""The Functions part of an agent's page: what it may call, and the secret its calls are signed with."""

import reflex as rx

from pages.agents.details import details_section
from pages.agents.function_editor import editor_dialog
from pages.agents.function_trying import try_dialog
from pages.agents.policies import policies_section, policy_select
from pages.agents.tools import appointments_section, servers_section
from pages.components.button import button
from pages.components.choice import switch
from pages.components.dialog import confirm_dialog
from pages.components.feedback import empty_state, error_state, skeleton_rows
from pages.components.menu import menu_item, row_menu
from pages.components.secret_dialog import secret_dialog
from pages.components.status import badge
from pages.components.surface import vacancy
from pages.words import AgentFunctions
from state.agents.function_editor import FunctionEditorState
from state.agents.function_trying import FunctionTryState
from state.agents.functions import FunctionRow, FunctionsState
from state.agents.open_agent import AgentState
from state.agents.policies import PoliciesState

_LIST = "divide-y divide-line rounded-card border border-line"


def functions_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        rx.cond(
            FunctionsState.is_loaded,
            _lists(),
            rx.cond(
                FunctionsState.has_failed,
                error_state(
                    what=AgentFunctions.FAILED,
                    safe=AgentFunctions.FAILED_SAFE,
                    reference=FunctionsState.reference,
                    on_retry=AgentState.load_tab,
                    inset=True,
                ),
                skeleton_rows(3, row="h-17"),
            ),
        ),
        editor_dialog(),
        try_dialog(),
        _remove_dialog(),
        _secret_dialogs(),
        class_name="flex max-w-220 flex-col gap-8",
    )


def _lists() -> rx.Component:
    return rx.fragment(
        policies_section(),
        rx.el.section(
            rx.el.div(
                rx.el.div(
                    rx.el.h2(AgentFunctions.TITLE, class_name="text-14 font-semibold"),
                    rx.el.p(AgentFunctions.LEAD, class_name="mt-1 text-13 text-pretty text-muted"),
                    class_name="min-w-56 flex-1",
                ),
                rx.cond(
                    AgentState.can_edit,
                    button(AgentFunctions.ADD, variant="primary", icon="plus", on_click=FunctionEditorState.begin),
                    rx.fragment(),
                ),
                class_name="flex flex-wrap items-center gap-3",
            ),
            rx.cond(
                FunctionsState.own.length() > 0,
                rx.el.ul(rx.foreach(FunctionsState.own, _function), class_name=_LIST),
                rx.cond(
                    FunctionsState.shared.length() > 0,
                    rx.fragment(),
                    vacancy(
                        empty_state(
                            title=AgentFunctions.EMPTY_TITLE, body=AgentFunctions.EMPTY_BODY, icon="webhook", inset=True
                        )
                    ),
                ),
            ),
            class_name="flex min-w-0 flex-col gap-4 border-t border-line pt-6",
        ),
        rx.cond(
            FunctionsState.shared.length() > 0,
            rx.el.section(
                rx.el.h2(AgentFunctions.EVERY, class_name="text-14 font-semibold"),
                rx.el.p(AgentFunctions.EVERY_LEAD, class_name="text-13 text-muted"),
                rx.el.ul(rx.foreach(FunctionsState.shared, _function), class_name=f"mt-3 {_LIST}"),
            ),
            rx.fragment(),
        ),
        appointments_section(),
        servers_section(),
        details_section(),
        _signing(),
    )


def _function(row: rx.Var[FunctionRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.code(row["name"], class_name="min-w-0 truncate font-mono text-13 font-medium text-ink"),
                rx.cond(
                    row["needs_value"],
                    badge(AgentFunctions.NEEDS_VALUE, tone="warning", icon="triangle_alert"),
                    rx.fragment(),
                ),
                class_name="flex min-w-0 flex-wrap items-center gap-2",
            ),
            rx.el.p(row["description"], class_name="mt-0.5 line-clamp-2 text-13 text-pretty text-muted"),
            rx.el.p(
                rx.el.span(row["method"], class_name="shrink-0 font-medium text-ink"),
                rx.el.span(row["url"], class_name="min-w-0 truncate"),
                class_name="mt-1 flex min-w-0 gap-2 font-mono text-12 text-muted",
            ),
            class_name="min-w-0 flex-1 max-sm:w-full",
        ),
        rx.el.div(
            rx.cond(
                row["is_active"],
                rx.el.div(
                    policy_select(row["name"], PoliciesState.functions[row["name"]], row["name"]),
                    class_name="mr-auto",
                ),
                rx.fragment(),
            ),
            switch(
                f"function-{row['id']}",
                rx.el.span(AgentFunctions.SWITCH, " ", row["name"], class_name="sr-only"),
                checked=row["is_active"],
                on_change=lambda is_on: FunctionsState.set_active(row["id"], is_on),
                disabled=~AgentState.can_edit,
                class_name="gap-0!",
            ),
            row_menu(
                rx.cond(
                    AgentState.can_edit,
                    rx.fragment(
                        menu_item(AgentFunctions.EDIT, icon="pencil", on_select=FunctionEditorState.edit(row["id"])),
                        menu_item(AgentFunctions.TRY, icon="play", on_select=FunctionTryState.open(row["id"], "try")),
                    ),
                    rx.fragment(),
                ),
                menu_item(
                    AgentFunctions.CALLS, icon="scroll_text", on_select=FunctionTryState.open(row["id"], "calls")
                ),
                label=f"{AgentFunctions.MORE} {row['name']}",
                removal=AgentFunctions.REMOVE,
                on_remove=FunctionsState.ask_remove(row["id"]),
                may_remove=AgentState.can_edit,
            ),
            class_name="flex shrink-0 items-center gap-2 max-sm:w-full max-sm:justify-end",
        ),
        key=row["id"],
        class_name="flex items-start gap-3 px-4 py-3 max-sm:flex-col",
    )


def _signing() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(AgentFunctions.SIGNING, class_name="text-14 font-semibold"),
                rx.cond(
                    FunctionsState.is_signed,
                    badge(AgentFunctions.SIGNED, tone="success", icon="check"),
                    badge(AgentFunctions.UNSIGNED),
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(AgentFunctions.SIGNING_LEAD, class_name="mt-1 max-w-[68ch] text-13 text-pretty text-muted"),
            class_name="min-w-56 flex-1",
        ),
        rx.cond(
            AgentState.can_edit,
            rx.cond(
                FunctionsState.is_signed,
                button(AgentFunctions.NEW_SECRET, icon="key_round", on_click=FunctionsState.ask_secret(True)),
                button(AgentFunctions.MAKE_SECRET, icon="key_round", on_click=FunctionsState.renew_secret),
            ),
            rx.fragment(),
        ),
        class_name="flex flex-wrap items-start gap-4 border-t border-line pt-6",
    )


def _remove_dialog() -> rx.Component:
    return confirm_dialog(
        title=AgentFunctions.REMOVE_TITLE,
        verb=f"{AgentFunctions.REMOVE_VERB} {FunctionsState.doomed_name}",
        loss=rx.cond(FunctionsState.is_doomed_shared, AgentFunctions.REMOVE_LOSS_SHARED, AgentFunctions.REMOVE_LOSS),
        on_confirm=FunctionsState.remove,
        open=FunctionsState.doomed_id != "",
        on_open_change=FunctionsState.keep,
    )


def _secret_dialogs() -> rx.Component:
    return rx.fragment(
        confirm_dialog(
            title=AgentFunctions.NEW_SECRET_TITLE,
            verb=AgentFunctions.NEW_SECRET,
            loss=AgentFunctions.NEW_SECRET_LOSS,
            on_confirm=FunctionsState.renew_secret,
            open=FunctionsState.is_asking_secret,
            on_open_change=FunctionsState.ask_secret,
        ),
        secret_dialog(
            FunctionsState.new_secret,
            title=AgentFunctions.SECRET_TITLE,
            loss=AgentFunctions.SECRET_LOSS,
            copy_label=AgentFunctions.COPY_SECRET,
            done=AgentFunctions.SECRET_DONE,
            on_forget=FunctionsState.forget_secret,
        ),
    )
