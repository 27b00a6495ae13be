"""The "What it knows" part of an agent's page: texts, and a question to try them with."""

import reflex as rx

from pages.components.button import button, button_class, icon_button_class
from pages.components.choice import switch
from pages.components.dialog import confirm_dialog, dialog, dialog_close
from pages.components.feedback import empty_state, skeleton_rows
from pages.components.field import text_area, text_field
from pages.components.icon import icon
from pages.components.menu import menu, menu_item, menu_separator
from pages.components.status import badge
from pages.components.timestamp import timestamp
from pages.words import AgentKnowledge, Common
from state.agents.knowledge import PASTE_LIMIT, Found, KnowledgeState, SourceState, TryState
from state.agents.open_agent import AgentState


def knowledge_part() -> rx.Component:
    """Return the part."""
    return rx.el.div(
        rx.el.section(
            rx.el.div(
                rx.el.p(AgentKnowledge.LEAD, class_name="min-w-0 flex-1 text-13 text-muted"),
                rx.cond(AgentState.can_edit, _add_button(), rx.fragment()),
                class_name="flex flex-wrap items-center gap-3",
            ),
            rx.cond(
                KnowledgeState.is_loaded,
                rx.cond(
                    KnowledgeState.sources.length() > 0,
                    rx.el.ul(
                        rx.foreach(KnowledgeState.sources, _source),
                        class_name="divide-y divide-line rounded-card border border-line",
                    ),
                    rx.el.div(
                        empty_state(
                            title=AgentKnowledge.EMPTY_TITLE,
                            body=AgentKnowledge.EMPTY_BODY,
                            icon="book_open",
                            inset=True,
                        ),
                        class_name="rounded-card border border-dashed border-line",
                    ),
                ),
                skeleton_rows(3, leading="size-4", row="h-17"),
            ),
            class_name="flex min-w-0 flex-col gap-4",
        ),
        _try(),
        _source_dialog(),
        _remove_dialog(),
        class_name="grid max-w-280 items-start gap-8 xl:grid-cols-[minmax(0,1fr)_24rem]",
    )


def _add_button() -> rx.Component:
    return button(AgentKnowledge.ADD, variant="primary", icon="plus", on_click=SourceState.begin)


