"""One source: `/knowledge/<source>`, with its pages, what went wrong with each, and its passages."""

from typing import Any

import reflex as rx

from pages.components.button import button, icon_button, link_button
from pages.components.feedback import banner, empty_state, failed_or, skeleton, skeleton_rows
from pages.components.link import external_link, text_link
from pages.components.shell import page_shell
from pages.components.status import badge
from pages.components.surface import definition_list, row_list
from pages.components.timestamp import clock_time, day_heading, timestamp
from pages.frame import frame
from pages.knowledge.adding import source_dialog
from pages.knowledge.parts import owner_badge, passages_of, reading, remove_dialog, source_menu, state_badge
from pages.words import Knowledge
from state.knowledge.listing import KnowledgeState
from state.knowledge.opened import SourcePageState

_TONES = {"read": "success", "failed": "danger", "gone": "danger", "kept": "warning", "skipped": "neutral"}


def source_page() -> rx.Component:
    """Return the page."""
    return page_shell(
        rx.el.div(text_link(Knowledge.BACK, href="/knowledge"), class_name="mb-4 text-13"),
        rx.match(
            SourcePageState.stage,
            ("ready", _source()),
            (
                "gone",
                empty_state(
                    title=Knowledge.GONE_TITLE,
                    body=Knowledge.GONE_BODY,
                    icon="book_x",
                    action=link_button(Knowledge.BACK, href="/knowledge"),
                ),
            ),
            failed_or(
                SourcePageState,
                rx.el.div(skeleton("mb-4 h-5 w-72 max-w-full"), skeleton_rows(5, row="h-14"), class_name="max-w-280"),
                what=Knowledge.SOURCE_FAILED,
                safe=Knowledge.FAILED_SAFE,
            ),
        ),
        source_dialog(),
        remove_dialog(),
        title=rx.cond(SourcePageState.source["title"] != "", SourcePageState.source["title"], Knowledge.TITLE),
        active="knowledge",
        actions=rx.cond(
            (SourcePageState.stage == "ready") & SourcePageState.can_edit,
            rx.el.div(
                rx.cond(
                    (SourcePageState.source["url"] != "") & (SourcePageState.source["status"] != "pending"),
                    _main_action(),
                    rx.fragment(),
                ),
                source_menu(SourcePageState.source),
                class_name="flex items-center gap-2",
            ),
            rx.fragment(),
        ),
        **frame(),
    )


def _main_action() -> rx.Component:
    source = SourcePageState.source
    return rx.cond(
        source["status"] == "paused",
        button(Knowledge.RESUME, icon="play", on_click=KnowledgeState.set_paused(source["id"], False)),
        button(Knowledge.SYNC, icon="refresh_cw", on_click=KnowledgeState.read_again(source["id"])),
    )


def _source() -> rx.Component:
    source = SourcePageState.source
    return rx.el.div(
        rx.el.div(
            state_badge(source),
            owner_badge(source),
            passages_of(source),
            class_name="flex flex-wrap items-center gap-2 text-13 text-muted",
        ),
        rx.cond(source["url"] != "", _facts(), rx.fragment()),
        rx.el.div(reading(source), class_name="max-w-120 empty:hidden"),
        rx.cond(
            source["error"] != "",
            rx.cond(
                source["status"] == "failed",
                banner(source["error"], tone="danger", rounded=True),
                banner(source["error"], tone="warning", rounded=True),
            ),
            rx.fragment(),
        ),
        rx.el.div(
            rx.cond(source["url"] != "", _pages(), rx.fragment()),
            _chunks(),
            class_name="grid items-start gap-6 has-[>:nth-child(2)]:xl:grid-cols-2",
        ),
        class_name="flex max-w-280 flex-col gap-4",
    )


def _facts() -> rx.Component:
    source = SourcePageState.source
    return definition_list(
        (Knowledge.URL, external_link(source["url"], href=source["url"], class_name="break-all")),
        (Knowledge.SCHEDULE, rx.match(source["sync_period"], *Knowledge.PERIODS, source["sync_period"])),
        (
            Knowledge.LAST_SYNC,
            rx.cond(source["last_synced_at"] != "", timestamp(source["last_synced_at"]), "–"),
        ),
        (
            Knowledge.NEXT_SYNC,
            rx.cond(
                source["next_sync_at"] != "",
                rx.fragment(day_heading(source["next_sync_at"]), ", ", clock_time(source["next_sync_at"])),
                "–",
            ),
        ),
    )


