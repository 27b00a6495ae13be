"""Draw what the knowledge pages and an agent's page share: the list of sources, their states and their menus."""

from typing import Any

import reflex as rx

from pages.components.button import button, icon_button_class
from pages.components.dialog import confirm_dialog
from pages.components.feedback import empty_state, failed_or, progress, skeleton_rows
from pages.components.icon import icon
from pages.components.link import page_link
from pages.components.menu import menu, menu_item, menu_separator
from pages.components.status import badge
from pages.components.surface import row_list, vacancy
from pages.components.timestamp import time_ago
from pages.words import Knowledge
from state.knowledge.adding import SourceState
from state.knowledge.listing import KnowledgeState

KIND_ICONS = {
    "text": "file_text",
    "pairs": "message_circle_question",
    "file": "paperclip",
    "page": "globe",
    "site": "globe",
    "sitemap": "list_tree",
}


def add_button() -> rx.Component:
    """Return the button that opens the dialog."""
    return button(Knowledge.ADD, variant="primary", icon="plus", on_click=SourceState.begin)


def source_list() -> rx.Component:
    """Return the list of sources with its states."""
    return rx.cond(
        KnowledgeState.is_loaded,
        rx.cond(
            KnowledgeState.sources.length() > 0,
            row_list(KnowledgeState.sources, _source),
            vacancy(
                empty_state(
                    title=Knowledge.EMPTY_TITLE,
                    body=Knowledge.EMPTY_BODY,
                    icon="book_open",
                    inset=True,
                    action=rx.cond(KnowledgeState.can_edit, add_button(), rx.fragment()),
                )
            ),
        ),
        failed_or(
            KnowledgeState,
            skeleton_rows(4, leading="size-4", row="h-17"),
            what=Knowledge.FAILED,
            safe=Knowledge.FAILED_SAFE,
        ),
    )


def kind_icon(kind: rx.Var[str], class_name: str = "") -> rx.Component:
    """Return the picture of what a source is."""
    drawn = [(name, icon(picture, class_name=class_name)) for name, picture in KIND_ICONS.items()]
    return rx.match(kind, *drawn, icon("file_text", class_name=class_name))


def state_badge(source: rx.Var[Any]) -> rx.Component:
    """Return where a source stands, in a word."""
    return rx.match(
        source["status"],
        ("ready", badge(Knowledge.READY, tone="success", icon="check")),
        ("failed", badge(Knowledge.BROKEN, tone="danger", icon="circle_alert")),
        ("paused", badge(Knowledge.PAUSED, tone="warning", icon="pause")),
        badge(Knowledge.READING, tone="info", icon="loader_circle"),
    )


def reading(source: rx.Var[Any]) -> rx.Component:
    """Return how far the reading of an address is, while it goes on."""
    is_under_way = (source["pages_total"].to(int) > 0) & (
        (source["status"] == "pending") | (source["status"] == "paused")
    )
    return rx.cond(
        is_under_way,
        progress(Knowledge.PAGES_READ, value=source["pages_done"].to(int), total=source["pages_total"].to(int)),
        rx.fragment(),
    )


def passages_of(source: rx.Var[Any]) -> rx.Component:
    """Return how many passages a source has."""
    return rx.el.span(
        source["chunk_count"].to(int),
        " ",
        rx.cond(source["chunk_count"].to(int) == 1, Knowledge.PASSAGE, Knowledge.PASSAGES),
        class_name="tabular",
    )


def owner_badge(source: rx.Var[Any]) -> rx.Component:
    """Return whose source it is."""
    return rx.cond(source["agent_id"] == "", badge(Knowledge.EVERY_AGENT), badge(source["agent_name"]))


def _source(source: rx.Var[Any]) -> rx.Component:
    return rx.el.li(
        kind_icon(source["kind"], "mt-0.5 text-muted pointer-coarse:mt-3.5"),
        rx.el.div(
            page_link(
                source["title"],
                href="/knowledge/" + source["id"].to(str),
                class_name=(
                    "block min-h-6 truncate rounded-control text-14 font-medium underline-offset-2 hover:underline "
                    "pointer-coarse:min-h-11 pointer-coarse:py-2.5"
                ),
            ),
            rx.el.p(
                state_badge(source),
                owner_badge(source),
                passages_of(source),
                rx.cond(
                    source["last_synced_at"] != "",
                    rx.el.span(f"{Knowledge.READ_AT} ", time_ago(source["last_synced_at"].to(str))),
                    rx.el.span(time_ago(source["updated_at"].to(str))),
                ),
                class_name="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-12 text-muted",
            ),
            rx.el.div(reading(source), class_name="mt-2 max-w-100 empty:hidden"),
            rx.cond(
                source["error"] != "",
                rx.el.p(
                    source["error"],
                    class_name=rx.cond(
                        source["status"] == "failed",
                        "mt-1 text-13 text-danger-ink",
                        "mt-1 text-13 text-warning-ink",
                    ),
                ),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(KnowledgeState.can_edit, source_menu(source), rx.fragment()),
        key=source["id"],
        class_name="flex items-start gap-3 px-4 py-3",
    )


def source_menu(source: rx.Var[Any]) -> rx.Component:
    """Return what can be done with a source."""
    source_id = source["id"].to(str)
    is_address = source["url"] != ""
    return menu(
        icon("ellipsis"),
        rx.cond(
            is_address,
            rx.match(
                source["status"],
                (
                    "pending",
                    menu_item(Knowledge.PAUSE, icon="pause", on_select=KnowledgeState.set_paused(source_id, True)),
                ),
                (
                    "paused",
                    menu_item(Knowledge.RESUME, icon="play", on_select=KnowledgeState.set_paused(source_id, False)),
                ),
                menu_item(Knowledge.SYNC, icon="refresh_cw", on_select=KnowledgeState.read_again(source_id)),
            ),
            rx.cond(
                source["status"] == "failed",
                menu_item(Knowledge.RETRY, icon="rotate_cw", on_select=KnowledgeState.read_again(source_id)),
                rx.fragment(),
            ),
        ),
        menu_item(Knowledge.EDIT, icon="pencil", on_select=SourceState.edit(source_id)),
        menu_separator(),
        menu_item(Knowledge.REMOVE, icon="trash_2", danger=True, on_select=KnowledgeState.ask_remove(source_id)),
        label=Knowledge.MORE,
        trigger_class=icon_button_class("ghost", "sm"),
    )


def remove_dialog() -> rx.Component:
    """Return the question before a source is removed."""
    return confirm_dialog(
        title=Knowledge.REMOVE_TITLE,
        verb=f"{Knowledge.REMOVE_VERB} “" + KnowledgeState.doomed_name + "”",
        loss=Knowledge.REMOVE_LOSS,
        on_confirm=KnowledgeState.remove,
        open=KnowledgeState.doomed_id != "",
        on_open_change=KnowledgeState.keep,
    )
