"""What agents could not answer: `/knowledge/gaps`, each question one click from its answer."""

from typing import Any

import reflex as rx

from pages.components.button import button, button_class
from pages.components.choice import switch
from pages.components.dialog import dialog, dialog_close
from pages.components.feedback import banner, empty_state, failed_or, skeleton_rows
from pages.components.field import text_area, text_field
from pages.components.shell import page_shell
from pages.components.status import badge
from pages.components.surface import row_list, vacancy
from pages.components.timestamp import time_ago
from pages.frame import frame
from pages.knowledge.layout import knowledge_tabs
from pages.words import Common, Knowledge
from state.knowledge.gaps import GapState

_FORM = "gap-form"


def gaps_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.el.div(
            rx.el.p(Knowledge.GAPS_LEAD, class_name="text-13 text-muted"),
            rx.cond(
                GapState.dismissed_id != "",
                banner(
                    Knowledge.GAP_DISMISSED,
                    rounded=True,
                    action=button(Common.UNDO, size="sm", on_click=GapState.undo),
                ),
                rx.fragment(),
            ),
            rx.cond(
                GapState.is_loaded,
                rx.cond(
                    GapState.gaps.length() > 0,
                    row_list(GapState.gaps, _gap),
                    vacancy(
                        empty_state(
                            title=Knowledge.GAPS_EMPTY_TITLE,
                            body=Knowledge.GAPS_EMPTY_BODY,
                            icon="circle_check",
                            inset=True,
                        )
                    ),
                ),
                failed_or(
                    GapState, skeleton_rows(4, row="h-17"), what=Knowledge.GAPS_FAILED, safe=Knowledge.FAILED_SAFE
                ),
            ),
            class_name="flex max-w-280 flex-col gap-4",
        ),
        _answer_dialog(),
        title=Knowledge.TITLE,
        active="knowledge",
        tabs=knowledge_tabs("gaps"),
        **frame(),
    )


def _gap(gap: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(gap["question"], class_name="text-14 font-medium break-words"),
            rx.foreach(
                gap["variants"].to(list[str]),
                lambda other: rx.el.p(other, class_name="mt-0.5 truncate text-13 text-muted"),
            ),
            rx.el.p(
                rx.cond(gap["agent_name"] != "", badge(gap["agent_name"]), rx.fragment()),
                rx.el.span(
                    f"{Knowledge.GAP_ASKED} ",
                    rx.cond(
                        gap["count"].to(int) == 1,
                        Knowledge.GAP_ONCE,
                        gap["count"].to_string() + f" {Knowledge.GAP_TIMES}",
                    ),
                    class_name="tabular",
                ),
                rx.el.span(f"{Knowledge.GAP_LAST} ", time_ago(gap["asked_at"].to(str))),
                class_name="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-12 text-muted",
            ),
            class_name="min-w-0 flex-1 basis-64",
        ),
        rx.cond(
            GapState.can_edit,
            rx.el.div(
                button(Knowledge.GAP_DISMISS, size="sm", variant="ghost", on_click=GapState.dismiss(gap["id"])),
                button(Knowledge.GAP_ANSWER, size="sm", icon="pencil", on_click=GapState.begin(gap["id"])),
                class_name="flex shrink-0 items-center gap-2",
            ),
            rx.fragment(),
        ),
        key=gap["id"],
        class_name="flex flex-wrap items-start gap-3 px-4 py-3",
    )


def _answer_dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            text_field(
                "question",
                Knowledge.QUESTION,
                default_value=GapState.question,
                max_length=500,
                auto_complete="off",
            ),
            text_area(
                "answer",
                Knowledge.ANSWER,
                rows=5,
                hint=Knowledge.GAP_HINT,
                error=GapState.errors["pairs"],
                max_length=5000,
            ),
            rx.cond(
                GapState.agent_id != "",
                switch(
                    "gap-for-all",
                    Knowledge.GAP_FOR_ALL,
                    checked=GapState.is_for_all,
                    on_change=GapState.set_for_all,
                    hint=rx.Var.create(f"{Knowledge.GAP_FOR_ONE} ") + GapState.agent_name + ".",
                ),
                rx.fragment(),
            ),
            id=_FORM,
            on_submit=GapState.answer,
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=Knowledge.GAP_TITLE,
        open=GapState.group_id != "",
        on_open_change=GapState.set_open,
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(Knowledge.GAP_SAVE, variant="primary", type="submit", form=_FORM),
        ],
    )
