"""The Tests part of an agent's page: suites with their cases, how each ended last, and the latest runs."""

import reflex as rx

from pages.agents.case_editor import case_dialog
from pages.agents.round import round_view
from pages.agents.verdicts import status_icon
from pages.components.button import button, button_class
from pages.components.choice import switch
from pages.components.dialog import confirm_dialog, dialog, dialog_close
from pages.components.feedback import empty_state, error_state, skeleton_rows
from pages.components.field import select_field, text_field
from pages.components.link import page_link
from pages.components.menu import menu_item, row_menu
from pages.components.status import badge
from pages.components.surface import row_list, vacancy
from pages.components.timestamp import time_ago
from pages.words import AgentProving, Common
from state.agents.case_editor import CaseEditorState
from state.agents.open_agent import AgentState
from state.agents.proving import CaseRow, ProvingState, RoundRow, SuiteRow


def tests_part() -> rx.Component:
    """Return the part."""
    return rx.fragment(
        rx.cond(
            ProvingState.is_loaded,
            rx.cond(ProvingState.view == "round", round_view(), _list()),
            rx.cond(
                ProvingState.has_failed,
                error_state(
                    what=AgentProving.FAILED,
                    safe=AgentProving.FAILED_SAFE,
                    reference=ProvingState.reference,
                    on_retry=AgentState.load_tab,
                    inset=True,
                ),
                rx.el.div(skeleton_rows(4, row="h-15"), class_name="max-w-220"),
            ),
        ),
        case_dialog(),
        _suite_dialog(),
        _remove_dialog(),
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(AgentProving.LEAD, class_name="min-w-64 flex-1 text-13 text-pretty text-muted"),
            rx.el.div(
                select_field(
                    "test-target",
                    AgentProving.TARGET,
                    ProvingState.targets,
                    value=ProvingState.target,
                    on_change=ProvingState.choose_target,
                    hide_label=True,
                    class_name="w-44",
                ),
                rx.cond(
                    AgentState.can_edit,
                    button(AgentProving.NEW_SUITE, icon="plus", on_click=ProvingState.name_suite("")),
                    rx.fragment(),
                ),
                class_name="flex items-center gap-2",
            ),
            class_name="flex flex-wrap items-start gap-x-6 gap-y-3",
        ),
        rx.cond(
            ProvingState.suites.length() > 0,
            rx.el.div(rx.foreach(ProvingState.suites, _suite), class_name="flex flex-col gap-6"),
            vacancy(
                empty_state(
                    title=AgentProving.EMPTY_TITLE,
                    body=AgentProving.EMPTY_BODY,
                    icon="flask_conical",
                    inset=True,
                    action=rx.cond(
                        AgentState.can_edit,
                        button(
                            AgentProving.NEW_SUITE,
                            variant="primary",
                            icon="plus",
                            on_click=ProvingState.name_suite(""),
                        ),
                        rx.fragment(),
                    ),
                )
            ),
        ),
        rx.cond(
            ProvingState.rounds.length() > 0,
            rx.el.section(
                rx.el.h2(AgentProving.ROUNDS, class_name="text-14 font-semibold"),
                row_list(ProvingState.rounds, _round, class_name="mt-3"),
            ),
            rx.fragment(),
        ),
        class_name="flex max-w-220 flex-col gap-8",
    )


def _suite(suite: rx.Var[SuiteRow]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(
                    rx.el.span(suite["name"], class_name="min-w-0 truncate"),
                    rx.cond(suite["is_shared"], badge(AgentProving.EVERY, tone="accent"), rx.fragment()),
                    _counts(suite["passed"], suite["failed"]),
                    class_name="flex min-w-0 flex-wrap items-center gap-2 text-14 font-semibold",
                ),
                rx.cond(
                    suite["description"] != "",
                    rx.el.p(suite["description"], class_name="mt-0.5 text-13 text-pretty text-muted"),
                    rx.fragment(),
                ),
                class_name="min-w-48 flex-1",
            ),
            rx.cond(AgentState.can_edit, _suite_actions(suite), rx.fragment()),
            class_name="flex flex-wrap items-start gap-x-4 gap-y-2",
        ),
        rx.cond(
            suite["cases"].length() > 0,
            row_list(suite["cases"], _case, class_name="mt-3"),
            rx.el.p(AgentProving.NO_CASES, class_name="mt-3 text-13 text-faint"),
        ),
        key=suite["id"],
    )


def _suite_actions(suite: rx.Var[SuiteRow]) -> rx.Component:
    return rx.el.div(
        button(
            AgentProving.RUN,
            rx.el.span(" ", suite["name"], class_name="sr-only"),
            variant="primary",
            size="sm",
            icon="play",
            disabled=suite["cases"].length() == 0,
            on_click=ProvingState.run_suite(suite["id"]),
        ),
        button(AgentProving.ADD_CASE, size="sm", icon="plus", on_click=CaseEditorState.begin(suite["id"])),
        row_menu(
            menu_item(AgentProving.RENAME, icon="pencil", on_select=ProvingState.name_suite(suite["id"])),
            label=f"{AgentProving.MORE} {suite['name']}",
            removal=AgentProving.REMOVE_SUITE,
            on_remove=ProvingState.ask_remove("suite", suite["id"]),
        ),
        class_name="flex items-center gap-1.5",
    )