def _pages() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(Knowledge.PAGES, class_name="text-14 font-semibold"),
            class_name="mb-2 flex min-h-7 items-center",
        ),
        rx.cond(
            SourcePageState.pages.length() > 0,
            row_list(SourcePageState.pages, _page),
            rx.el.p(Knowledge.PAGES_EMPTY, class_name="text-13 text-muted"),
        ),
        class_name="min-w-0",
    )


def _page(page: rx.Var[Any]) -> rx.Component:
    badges = [
        (name, badge(words, tone=_TONES.get(name, "info")))  # type: ignore[arg-type]
        for name, words in Knowledge.PAGE_STATES.items()
    ]
    return rx.el.li(
        rx.el.div(
            rx.cond(page["title"] != "", rx.el.p(page["title"], class_name="mb-1 truncate text-14"), rx.fragment()),
            rx.el.p(
                rx.match(page["status"], *badges, badge(page["status"])),
                external_link(page["url"], href=page["url"], class_name="min-w-0 truncate"),
                class_name="flex min-w-0 items-center gap-2 text-12 text-muted",
            ),
            rx.cond(
                page["error"] != "",
                rx.el.p(page["error"], class_name="mt-1 text-13 text-muted"),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            page["chunk_count"].to(int) > 0,
            icon_button(
                "text_search",
                label=Knowledge.PAGE_CHUNKS,
                size="sm",
                on_click=SourcePageState.choose_page(page["id"]),
                aria_pressed=SourcePageState.page_id == page["id"],
            ),
            rx.fragment(),
        ),
        rx.cond(
            SourcePageState.can_edit & (page["status"] != "waiting"),
            icon_button(
                "rotate_cw",
                label=Knowledge.PAGE_RETRY,
                size="sm",
                on_click=SourcePageState.retry_page(page["id"]),
            ),
            rx.fragment(),
        ),
        key=page["id"],
        class_name="flex items-start gap-1 px-4 py-2.5",
    )


def _chunks() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.cond(
                SourcePageState.page_id != "",
                rx.fragment(
                    rx.el.h2(
                        f"{Knowledge.CHUNKS_OF} ",
                        SourcePageState.page_title,
                        class_name="min-w-0 flex-1 truncate text-14 font-semibold",
                    ),
                    button(Knowledge.CHUNKS_ALL, size="sm", on_click=SourcePageState.choose_page("")),
                ),
                rx.el.h2(Knowledge.CHUNKS, class_name="text-14 font-semibold"),
            ),
            class_name="mb-2 flex min-h-7 items-center gap-2",
        ),
        rx.cond(
            SourcePageState.chunks.length() > 0,
            rx.el.ol(rx.foreach(SourcePageState.chunks, _chunk), class_name="flex flex-col gap-3"),
            rx.el.p(Knowledge.CHUNKS_EMPTY, class_name="text-13 text-muted"),
        ),
        rx.cond(
            (SourcePageState.first > 1) | SourcePageState.has_more,
            rx.el.div(
                button(
                    Knowledge.PREVIOUS,
                    size="sm",
                    icon="chevron_left",
                    disabled=SourcePageState.first <= 1,
                    on_click=SourcePageState.turn(False),
                ),
                rx.el.span(
                    SourcePageState.first,
                    "–",
                    SourcePageState.first + SourcePageState.chunks.length() - 1,
                    class_name="tabular text-13 text-muted",
                ),
                button(
                    Knowledge.NEXT,
                    size="sm",
                    trailing_icon="chevron_right",
                    disabled=~SourcePageState.has_more,
                    on_click=SourcePageState.turn(True),
                ),
                class_name="mt-3 flex items-center gap-3",
            ),
            rx.fragment(),
        ),
        class_name="min-w-0",
    )


def _chunk(chunk: rx.Var[Any]) -> rx.Component:
    before, after = Knowledge.CHUNK_TOKENS.split("{count}")
    return rx.el.li(
        rx.el.p(
            rx.el.span(chunk["place"], ". ", chunk["path"], class_name="min-w-0 flex-1 break-words"),
            rx.el.span(before, chunk["tokens"], after, class_name="tabular shrink-0"),
            class_name="flex items-baseline gap-3 text-12 text-muted",
        ),
        rx.el.p(chunk["content"], class_name="mt-1 text-13 break-words whitespace-pre-line text-ink"),
        key=chunk["id"],
        class_name="rounded-card border border-line px-4 py-3",
    )