def _source(source: rx.Var) -> rx.Component:
    return rx.el.li(
        icon("file_text", class_name="mt-0.5 text-muted"),
        rx.el.div(
            rx.el.p(source["title"], class_name="truncate text-14 font-medium"),
            rx.el.p(
                rx.match(
                    source["status"],
                    ("ready", badge(AgentKnowledge.READY, tone="success", icon="check")),
                    ("failed", badge(AgentKnowledge.FAILED, tone="danger", icon="circle_alert")),
                    badge(AgentKnowledge.PENDING, tone="info", icon="loader_circle"),
                ),
                rx.cond(source["agent_id"] == "", badge(AgentKnowledge.EVERY_AGENT), rx.fragment()),
                rx.el.span(
                    source["chunk_count"],
                    " ",
                    rx.cond(source["chunk_count"] == 1, AgentKnowledge.PASSAGE, AgentKnowledge.PASSAGES),
                    class_name="tabular",
                ),
                rx.el.span(timestamp(source["updated_at"])),
                class_name="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-12 text-muted",
            ),
            rx.cond(
                source["error"] != "",
                rx.el.p(source["error"], class_name="mt-1 text-13 text-danger-ink"),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(AgentState.can_edit, _source_menu(source), rx.fragment()),
        key=source["id"],
        class_name="flex items-start gap-3 px-4 py-3",
    )


def _source_menu(source: rx.Var) -> rx.Component:
    return menu(
        icon("ellipsis"),
        menu_item(AgentKnowledge.EDIT, icon="pencil", on_select=SourceState.edit(source["id"])),
        rx.cond(
            source["status"] == "failed",
            menu_item(Common.RETRY, icon="rotate_cw", on_select=KnowledgeState.read_again(source["id"])),
            rx.fragment(),
        ),
        menu_separator(),
        menu_item(
            AgentKnowledge.REMOVE, icon="trash_2", danger=True, on_select=KnowledgeState.ask_remove(source["id"])
        ),
        label=AgentKnowledge.MORE,
        trigger_class=icon_button_class("ghost", "sm"),
    )


def _source_dialog() -> rx.Component:
    is_new = SourceState.source_id == ""
    return dialog(
        rx.el.form(
            text_field(
                "title",
                AgentKnowledge.TITLE,
                placeholder=AgentKnowledge.TITLE_PLACEHOLDER,
                default_value=SourceState.title,
                error=SourceState.title_error,
                max_length=120,
                auto_complete="off",
            ),
            text_area(
                "content",
                AgentKnowledge.CONTENT,
                rows=12,
                hint=AgentKnowledge.CONTENT_HINT,
                default_value=SourceState.content,
                error=SourceState.content_error,
                max_length=PASTE_LIMIT,
            ),
            rx.cond(
                is_new,
                switch(
                    "source-for-all",
                    AgentKnowledge.FOR_ALL,
                    checked=SourceState.is_for_all,
                    on_change=SourceState.set_for_all,
                    hint=AgentKnowledge.FOR_ALL_HINT,
                ),
                rx.fragment(),
            ),
            id="source-form",
            on_submit=SourceState.save,
            class_name="flex flex-col gap-4 pt-1",
        ),
        title=rx.cond(is_new, AgentKnowledge.ADD_TITLE, AgentKnowledge.EDIT_TITLE),
        open=SourceState.is_open,
        on_open_change=SourceState.set_open,
        size="lg",
        footer=[
            dialog_close(Common.CANCEL, class_name=button_class()),
            button(
                rx.cond(is_new, AgentKnowledge.ADD_VERB, Common.SAVE),
                variant="primary",
                type="submit",
                form="source-form",
            ),
        ],
    )


def _remove_dialog() -> rx.Component:
    return confirm_dialog(
        title=AgentKnowledge.REMOVE_TITLE,
        verb=f"{AgentKnowledge.REMOVE_VERB} “" + KnowledgeState.doomed_title + "”",
        loss=AgentKnowledge.REMOVE_LOSS,
        on_confirm=KnowledgeState.remove,
        open=KnowledgeState.doomed_id != "",
        on_open_change=KnowledgeState.close_remove,
    )


def _try() -> rx.Component:
    return rx.el.section(
        rx.el.h2(AgentKnowledge.TRY, class_name="text-14 font-semibold"),
        rx.el.p(AgentKnowledge.TRY_LEAD, class_name="mt-1 text-13 text-muted"),
        rx.el.form(
            text_field(
                "question",
                AgentKnowledge.TRY,
                hide_label=True,
                placeholder=AgentKnowledge.TRY_PLACEHOLDER,
                max_length=500,
                auto_complete="off",
                class_name="flex-1",
            ),
            button(AgentKnowledge.TRY_VERB, icon="search", type="submit", class_name="h-9"),
            on_submit=TryState.ask,
            class_name="mt-3 flex items-start gap-2",
        ),
        rx.el.div(
            rx.cond(
                TryState.found.length() > 0,
                rx.el.ol(rx.foreach(TryState.found, _found), class_name="flex flex-col gap-3"),
                rx.cond(
                    TryState.question != "",
                    rx.el.p(AgentKnowledge.TRY_NOTHING, class_name="text-13 text-muted"),
                    rx.fragment(),
                ),
            ),
            aria_live="polite",
            class_name="mt-4 empty:hidden",
        ),
        class_name="min-w-0 rounded-card border border-line bg-canvas p-4",
    )


def _found(found: rx.Var[Found]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(found["place"], ". ", found["title"], class_name="min-w-0 flex-1 truncate font-medium text-ink"),
            rx.el.span(AgentKnowledge.SCORE, " ", found["similarity"], class_name="tabular shrink-0"),
            class_name="flex gap-2 text-12 text-muted",
        ),
        rx.el.p(found["content"], class_name="mt-1 line-clamp-4 text-13 whitespace-pre-line text-ink"),
        key=found["place"],
        class_name="border-l-2 border-line pl-3",
    )