def _counts(passed: rx.Var[int], failed: rx.Var[int]) -> rx.Component:
    return rx.fragment(
        rx.cond(passed > 0, badge(passed, " ", AgentProving.PASSED, tone="success", icon="check"), rx.fragment()),
        rx.cond(failed > 0, badge(failed, " ", AgentProving.FAILED_COUNT, tone="danger", icon="x"), rx.fragment()),
    )


def _case(case: rx.Var[CaseRow]) -> rx.Component:
    return rx.el.li(
        status_icon(case["last"]),
        rx.el.div(
            rx.el.p(
                rx.el.span(case["name"], class_name="min-w-0 truncate text-14 font-medium text-ink"),
                rx.cond(case["is_from_conversation"], badge(AgentProving.FROM_CONVERSATION), rx.fragment()),
                class_name="flex min-w-0 flex-wrap items-center gap-x-2",
            ),
            rx.el.p(case["about"], class_name="truncate text-13 text-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.el.span(
            case["checks"],
            " ",
            rx.cond(case["checks"] == 1, AgentProving.ONE_CHECK, AgentProving.MANY_CHECKS),
            class_name="tabular shrink-0 text-13 text-muted max-sm:hidden",
        ),
        rx.cond(
            AgentState.can_edit,
            row_menu(
                menu_item(AgentProving.EDIT, icon="pencil", on_select=CaseEditorState.edit(case["id"])),
                menu_item(AgentProving.RUN_CASE, icon="play", on_select=ProvingState.run_case(case["id"])),
                label=f"{AgentProving.MORE} {case['name']}",
                removal=AgentProving.REMOVE_CASE,
                on_remove=ProvingState.ask_remove("case", case["id"]),
            ),
            rx.fragment(),
        ),
        key=case["id"],
        class_name="flex min-h-15 items-center gap-3 px-4 py-2",
    )


def _round(row: rx.Var[RoundRow]) -> rx.Component:
    return rx.el.li(
        page_link(
            rx.el.span(
                rx.el.span(
                    rx.el.span(row["title"], class_name="min-w-0 truncate text-14 font-medium text-ink"),
                    badge(rx.cond(row["against"] == 0, AgentProving.DRAFT, f"{AgentProving.VERSION} {row['against']}")),
                    class_name="flex min-w-0 items-center gap-2",
                ),
                rx.el.span(
                    time_ago(row["started_at"]),
                    rx.cond(row["started_by"] != "", f" {AgentProving.BY} {row['started_by']}", ""),
                    class_name="text-13 text-muted",
                ),
                class_name="flex min-w-52 flex-1 flex-col",
            ),
            rx.el.span(
                rx.match(
                    row["status"],
                    (
                        "running",
                        badge(row["done"], f" {AgentProving.OF} ", row["total"], tone="info", icon="loader_circle"),
                    ),
                    ("cancelled", badge(AgentProving.STOPPED)),
                    rx.fragment(),
                ),
                _counts(row["passed"], row["failed"]),
                class_name="flex shrink-0 flex-wrap items-center justify-end gap-1.5",
            ),
            href=f"/agents/{AgentState.id}?tab=tests&round={row['id']}",
            class_name=(
                "flex min-h-15 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 outline-offset-[-2px] hover:bg-hover"
            ),
        ),
        key=row["id"],
    )


def _suite_dialog() -> rx.Component:
    is_new = ProvingState.suite_id == ""
    return dialog(
        rx.el.form(
            text_field(
                "suite_name",
                AgentProving.NAME,
                error=ProvingState.errors["name"],
                placeholder=AgentProving.NAME_PLACEHOLDER,
                default_value=ProvingState.suite_name,
                max_length=120,
                auto_complete="off",
            ),
            text_field(
                "suite_about",
                AgentProving.ABOUT,
                error=ProvingState.errors["description"],
                default_value=ProvingState.suite_about,
                max_length=500,
                auto_complete="off",
                optional=True,
            ),
            rx.cond(
                is_new,
                switch(
                    "suite-for-all",
                    AgentProving.FOR_ALL,
                    checked=ProvingState.is_shared,
                    on_change=ProvingState.set_shared,
                    hint=AgentProving.FOR_ALL_HINT,
                ),
                rx.fragment(),
            ),
            id="suite-form",
            key=ProvingState.suite_id,
            on_submit=ProvingState.save_suite,
            no_validate=True,
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=rx.cond(is_new, AgentProving.NEW_TITLE, AgentProving.EDIT_TITLE),
        open=ProvingState.is_naming,
        on_open_change=ProvingState.close_naming,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(AgentProving.SAVE, variant="primary", type="submit", form="suite-form"),
        ],
    )


def _remove_dialog() -> rx.Component:
    is_suite = ProvingState.is_doomed_suite
    return confirm_dialog(
        title=rx.cond(is_suite, AgentProving.REMOVE_SUITE_TITLE, AgentProving.REMOVE_CASE_TITLE),
        verb=f"{AgentProving.REMOVE_VERB} {ProvingState.doomed_name}",
        loss=rx.cond(is_suite, AgentProving.REMOVE_SUITE_LOSS, AgentProving.REMOVE_CASE_LOSS),
        on_confirm=ProvingState.remove,
        open=ProvingState.doomed_id != "",
        on_open_change=ProvingState.keep,
    )
