"""Failed jobs, for the platform's operators: `/admin/jobs`."""

import reflex as rx

from pages.components.button import button, button_class
from pages.components.dialog import confirm_dialog
from pages.components.feedback import empty_state, error_state, skeleton_table
from pages.components.shell import page_shell
from pages.components.surface import cell, head_cell, table, table_row
from pages.components.timestamp import timestamp
from pages.frame import frame
from pages.not_found import not_found
from pages.words import Operations
from state.operations import JobsState


def jobs_page() -> rx.Component:
    """Return the page; whoever is no operator sees what stands at any wrong address."""
    return rx.cond(
        JobsState.is_loaded & JobsState.is_hidden,
        not_found(),
        page_shell(
            rx.cond(
                JobsState.has_failed,
                error_state(
                    what=Operations.FAILED,
                    safe=Operations.FAILED_SAFE,
                    reference=JobsState.reference,
                    on_retry=JobsState.load,
                ),
                rx.cond(JobsState.is_loaded, _content(), skeleton_table(6, columns=5)),
            ),
            title=Operations.TITLE,
            active="",
            actions=rx.cond(JobsState.letters.length() > 0, _retry_all(), rx.fragment()),
            **frame(),
        ),
    )


def _content() -> rx.Component:
    return rx.cond(
        JobsState.letters.length() > 0,
        rx.el.div(
            rx.el.p(Operations.LEAD, class_name="mb-4 max-w-[68ch] text-14 text-muted"),
            table(
                rx.foreach(JobsState.letters, _row),
                head=[
                    head_cell(Operations.TASK),
                    head_cell(Operations.ABOUT),
                    head_cell(Operations.ATTEMPTS, numeric=True),
                    head_cell(Operations.AGE),
                    head_cell(Operations.RETRY),
                ],
                caption=Operations.TITLE,
            ),
            rx.cond(
                JobsState.total > JobsState.letters.length(),
                rx.el.p(
                    f"{JobsState.letters.length()} {Operations.OF} {JobsState.total}",
                    class_name="tabular mt-3 text-13 text-muted",
                ),
                rx.fragment(),
            ),
        ),
        empty_state(title=Operations.EMPTY_TITLE, body=Operations.EMPTY_BODY, icon="circle_check"),
    )


def _row(letter: rx.Var) -> rx.Component:
    return table_row(
        cell(rx.el.code(letter["task"], class_name="font-mono text-13"), head=True, class_name="whitespace-nowrap"),
        cell(rx.el.span(letter["about"], class_name="font-mono text-12 break-all text-muted")),
        cell(letter["attempts"], numeric=True),
        cell(timestamp(letter["failed_at"]), class_name="whitespace-nowrap"),
        cell(button(Operations.RETRY, size="sm", on_click=JobsState.retry(letter["id"]))),
        key=letter["id"],
    )


def _retry_all() -> rx.Component:
    return confirm_dialog(
        title=Operations.RETRY_ALL_TITLE,
        verb=Operations.RETRY_ALL,
        loss=Operations.RETRY_ALL_LOSS,
        on_confirm=JobsState.retry_all,
        trigger=Operations.RETRY_ALL,
        trigger_class=button_class(),
        danger=False,
    )
